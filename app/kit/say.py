"""A sentence for a person with its values kept apart, so that an edge can say it in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Words(str):
    """The sentence in English; `template` and `values` are what a translation is made of.

    `plural` is empty, or the template for every number but 1; `number` then decides between the forms of each language.
    """

    __slots__ = ("number", "plural", "template", "values")

    template: str
    plural: str
    number: int
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object], *, plural: str = "", number: int = 1) -> Self:
        """Fill the template in."""
        form = template if number == 1 or not plural else plural
        words = super().__new__(cls, form.format_map(values))
        words.template, words.plural, words.number = template, plural, number
        words.values = values
        return words


class Quoted(str):
    """A text of a questionnaire; catalogues know it by its `context`: the code of the questionnaire, and of the item if any."""

    __slots__ = ("context",)

    context: str

    def __new__(cls, context: str, text: str) -> Self:
        """Keep the text with its context."""
        quoted = super().__new__(cls, text)
        quoted.context = context
        return quoted


def say(template: str, /, **values: object) -> Words:
    """Return a sentence such as `say("Write at least {least}.", least=3)`; catalogues know it by its template."""
    return Words(template, values)


def say_number(singular: str, plural: str, number: int, /, **values: object) -> Words:
    """Return the form that a number asks for: `say_number("{number} key works.", "{number} keys work.", 3)`."""
    return Words(singular, {"number": number, **values}, plural=plural, number=number)


def sentences(*parts: str) -> Words:
    """Return whole sentences one after another; each is said on its own."""
    said = [part if isinstance(part, Words | Quoted) else mark(part) for part in parts]
    named = {f"sentence_{place}": part for place, part in enumerate(said, start=1)}
    return Words(" ".join(f"{{{name}}}" for name in named), named)


class Marked(str):
    """A text of the interface inside a sentence; any other text there is somebody's own, and nobody translates it."""

    __slots__ = ()


def mark(text: str) -> Marked:
    """Mark a text for translation where it is written; an edge says it where it is shown."""
    return Marked(text)
