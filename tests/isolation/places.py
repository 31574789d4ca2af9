"""The address of every route: filled with what New Zealand has, and with what nobody has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from tests.isolation.world import OPEN, OURS, SHOWN, SIGNED, World

NOBODYS = str(UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0001))
_OF_SIGNED = ("/peer-reviews", "/revisions", "/sharing", "/report")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


def parameters(path: str) -> list[str]:
    """Name the parameters of a template."""
    return _PARAMETER.findall(path)


def address(path: str, world: World, state: str = "", instead: Mapping[str, str] | None = None) -> str:
    """Fill a template with what New Zealand has; `state` names another of its reviews, `instead` other values."""
    home = state or (SIGNED if any(part in path for part in _OF_SIGNED) else OPEN)
    ids = world.ids
    known = {
        "review_id": ids[f"{OURS}_{home}"],
        "revision": "1",
        "node": "A",
        "reference": ids["reference"],
        "code": _code(path),
        "item_code": "A1",
        "version": "1" if "evidence" in path else "2026.1",
        "questionnaire": "small",
        "cycle": SHOWN if "/benchmarks" in path or "/releases" in path else OPEN,
        "token": "x" * 43,
        "name": _name(path),
        "economy": OURS,
        "group": "APEC",
        "language": "es",
        "ending": "po" if "translations" in path else "csv",
        "codelist": "economies",
        "number": ids[f"release_{SHOWN}"] if "releases" in path else "1",
        "rest": "dataflow",
        "key_id": ids["key_analyst_reads" if path.startswith("/admin") else "key_own_reads"],
        "user_id": ids["user_colleague"],
        "invitation_id": ids["invitation_to_cycle" if path.startswith("/admin") else "invitation"],
        "request_id": ids["request"],
        "kind": "authenticator",
        "factor_id": NOBODYS,
        "thread_id": ids["thread"],
        "evidence_id": ids["evidence_signed" if path.startswith("/peer-reviews") else "evidence"],
        "upload_id": ids["upload"],
        "peer_id": ids["peer"],
        "reviewer_id": ids["peer_reviewer"],
        "draft_id": ids["draft"],
        "report_id": ids["paper" if path.startswith("/admin") else "report"],
        "session_id": ids["session_coordinator"],
        "mail_id": ids["mail"],
        "address": "item/A1",
        **(instead or {}),
    }
    return _PARAMETER.sub(lambda found: known[found[1]], path)


def _code(path: str) -> str:
    if "economies/{code}" in path:
        return OURS
    if "/sections/" in path:
        return "A"
    return "A1" if "/items/{code}" in path or "/renaming/" in path else "small"


def _name(path: str) -> str:
    if "{report_id}" in path:
        return "report.pdf"
    return "cells" if "/figures/" in path else "ddi.xml"


def addresses(path: str, world: World) -> list[str]:
    """Fill a template in every way: with each id of its kind that there is, in both economies, and each code."""
    found = {address(path, world)}
    for name in parameters(path):
        found |= {address(path, world, instead={name: value}) for value in _pool(name, world)}
    if "{review_id}" in path:
        reviews = _pool("review_id", world)
        for name in parameters(path):
            found |= {
                address(path, world, instead={"review_id": each, name: value}) for each in reviews for value in _few(name, world)
            }
    return sorted(found)


def _pool(name: str, world: World) -> list[str]:
    """Return the values that a parameter can have in this world."""
    kinds = {
        "review_id": (f"{OURS}_", "CHL_"),
        "evidence_id": ("evidence", "link", "removed", "chile_evidence"),
        "thread_id": ("thread", "chile_thread"),
        "user_id": ("user_",),
        "invitation_id": ("invitation", "chile_invitation"),
        "key_id": ("key_",),
        "report_id": ("report", "paper"),
        "peer_id": ("peer",),
        "number": ("release_",),
    }
    codes = {
        "cycle": ["2023", "2024", "2025", "2026"],
        "economy": [OURS, "CHL", "AUS"],
        "revision": ["1", "2"],
        "ending": ["csv", "json", "xlsx", "parquet", "svg", "png", "docx", "po", "xlf"],
        "codelist": ["economies", "nodes", "groups", "series"],
        "group": ["APEC", OURS],
        "node": ["ALL", "A", "B", "A1"],
        "item_code": ["A1", "A4", "B2"],
        "name": ["ddi.xml", "codebook.csv", "cells", "report.pdf", "report.docx", "report.xlsx", "paper.docx"],
        "rest": ["dataflow", "data/all", "codelist", "structure/all"],
    }
    named = [value for id_, value in world.ids.items() for kind in kinds.get(name, ()) if id_.startswith(kind)]
    return named + codes.get(name, [])


def _few(name: str, world: World) -> list[str]:
    return [] if name in {"review_id", "code", "node"} else _pool(name, world)[:4]
