"""A sentence for a person with its values kept apart, so that an edge can say it in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Words(str):
    """The sentence in English; `template` and `values` are what a translation is made of."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """Fill the template in."""
        words = super().__new__(cls, template.format_map(values))
        words.template = template
        words.values = values
        return words


def say(template: str, /, **values: object) -> Words:
    """Return a sentence such as `say("Write at least {least}.", least=3)`; catalogues know it by its template."""
    return Words(template, values)
