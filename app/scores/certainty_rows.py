"""Ranges of scores as rows: what the API answers with, and what files hold."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.domain.benchmark.robustness.uncertainty import QUANTILES
from app.domain.scoring.normalise import Series
from app.scores.certainty import Certainty, NodeCertainty

_NO_QUANTILES = (None,) * len(QUANTILES)


class CertaintyRow(BaseModel):
    """One node's score of one signed revision, and the range in which it lies when uncertain choices are made otherwise."""

    series: Series = Field(description="Whose word the scores take: `self` here.", examples=["self"])
    node: str = Field(description="Code of the node.", examples=["B1"])
    title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    score: float | None = Field(description="The score that stands, unrounded; null with a reason, and then without a range.")
    reason: str | None = Field(description="Why there is no score; null where there is one.")
    q05: float | None = Field(description="5 % of the replicates lie below. The 90 % range is `q05` to `q95`.", examples=[37.8])
    q25: float | None = Field(description="A quarter of the replicates lies below.", examples=[40.9])
    q50: float | None = Field(description="Half of the replicates lie below. Not the score: that is `score`.", examples=[42.7])
    q75: float | None = Field(description="Three quarters of the replicates lie below.", examples=[44.3])
    q95: float | None = Field(description="95 % of the replicates lie below.", examples=[45.8])
    scored: float | None = Field(description="Share of replicates in which the node has a score, 0 to 1.", examples=[1.0])
    band: str | None = Field(description="Code of the score's band; null without a score or bands.", examples=["established"])
    band_from: str | None = Field(
        description="Lowest band to show; the band alone where its probability is at least 0.8.", examples=["forming"]
    )
    band_to: str | None = Field(description="Highest band to show.", examples=["established"])
    bands: list[str] = Field(
        description="Codes of the bands that critical items leave open, lowest first.", examples=[["starting", "forming"]]
    )
    in_band: list[float] = Field(
        description="The probability of each of `bands`, in their order; the last takes what lies above it.",
        examples=[[0.17, 0.83]],
    )
    missing: int = Field(description="Items below the node without an answer.", examples=[2])
    not_counted: int = Field(description="Answers below the node that are reported and not scored.", examples=[1])
    without_evidence: int = Field(description="Answers below the node without evidence, that could be set lower.", examples=[5])
    not_applicable: int = Field(description='Items below the node said to be "not applicable", which nobody accepted.')
    release: str = Field(description="What the seed is made from: the fingerprint of the answers, or the id of a run.")
    seed: str = Field(description="The seed of the draws: a whole number below 2^64, as text.", examples=["9182412331251233371"])
    replicates: int = Field(description="How many times all scores were computed again.", examples=[10_000])
    method_version: str = Field(description="Version of the method that computed it.")
    numpy_version: str = Field(description="Version of numpy that drew; another may draw otherwise from the same seed.")
    content_hash: str = Field(description="Hash of the questionnaire version that was answered.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


def rows_of(certainty: Certainty) -> list[CertaintyRow]:
    """Return one row for each node, in the order of the scheme."""
    return [_row(certainty, code, node) for code, node in certainty.nodes.items()]


def _row(certainty: Certainty, code: str, node: NodeCertainty) -> CertaintyRow:
    questionnaire, made_with, found = certainty.review.questionnaire, certainty.made_with, node.range
    q05, q25, q50, q75, q95 = _NO_QUANTILES if found is None else found.quantiles
    return CertaintyRow(
        series=Series.SELF,
        node=code,
        title=questionnaire.nodes[code].title,
        score=node.score.score,
        reason=node.score.reason,
        q05=q05,
        q25=q25,
        q50=q50,
        q75=q75,
        q95=q95,
        scored=None if found is None else found.scored,
        band=node.score.band,
        band_from=None if found is None else found.first_band,
        band_to=None if found is None else found.last_band,
        bands=[] if found is None else list(found.in_band),
        in_band=[] if found is None else list(found.in_band.values()),
        missing=len(node.open_points.missing),
        not_counted=len(node.open_points.not_counted),
        without_evidence=len(node.open_points.without_evidence),
        not_applicable=len(node.open_points.not_applicable),
        release=made_with.release,
        seed=str(made_with.seed),
        replicates=made_with.replicates,
        method_version=made_with.method_version,
        numpy_version=made_with.numpy_version,
        content_hash=questionnaire.content_hash,
        notice=certainty.review.cycle.notice,
    )
