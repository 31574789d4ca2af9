"""Filters that name something: a code with a typing error must not look like a benchmark without data."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from app.benchmarks.refresh import whole_group
from app.benchmarks.service import Filters
from app.domain.questionnaire.document import Questionnaire
from app.economies import service as economies
from app.kit.errors import Problems
from app.questionnaires import service as questionnaires
from app.questionnaires.service import VersionEntry


def require_known(session: Session, filters: Filters) -> None:
    """Raise Invalid that names every filter which names nothing, and what exists.

    A version, a cycle and a node are looked for in the questionnaire that is named, else in all that are published.
    """
    problems = Problems()
    published = questionnaires.list_versions(session) if filters.questionnaire or filters.version or filters.node else []
    _check(problems, "questionnaire", filters.questionnaire, [entry.code for entry in published])
    problems.raise_if_any()
    of_code = [entry for entry in published if filters.questionnaire in {None, entry.code}]
    _check(problems, "version", filters.version, [entry.version for entry in of_code])
    if filters.cycle is not None:
        _check(problems, "cycle", filters.cycle, [cycle.code for cycle in economies.list_cycles(session, filters.questionnaire)])
    problems.raise_if_any()
    if filters.node:
        entries = [entry for entry in of_code if filters.version in {None, entry.version}]
        nodes = {node for document in _documents(session, entries) for node in document.nodes}
        problems.add_unknown("query.node", filters.node, nodes)
    if filters.group is not None and filters.group not in economies.group_codes(session):
        _check(problems, "group", filters.group, _groups(session))
    if filters.economies:
        problems.add_unknown("query.economy", filters.economies, list(economies.names(session)))
    problems.raise_if_any()


def _check(problems: Problems, name: str, asked: str | None, exist: Sequence[str]) -> None:
    problems.add_unknown(f"query.{name}", () if asked is None else (asked,), set(exist))


def _groups(session: Session) -> list[str]:
    """Return the groups of economies, and those that mean everybody who takes part in a questionnaire."""
    documents = _documents(session, questionnaires.list_versions(session))
    return [*economies.group_codes(session), *(whole_group(document) for document in documents)]


def _documents(session: Session, entries: Sequence[VersionEntry]) -> list[Questionnaire]:
    return [questionnaires.get_by_hash(session, entry.content_hash) for entry in entries]
