"""A paper as a tagged PDF for screen readers (PDF/UA-1): data go in as JSON, charts as vector pictures with their words."""

from __future__ import annotations

import re
from dataclasses import asdict

from app.reports.papers.blocks import Block, Facts, Heading, NewPage, Paper, Picture, Points, Table, Text
from app.reports.setting import breakable, direction_of, set_pages
from app.web.charts.drawing import Words, drawn
from app.web.charts.looks import Look

_TEMPLATE = "meeting.typ"
LOOK = Look("print")
_LONG_WORD = re.compile(r"\S{24,}")
_LONGEST_WORD = re.compile(r"(?<!\S)(?!https?://)\S{45,}")
_FINGERPRINT = re.compile(r"\b([0-9a-f]{32})([0-9a-f]{32})\b")
Printed = dict[str, object]


def pdf(paper: Paper) -> bytes:
    """Set the pages."""
    return set_pages(
        _TEMPLATE,
        {
            "language": paper.speech,
            "region": paper.region,
            "title": paper.title,
            "author": paper.author,
            "keywords": list(paper.keywords),
            "header": [_in_narrow(text) for text in paper.header],
            "footer": paper.footer,
            "contents": paper.contents,
            "page_words": paper.page_words,
            "cover": {
                **asdict(paper.cover),
                "number": _in_narrow(paper.cover.number),
                "facts": [_pair(*pair) for pair in paper.cover.facts],
            },
            "blocks": [_printed(block) for block in paper.blocks],
        },
    )


def _printed(block: Block) -> Printed:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "level": block.level}
        case Text():
            return {"kind": "text", "look": block.look, **_said(block.text)}
        case Points():
            return {"kind": "points", "texts": [_said(text) for text in block.texts]}
        case Facts():
            return {"kind": "facts", "pairs": [_pair(*pair) for pair in block.pairs]}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "heads": list(block.heads),
                "rows": [[_said(text) for text in row] for row in block.rows],
                "widths": list(block.widths),
                "numeric": sorted(block.numeric),
                "empty": block.empty,
            }
        case Picture():
            svg = drawn(block.chart, Words(), LOOK, "svg").decode()
            return {"kind": "picture", "title": block.title, "alt": block.alternative, "note": block.note, "svg": svg}
        case NewPage():
            return {"kind": "page"}


def _said(text: str) -> Printed:
    return {"text": breakable(text), "dir": direction_of(text)}


def _in_narrow(text: str) -> str:
    """Let long words break that stand at the edge of a page, such as the number of a document."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(word[0][at : at + 12] for at in range(0, len(word[0]), 12)), text)


def _pair(label: str, text: str) -> Printed:
    """A fingerprint is longer than the room beside its label: two lines, and nothing unseen in what is copied."""
    whole = _FINGERPRINT.sub("\\1\n\\2", text)
    return {"label": label, **_said(_LONGEST_WORD.sub(lambda word: _in_narrow(word[0]), whole))}
