"""The diagnosis of a cycle's shared answers, for those who own the method; every reading of it is recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from app.audit import service as audit
from app.benchmarks import queries
from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from app.domain.benchmark.diagnosis.shared import Shared
from app.domain.benchmark.diagnosis.whole import Diagnosis, diagnose
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import ScoreSheet
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.actor import Actor, Role
from app.kit.errors import Forbidden
from app.questionnaires import service as questionnaires
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview
from app.scores import service as scores

_REMEMBERED = 8
_diagnoses: dict[tuple[str, str], Diagnosis] = {}
_DO_NOT_APPLY = {Reason.NOT_APPLICABLE, Reason.NOT_ASKED}


@dataclass(frozen=True, slots=True)
class MethodReport:
    """A version's diagnosis in one cycle. `submitted`: economies with a signed revision; `contributing`: those among them that
    share at least one section with peers or everybody. `diagnosis` is None where nobody contributes."""

    questionnaire: Questionnaire
    cycle: CycleEntry
    submitted: int
    contributing: int
    diagnosis: Diagnosis | None


def read_method(session: Session, actor: Actor, questionnaire: str, cycle: str, *, version: str | None = None) -> MethodReport:
    """Diagnose the last signed revisions of a cycle, as far as their economies share them; by default of its newest version.

    Only for administrators; call `record_reading` in a transaction that may write, before anything is shown.
    """
    _require_administrator(actor)
    entry = economies.get_cycle(session, questionnaire, cycle)
    reviews = sign_off.latest_of_cycle(session, entry.id)
    published = [listed.version for listed in questionnaires.list_versions(session, questionnaire)]
    answered = [review.questionnaire.version for review in reviews]
    wanted = version or max(answered or published, key=version_order, default="")
    document = questionnaires.get_version(session, questionnaire, wanted)
    mine = [review for review in reviews if review.questionnaire.version == wanted]
    consents = queries.consents_of(session, [review.entry.review_id for review in mine])
    contributing = [
        review for review in mine if any(given is not Audience.PRIVATE for given in consents[review.entry.review_id].values())
    ]
    shared = _shared(session, document, contributing, [consents[review.entry.review_id] for review in contributing])
    return MethodReport(document, entry, len(mine), len(contributing), _diagnosis(shared) if shared else None)


def record_reading(session: Session, actor: Actor, report: MethodReport) -> None:
    """Record who read which diagnosis: it rests on scores that are shared with peers only."""
    _require_administrator(actor)
    audit.record(
        session,
        actor,
        "benchmarks.method_read",
        target_kind="cycle",
        target_id=report.cycle.id,
        detail={"version": report.questionnaire.version, "contributing": report.contributing},
    )


def _diagnosis(shared: Shared) -> Diagnosis:
    """Return a diagnosis, the last few from memory: large ones take seconds, and the same answers give the same figures."""
    tables = (shared.scores, shared.is_applicable, shared.is_shared, shared.is_node_shared)
    key = (shared.questionnaire.content_hash, hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest())
    found = _diagnoses.get(key)
    if found is None:
        found = diagnose(shared)
        for oldest in list(_diagnoses)[: len(_diagnoses) + 1 - _REMEMBERED]:
            _diagnoses.pop(oldest, None)
        _diagnoses[key] = found
    return found


def _shared(
    session: Session, document: Questionnaire, reviews: list[FrozenReview], consents: list[Mapping[str, Audience]]
) -> Shared | None:
    if not reviews:
        return None
    sheets = scores.sheets(session, [review.entry.id for review in reviews])
    scheme, feeding = plan(document), sections_of_nodes(document)
    section_of = {item.code: frozenset({section.code}) for section in document.sections for item in section.items}
    own = [sheets[review.entry.id][Series.SELF] for review in reviews]
    return Shared(
        questionnaire=document,
        scores=np.array([_scores(sheet, scheme.items) for sheet in own]),
        is_applicable=np.array([[sheet.items[code].reason not in _DO_NOT_APPLY for code in scheme.items] for sheet in own]),
        is_shared=np.array([[_is_open(section_of[code], given) for code in scheme.items] for given in consents]),
        is_node_shared=np.array([[_is_open(feeding[node.code], given) for node in scheme.nodes] for given in consents]),
    )


def _scores(sheet: ScoreSheet, items: tuple[str, ...]) -> list[float]:
    found = (sheet.items[code].score for code in items)
    return [float("nan") if score is None else score for score in found]


def _is_open(sections: frozenset[str], given: Mapping[str, Audience]) -> bool:
    return audience_of(sections, given) is not Audience.PRIVATE


def _require_administrator(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can read how the method behaves. Ask one of yours.")
