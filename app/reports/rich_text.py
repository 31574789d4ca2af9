"""An author's Markdown as plain data, for documents that are set by another program than a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image", "html_block", "html_inline"])


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style."""

    text: str
    style: Literal["plain", "strong", "emphasis"] = "plain"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph; a point of a list has its mark in front."""

    runs: tuple[Run, ...]
    mark: str = ""
    depth: int = 0


@dataclass(slots=True)
class _Lists:
    """The lists that are open while a text is walked, each with the number of its last point; None where points have none."""

    numbers: list[int | None] = field(default_factory=list)
    is_first: bool = False

    def begin_point(self) -> None:
        self.is_first = True
        if self.numbers[-1] is not None:
            self.numbers[-1] += 1

    def mark(self) -> str:
        if not self.numbers or not self.is_first:
            return ""
        self.is_first = False
        return "\u2022" if self.numbers[-1] is None else f"{self.numbers[-1]}."


def blocks(markdown: str | None) -> tuple[Block, ...]:
    """Return the paragraphs and points of a text, in order; links are kept by their words."""
    lists, found = _Lists(), []
    for token in _MARKDOWN.parse(markdown or ""):
        match token.type:
            case "bullet_list_open":
                lists.numbers.append(None)
            case "ordered_list_open":
                lists.numbers.append(int(token.attrs.get("start", 1)) - 1)
            case "bullet_list_close" | "ordered_list_close":
                lists.numbers.pop()
            case "list_item_open":
                lists.begin_point()
            case "inline":
                found.append(Block(_runs(token.children or []), lists.mark(), len(lists.numbers)))
            case _:
                pass
    return tuple(found)


def as_plain_text(markdown: str | None) -> str:
    """Return a text without its marks, a line a paragraph, for a cell of a table."""
    return "\n".join(
        "  " * max(block.depth - 1, 0) + f"{block.mark} ".lstrip() + "".join(run.text for run in block.runs)
        for block in blocks(markdown)
    )


def _runs(tokens: list[Token]) -> tuple[Run, ...]:
    styles: list[Literal["strong", "emphasis"]] = []
    runs: list[Run] = []
    for token in tokens:
        match token.type:
            case "strong_open":
                styles.append("strong")
            case "em_open":
                styles.append("emphasis")
            case "strong_close" | "em_close":
                styles.pop()
            case "softbreak" | "hardbreak":
                runs.append(Run(" "))
            case _ if token.content:
                runs.append(Run(token.content, styles[-1] if styles else "plain"))
            case _:
                pass
    return tuple(runs)
