"""The traceability table as a page: every clause with its words and its items, and where two questionnaires meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.trace import Link, links, trace

_HEAD = """# Clauses and their items

Generated from the questionnaires (`make traceability`). Each clause of the text that a questionnaire follows, in plain words
and as the text has it, with the items that cover it. Core items are in bold; those without a score have an asterisk.
"""
_RELATIONS = {
    "same": "same: one answer serves both, once it is confirmed",
    "overlaps": "overlaps",
    "narrower": "narrower",
    "broader": "broader",
}


def as_page(documents: Sequence[Questionnaire]) -> str:
    """Return the page for some questionnaires, with the crosswalk of each two of them."""
    parts = [_HEAD]
    parts += ["\n".join(_clauses(document)) for document in documents]
    parts += ["\n".join(_crosswalk(one, other)) for one, other in combinations(documents, 2)]
    return "\n".join(parts)


def _clauses(document: Questionnaire) -> Iterator[str]:
    items = document.items.values()
    core = sum(item.core for item in items)
    yield f"\n## {document.title}, version {document.version}\n"
    yield f"{len(document.clauses)} clauses, {len(items)} items, {core} of them core. Text followed: {document.source}.\n"
    yield "| clause | in plain words | in the words of the text | items |\n|---|---|---|---|"
    for traced in trace(document):
        quote = f"“{traced.clause.quote}”" if traced.clause.quote else ""
        yield f"| {traced.clause.code} | {traced.clause.text} | {quote} | {', '.join(map(_named, traced.items))} |"


def _crosswalk(one: Questionnaire, other: Questionnaire) -> Iterator[str]:
    found = links(one, other)
    yield f"\n## Crosswalk: {one.title} and {other.title}\n"
    yield 'Where the relation is "same", the answer to one item is offered for the other, to be confirmed. Each questionnaire'
    yield "scores its own answers, and there is no total over both.\n"
    yield f"| {one.code} | {other.code} | relation of the first to the second |\n|---|---|---|"
    for link in sorted(found, key=lambda link: _order(one, other, link)):
        yield f"| {_named(link.item)} {link.item.text} | {_named(link.other)} | {_RELATIONS[link.relation]} |"
    met = {link.item.code for link in found}
    alone = [traced.clause.code for traced in trace(one) if met.isdisjoint(item.code for item in traced.items)]
    theirs = {link.other.code for link in found}
    alone_there = [traced.clause.code for traced in trace(other) if theirs.isdisjoint(item.code for item in traced.items)]
    yield f"\nClauses of the first without an item that meets one of the second: {', '.join(alone) or 'none'}."
    yield f"Clauses of the second without an item that meets one of the first: {', '.join(alone_there) or 'none'}.\n"


def _order(one: Questionnaire, other: Questionnaire, link: Link) -> tuple[int, int]:
    return [*one.items].index(link.item.code), [*other.items].index(link.other.code)


def _named(item: Item) -> str:
    code = f"**{item.code}**" if item.core else item.code
    return code if item.scored else f"{code}\\*"
