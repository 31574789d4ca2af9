"""What a report is made of, and the hash of it all: the same inputs give the same report, and it is built once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.benchmarks.refresh import whole_group
from app.benchmarks.standing import get_standings
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.economies.service import EconomyNames
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.kit.ids import sha256
from app.releases import service as releases
from app.releases.of_cycle import list_earlier
from app.releases.service import PublishedRelease, ReleaseEntry
from app.reports import queries
from app.reports.economy.material import OwnMaterial
from app.reports.economy.public import PublicMaterial, rows_of
from app.reports.summary.paper import SummaryMaterial
from app.reviews import receipts, sign_off
from app.scores import service as scores
from app.scores.change import find_change

WRITING = "2"
"""Raised when reports are written in another way, so that none of the way before is handed out as new."""


@dataclass(frozen=True, slots=True)
class Named:
    """A report that can be asked for: what it is of, in which language, and the hash of what it would be made of now."""

    kind: str
    language: str
    inputs: str
    economy: str | None = None
    submission: UUID | None = None
    release: UUID | None = None
    parameters: Mapping[str, str] | None = None

    def row(self) -> dict[str, object]:
        """Return the columns that name it."""
        return {
            "kind": self.kind,
            "economy": self.economy,
            "submission_id": self.submission,
            "release_id": self.release,
            "language": self.language,
            "parameters": json.dumps(dict(self.parameters or {}), ensure_ascii=False, sort_keys=True),
            "inputs": self.inputs,
        }


def own(session: Session, actor: Actor, review_id: UUID, revision: int, language: str) -> Named:
    """Name the own report of a signed revision; those of others raise NotFound."""
    frozen = sign_off.get_submission(session, actor, review_id, revision)
    sheets, shown = queries.own_stamp(session, frozen.entry.id, frozen.cycle.id)
    before = sign_off.find_earlier(session, actor, frozen)
    stamp: list[object] = [
        [[series, method, at.isoformat()] for series, method, at in sheets],
        None if shown is None else shown.isoformat(),
        None if before is None else str(before.entry.id),
        receipts.newest_revision(session, frozen),
        _names(session, frozen.economy),
        frozen.cycle.title,
        frozen.cycle.notice,
    ]
    inputs = _hash("own", str(frozen.entry.id), language, stamp)
    return Named("own", language, inputs, economy=frozen.economy, submission=frozen.entry.id)


def own_material(session: Session, actor: Actor, review_id: UUID, revision: int) -> OwnMaterial:
    """Read everything that the own report of a signed revision is made of; how sure it is, is computed later."""
    results = scores.get_results(session, actor, review_id, revision)
    names = economies.get_economy(session, results.review.economy)
    return OwnMaterial(
        results=results,
        receipt=receipts.get_receipt(session, actor, review_id, revision),
        certainty=None,
        standings=get_standings(session, actor, review_id, revision),
        since=find_change(session, actor, results.review, [Series.SELF]),
        economy=names.formal_name,
        short_name=names.short_name,
    )


def public(session: Session, questionnaire: str, number: str, economy: str, language: str) -> Named:
    """Name the public report of an economy; where nothing of it is public in the release, it raises NotFound."""
    release = releases.get_release(session, questionnaire, number)
    if not rows_of(release, economy):
        raise NotFound("report")
    stamp = [
        _stamp(release.entry),
        _stamps(list_earlier(session, questionnaire, release.entry.cycle)[:1]),
        _names(session, economy),
    ]
    inputs = _hash("public", f"{release.entry.id} {economy}", language, stamp)
    return Named("public", language, inputs, economy=economy, release=release.entry.id)


def public_material(session: Session, questionnaire: str, number: str, economy: str) -> PublicMaterial:
    """Read what a public report is made of; where nothing is public any more, it raises NotFound."""
    release = releases.get_release(session, questionnaire, number)
    before = list_earlier(session, questionnaire, release.entry.cycle)[:1]
    earlier = releases.get_release(session, questionnaire, str(before[0].number)) if before else None
    cycle = economies.get_cycle(session, questionnaire, release.entry.cycle)
    material = PublicMaterial(release, earlier, economy, cycle.holds_own_answers)
    if not material.rows:
        raise NotFound("report")
    return material


def paper(session: Session, questionnaire: str, number: str, cover: Mapping[str, str], language: str) -> Named:
    """Name a meeting paper on a release."""
    entry = releases.get_entry(session, questionnaire, number)
    stamp: list[object] = [_stamp(entry), _stamps(list_earlier(session, questionnaire, entry.cycle)), dict(sorted(cover.items()))]
    stamp.append(sorted(_name_words(names) for names in economies.names(session).values()))
    inputs = _hash("paper", str(entry.id), language, stamp)
    return Named("paper", language, inputs, release=entry.id, parameters=dict(cover))


def paper_material(session: Session, questionnaire: str, number: str) -> SummaryMaterial:
    """Read what a meeting paper is made of."""
    release = releases.get_release(session, questionnaire, number)
    document = release.questionnaire
    invited = economies.participants(session, document.participants.groups, document.participants.opt_in)
    earlier: list[PublishedRelease] = [
        releases.get_release(session, questionnaire, str(entry.number))
        for entry in list_earlier(session, questionnaire, release.entry.cycle)
    ]
    return SummaryMaterial(release, tuple(earlier), len(invited), whole_group(document))


def _names(session: Session, code: str) -> list[str]:
    return _name_words(economies.names(session)[code])


def _name_words(names: EconomyNames) -> list[str]:
    return [names.code, names.short_name, names.formal_name, names.list_name]


def _stamps(entries: list[ReleaseEntry]) -> list[object]:
    return [_stamp(entry) for entry in entries]


def _stamp(entry: ReleaseEntry) -> object:
    """A withdrawal changes what readers see of a release; so does a newer one, which the paper may name."""
    return [str(entry.id), entry.checksum, len(entry.withdrawals), entry.modified_at.isoformat(), entry.notice]


def _hash(*parts: object) -> str:
    return sha256(json.dumps([WRITING, *parts], ensure_ascii=False, sort_keys=True).encode())
