"""Answers as they are signed: canonical JSON, which is hashed, and read again for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.domain.answers import Answer, AnswerState, Piece, Record, Value, plain


def answers_to_text(answers: Mapping[str, Answer]) -> str:
    """Write answers as canonical JSON: what is signed and hashed."""
    content = {code: _signed(answer) for code, answer in answers.items()}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def answers_from_text(text: str) -> dict[str, Answer]:
    """Read what `answers_to_text` wrote."""
    content: dict[str, dict[str, object]] = json.loads(text)
    return {
        code: Answer(
            AnswerState(str(part["state"])),
            value_from(part["value"]),
            str(part["reason"]),
            str(part["comment"]),
            str(part["evidence_url"]),
            _texts(part.get("not_applicable", [])),
            records_from(part.get("details", [])),
            _pieces(part.get("evidence", [])),
        )
        for code, part in content.items()
    }


def signed_text(content_hash: str, answers: str) -> bytes:
    """Return what a signature covers: the version that was answered, and the answers as canonical JSON, a line each."""
    return f"{content_hash}\n{answers}".encode()


def _signed(answer: Answer) -> dict[str, object]:
    """Options that do not apply, details, and attached evidence are written only where there are any, so that what was signed
    before keeps its hash."""
    left_out = {"not_applicable": list(answer.not_applicable)} if answer.not_applicable else {}
    details = {"details": plain(answer.details)} if answer.details else {}
    return {
        "state": answer.state.value,
        "value": plain(answer.value),
        "reason": answer.reason,
        "comment": answer.comment,
        "evidence_url": answer.evidence_url,
        **left_out,
        **details,
        **({"evidence": [_piece(piece) for piece in answer.evidence]} if answer.evidence else {}),
    }


def value_from(value: object) -> Value | None:
    """Read a value as JSON has it."""
    if isinstance(value, list):
        return records_from(value) or _texts(value)
    return value if isinstance(value, int | float | str) else None


def records_from(value: object) -> tuple[Record, ...]:
    """Read records from a list of objects; anything else holds none."""
    groups = [group for group in value if isinstance(group, dict)] if isinstance(value, list) else []
    return tuple(
        Record(tuple((str(code), each) for code, each in group.items() if isinstance(each, int | float | str)))
        for group in groups
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else ()


def _piece(piece: Piece) -> dict[str, object]:
    """Write a piece as it is signed: a link with its address, a file with its name and hash."""
    what = {"url": piece.url} if piece.url else {"file_name": piece.file_name, "sha256": piece.sha256}
    return {"id": piece.id, "version": piece.version, "title": piece.title, **what}


def _pieces(value: object) -> tuple[Piece, ...]:
    return tuple(
        Piece(
            str(piece["id"]),
            int(str(piece["version"])),
            str(piece["title"]),
            str(piece.get("url", "")),
            str(piece.get("file_name", "")),
            str(piece.get("sha256", "")),
        )
        for piece in (value if isinstance(value, list) else [])
        if isinstance(piece, dict)
    )
