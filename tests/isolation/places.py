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
        "key_id": ids["key_analyst" if path.startswith("/admin") else "key_own_reads"],
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
