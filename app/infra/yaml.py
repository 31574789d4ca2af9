"""YAML 1.2 files, read safely and with their line numbers; slow, so only at check, publish and export."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from app.kit.say import mark

LARGEST_FILE = 2_000_000
MOST_PARTS = 50_000
_PICTURE = mark("This is a picture. A YAML file is needed here.")
_OTHER_KINDS = {
    b"%PDF": mark("This is a PDF. A YAML file is needed here."),
    b"PK\x03\x04": mark("This is a workbook (XLSX), a document (DOCX) or a compressed file. A YAML file is needed here."),
    b"\xd0\xcf\x11\xe0": mark("This is an older workbook (XLS) or document (DOC). A YAML file is needed here."),
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"\x1f\x8b": mark("This is a compressed file. A YAML file is needed here."),
}
"""What files of other kinds begin with."""
DEEPEST = 20

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_MOST_DIGITS = 64
_INTEGER = re.compile(r"([-+]?)(0x(?=[0-9a-fA-F_]+$)|0o(?=[0-7_]+$)|0b(?=[01_]+$)|(?=[0-9_]+$))(.+)")
_BASES = {"0x": 16, "0o": 8, "0b": 2}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlFault(Exception):
    """Why a file cannot be read, at which line (from 1), and what to do."""

    code: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class YamlFile:
    """Plain content of a file, and the line (from 1) at which each part begins."""

    content: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of a part, or of the nearest part around it."""
        while path not in self.lines:  # the whole file, (), always is
            path = path[:-1]
        return self.lines[path]


def read_yaml(raw: bytes) -> YamlFile:
    """Read one YAML document. What makes a file larger, or other, than it looks is refused before anything is built."""
    text = _decode(raw)
    try:
        _refuse_tricks(text)
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFault(
            "Y2", line, f"This is not YAML: {error.problem or 'it cannot be read'}. Check indents, colons and quotes."
        ) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlFault("Y2", line, "This line holds an invisible character that YAML does not allow. Remove it.") from error
    except (YAMLError, ValueError) as error:
        raise YamlFault("Y2", 1, "This is not YAML. Check indents, colons and quotes.") from error
    lines: dict[Path, int] = {(): 1}
    content = _plain(tree, (), lines)
    return YamlFile(content, lines)


def depth_of(content: object) -> int:
    """Return how deep plain content is nested: 1 for a list or an object without another in it."""
    deepest, waiting = 0, [(content, 1)]
    while waiting:
        value, depth = waiting.pop()
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
        if inner is not None:
            deepest = max(deepest, depth)
            waiting.extend((one, depth + 1) for one in inner)
    return deepest


def write_yaml(content: object) -> str:
    """Write plain content as YAML that reads back the same."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 120
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel types it as None
    out = io.StringIO()
    writer.dump(content, out)
    return out.getvalue()


def _decode(raw: bytes) -> str:
    if len(raw) > LARGEST_FILE:
        raise YamlFault(
            "Y1", 1, f"The file is larger than {LARGEST_FILE:,} bytes. Split the questionnaire, or shorten its texts."
        )
    _refuse_other_kind(raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlFault("Y1", 1, "The file is not UTF-8. Save it as UTF-8 and try again.") from error
    if "\x00" in text:
        raise YamlFault("Y1", 1, "The file holds NUL characters. Save it as plain text in UTF-8.")
    if text.count("\n") > MOST_PARTS:
        raise YamlFault("Y1", MOST_PARTS + 1, f"The file has more than {MOST_PARTS:,} lines. Split the questionnaire.")
    return text


def _refuse_other_kind(raw: bytes) -> None:
    """Name a file of another kind by its first bytes: that it is not UTF-8 would help nobody."""
    if not raw.strip():
        raise YamlFault("Y1", 1, mark("The file is empty. Choose the YAML file of a questionnaire."))
    words = next((words for start, words in _OTHER_KINDS.items() if raw.startswith(start)), None)
    if words is not None:
        raise YamlFault("Y1", 1, words)


def _refuse_tricks(text: str) -> None:
    depth = documents = 0
    for parts, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        line = event.start_mark.line + 1
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if documents > 1:
            raise YamlFault("Y3", line, "The file holds a second document. Keep one questionnaire a file.")
        if depth > DEEPEST:
            raise YamlFault("Y6", line, f"The file is nested more than {DEEPEST} deep. Flatten it.")
        if parts > MOST_PARTS:
            raise YamlFault("Y6", line, f"The file has more than {MOST_PARTS:,} parts. Split the questionnaire.")
        _refuse_trick(event, line)


def _refuse_trick(event: Event, line: int) -> None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise YamlFault("Y4", line, "Anchors (&) and aliases (*) are not allowed. Write the text out.")
    if isinstance(event, ScalarEvent) and event.value == "<<" and not event.style:
        raise YamlFault("Y4", line, "Merge keys (<<) are not allowed. Write the fields out.")
    if isinstance(event, ScalarEvent) and not event.style and _is_endless(event.value):
        raise YamlFault("Y7", line, "This whole number is too large for 64 bits. Write a smaller one, or quote what is a text.")
    if isinstance(event, ScalarEvent) and any("\ud800" <= character <= "\udfff" for character in event.value):
        raise YamlFault("Y1", line, "This text holds half of a character (a lone surrogate). Write the character itself.")
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        raise YamlFault("Y5", line, "Directives are not allowed. Remove the lines that begin with %.")
    if getattr(event, "tag", None) is not None:
        raise YamlFault("Y5", line, "Tags (!) are not allowed. Remove the tag.")


def _is_endless(written: str) -> bool:
    """Tell whether this is a whole number beyond 64 bits; Python refuses to write out, or to read, thousands of digits."""
    parts = _INTEGER.fullmatch(written)
    if parts is None:
        return False
    sign, prefix, digits = parts[1], parts[2], parts[3].replace("_", "").lstrip("0") or "0"
    return len(digits) > _MOST_DIGITS or not _SMALLEST <= int(sign + digits, _BASES.get(prefix, 10)) <= _LARGEST


def _plain(node: object, path: Path, lines: dict[Path, int]) -> object:
    if isinstance(node, CommentedMap):
        for key in node:
            if isinstance(key, str):
                lines[(*path, key)] = node.lc.key(key)[0] + 1
        return {str(key): _plain(value, (*path, str(key)), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*path, index), lines) for index, value in enumerate(node)]
    return _scalar(node, lines.get(path, 1))


def _scalar(node: object, line: int) -> object:
    if isinstance(node, date):
        raise YamlFault("Y7", line, "A date stands here without quotes. Put it in quotes.")
    if isinstance(node, float) and not math.isfinite(node):
        raise YamlFault("Y7", line, "This number is infinite or not a number. Write a finite one.")
    if node is None or isinstance(node, bool):
        return node
    for kind in (int, float):
        if isinstance(node, kind):
            return kind(node)
    return str(node)  # quoted, folded, or a lone "=", which has a type of its own
