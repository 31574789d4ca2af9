"""The first wall: a statement on rows of economies takes the actor or the economy, or it stands here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sqlmodel import SQLModel

from app.infra import wall
from app.main import connect_rooms
from tests.scenarios import PROJECT

_FOR_WHOM = {"actor", "economy", "economies"}
_FOUND = "takes rows, or ids of rows, that were found for the actor before"
_WHOLE = "serves a job or the command line, for all economies; the scope of a request would give it a part only"
_VISIBLE = "takes the condition under which the actor sees a peer review"
_SHARED = "reads what economies chose to share; whoever asks for more than its own has widened its scope and said why"
_PUBLISHED = "reads reports that belong to a release"
_PART = "is a part of the statements beside it"
WITHOUT = {
    "benchmarks": {
        _FOUND: {"add_consents", "consents_of", "chosen_by_others"},
        _SHARED: {"shared_scores_of"},
        _WHOLE: {"replace_scores"},
    },
    "evidence": {
        _FOUND: {"add"},
        _WHOLE: {"unused_contents", "current_links", "watched_links", "watch", "unwatch", "due_links", "put_check"},
        _PART: {"_is_current"},
    },
    "keeping": {_WHOLE: {"each_submission", "evidence_without_file"}},
    "offline": {_FOUND: {"put_outcome", "delete_upload"}, _WHOLE: {"delete_before"}},
    "peer_reviews": {
        _VISIBLE: {"find", "list_in_order"},
        _FOUND: {"reviewers_of", "said"},
        _SHARED: {"agreements_of_closed"},
    },
    "reports": {
        _FOUND: {"find_by_inputs", "files_of", "submission_of", "own_stamp", "queue_again", "asked_again", "add_files"},
        _PUBLISHED: {"find_of_kind", "list_papers"},
        _WHOLE: {"is_any_due", "take", "put", "list_done", "forget", "is_named"},
        _PART: {"_due"},
    },
    "reviews": {
        _FOUND: {
            *("find_by_id", "add", "find_submission", "list_submissions", "signed_answers", "newest_revision"),
            "submissions_by_id",
        },
        _SHARED: {"list_of_cycle", "latest_submissions", "signed_of_cycle"},
    },
    "scores": {_FOUND: {"put_sheets", "sheets_of"}},
    "teamwork": {_FOUND: {"add"}, _WHOLE: {"delete_presence_before"}},
}


def test_every_statement_on_rows_of_economies_says_for_whom_or_why_not() -> None:
    connect_rooms()
    found: dict[str, set[str]] = {}
    for path in sorted((PROJECT / "app").glob("*/queries*.py")):
        for name in _functions_without_an_actor(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(path.parent.name, set()).add(name)

    assert found == {room: set().union(*reasons.values()) for room, reasons in WITHOUT.items()}


def test_no_function_has_two_reasons() -> None:
    for reasons in WITHOUT.values():
        assert sum(map(len, reasons.values())) == len(set().union(*reasons.values()))


def _functions_without_an_actor(module: ast.Module) -> Iterator[str]:
    statements = {target: _names(node) for node in module.body for target in _assigned(node)}
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            named = _names(node)
            reached = named.union(*(statements[name] for name in named & statements.keys()))
            if reached & _walled_classes() and not _FOR_WHOM & {given.arg for given in (*node.args.args, *node.args.kwonlyargs)}:
                yield node.name


def _walled_classes() -> set[str]:
    walled = wall.walled_tables().keys()
    return {model.__name__ for model in _models(SQLModel) if getattr(model, "__tablename__", "") in walled}


def _models(above: type[SQLModel]) -> Iterator[type[SQLModel]]:
    for model in above.__subclasses__():
        yield model
        yield from _models(model)


def _names(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
