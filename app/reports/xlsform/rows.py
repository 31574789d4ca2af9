"""The rows of the sheets of an XLSForm, and what their columns are called."""

from __future__ import annotations

from collections.abc import Iterable

TEXTS = ("label", "hint", "guidance_hint", "constraint_message")
"""Columns that people read; each comes in every language."""
SURVEY = ("type", "name", *TEXTS, "relevant", "required", "constraint", "appearance", "code")
CHOICES = ("list_name", "name", "label", "code")
Row = dict[str, str]


def row(kind: str, name: str, label: str, hint: str = "", **more: str) -> Row:
    """Return a row of the sheet of questions; what is empty is left out."""
    cells = {"type": kind, "name": name, "label": label, "hint": hint, **more}
    return {column: texted(text) if column in TEXTS else text for column, text in cells.items() if text}


def end(what: str) -> Row:
    """Return the row that ends a group or a repeat."""
    return {"type": f"end_{what}"}


def choice(listed: str, code: str, label: str) -> Row:
    """Return a row of the sheet of choices."""
    return {"list_name": listed, "name": code, "label": texted(label), "code": code}


def used(choices: Iterable[Row], survey: Iterable[Row]) -> list[Row]:
    """Return the choices of lists that some question uses."""
    lists = {row["type"].split()[1] for row in survey if row["type"].startswith("select_")}
    return [row for row in choices if row["list_name"] in lists]


def texted(text: str) -> str:
    """Return an author's text as a form takes it: `${` would name another question."""
    return text.replace("${", "$ {")
