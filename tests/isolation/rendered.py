"""The forms of the pages that somebody is shown: the fields of each, as a browser would send them unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_PARAMETER = re.compile(r"\\{(\w+)\\}")


@dataclass
class Rendered:
    """One form: where it is sent, and what with."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    file: str = ""

    def add(self, name: str, value: str) -> None:
        """Take one more value of a field."""
        self.fields.setdefault(name, []).append(value)


class Forms(HTMLParser):
    """Reads the forms of one page that change something."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[Rendered] = []
        self.open: Rendered | None = None
        self.area, self.select = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a browser would send for this element."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Rendered(said.get("action") or self.path) if said.get("method", "").lower() == "post" else None
            self.found += [self.open] if self.open is not None else []
        elif self.open is not None and tag == "option" and self.select:
            if self.select not in self.open.fields or "selected" in said:
                self.open.fields[self.select] = [said.get("value", "")]
        elif self.open is not None and (name := said.get("name")):
            self._control(self.open, tag, name, said)

    def _control(self, form: Rendered, tag: str, name: str, said: Mapping[str, str]) -> None:
        kind = said.get("type", "text" if tag == "input" else "")
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
            form.add(name, "")
        elif kind == "file":
            form.file = name
        elif (kind not in {"checkbox", "radio"} and tag != "button") or name not in form.fields:
            form.add(name, said.get("value", "on"))

    def handle_data(self, data: str) -> None:
        """Fill a field of many lines."""
        if self.area and self.open is not None:
            self.open.fields[self.area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave the form or the field."""
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def forms_of(path: str, page: str) -> Iterator[Rendered]:
    """Give every form of a page that changes something."""
    reader = Forms(path)
    reader.feed(page)
    yield from reader.found


def pattern(template: str) -> re.Pattern[str]:
    """Return what the addresses of a route look like."""
    return re.compile(_PARAMETER.sub(lambda found: ".+" if found[1] == "address" else "[^/]+", re.escape(template)) + r"(\?.*)?")
