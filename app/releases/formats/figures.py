"""The tables of figures: scores of economies, distributions of groups, and who scores higher than whom."""

from __future__ import annotations

from app.domain.release.status import ConfStatus, ObsStatus
from app.domain.scoring.normalise import Series
from app.releases.formats.columns import Column, Kind, Table

TEXT, NUMBER, INTEGER, LIST = Kind.TEXT, Kind.NUMBER, Kind.INTEGER, Kind.LIST
POINTS = "points of the questionnaire's scale, see `unit`"
_SHARE = "share, 0 to 1"

_RELEASE = (
    Column("release", TEXT, "Number of the release: cycle, release, patch.", "2026.1.0"),
    Column("questionnaire", TEXT, "Code of the questionnaire.", "apec-ai-review"),
    Column("version", TEXT, "Version of the questionnaire that was answered.", "2026.1"),
    Column("cycle", TEXT, "Code of the collection round.", "2026"),
    Column("year", INTEGER, "Year of the cycle; absent where its code begins with none.", 2026, is_optional=True),
)
_SERIES = Column(
    "series", TEXT, "Whose word the score takes.", "self", codelist="series", codes=tuple(series.value for series in Series)
)
_NODE = (
    Column("node", TEXT, "Code of the node of the scheme that is scored.", "B1", codelist="nodes"),
    Column("node_title", TEXT, "Title of the node.", "Public sector capacity"),
    Column("level", TEXT, "The kind of node: its tier in the scheme.", "pillar", codelist="levels"),
)
_ECONOMY = (
    Column("economy", TEXT, "Code of the economy, ISO 3166-1 alpha-3.", "PER", codelist="economies"),
    Column("economy_name", TEXT, "Short name of the economy.", "Peru"),
)
_STATUS = (
    Column(
        "obs_status",
        TEXT,
        "What the figure is, in SDMX's codes (CL_OBS_STATUS).",
        "V",
        codelist="obs_status",
        codes=tuple(status.value for status in ObsStatus),
    ),
    Column(
        "conf_status",
        TEXT,
        "Whether it is confidential, in SDMX's codes (CL_CONF_STATUS).",
        "F",
        codelist="conf_status",
        codes=tuple(status.value for status in ConfStatus),
    ),
    Column("footnotes", LIST, "What a reader of the figure must know, or why there is none, in sentences.", is_optional=True),
    Column("notice", TEXT, "What every reader of the data must know.", "Demonstration data.", is_optional=True),
)
_UNIT = Column("unit", TEXT, "Unit of the scores of this row.", "points, 0 to 100")


def _band(name: str, meaning: str) -> Column:
    return Column(name, TEXT, meaning, "established", codelist="bands", is_optional=True)


def _points(name: str, meaning: str, example: float) -> Column:
    return Column(name, NUMBER, meaning, example, unit=POINTS, is_optional=True)


SCORES = Table(
    "scores",
    "Scores of economies",
    "One row for each economy, node and series that its economy made public. There are no ranks.",
    (
        *_RELEASE,
        _SERIES,
        *_NODE,
        *_ECONOMY,
        Column("revision", INTEGER, "Which signed revision of the economy's review.", 1, least=1),
        _points("score", "The score, unrounded; absent with a `reason`, never zero for want of one.", 62.5),
        _UNIT,
        Column("coverage", NUMBER, "Share of the applicable weight that is answered.", 0.96, unit=_SHARE, least=0, most=1),
        Column("reason", TEXT, "Why there is no score.", "insufficient_coverage", codelist="reasons", is_optional=True),
        _band("band", "The band of the score."),
        _band(
            "band_from", "The lowest band to show: `band_from` to `band_to` hold the score with a probability of at least 0.8."
        ),
        _band("band_to", "The highest band to show."),
        _points(
            "lower", "Lower end of the 90 % range: 5 % of the replicates are below. Absent with a footnote that says why.", 58.1
        ),
        _points("upper", "Upper end: 5 % of the replicates are above. The score need not lie in the middle of its range.", 66.9),
        _points("floor", "The score if every missing answer were worth nothing.", 60.0),
        _points("ceiling", "The score if every missing answer were worth everything.", 64.0),
        Column(
            "evidence_share",
            NUMBER,
            "Share of the answered weight that is supported by evidence.",
            0.83,
            unit=_SHARE,
            least=0,
            most=1,
            is_optional=True,
        ),
        Column(
            "grade", TEXT, "Grade of evidence: A from 0.8 on, B from 0.5 on, C below.", "A", codelist="grades", is_optional=True
        ),
        *_STATUS,
    ),
    ("version", "series", "node", "economy"),
    ((("version", "node"), "nodes", ("version", "code")), (("economy",), "economies", ("code",))),
)
CELLS = Table(
    "cells",
    "Distributions of groups",
    "One row for each group, node and series. Without figures where `suppressed` says why.",
    (
        *_RELEASE,
        _SERIES,
        *_NODE,
        Column("group", TEXT, "Code of the group.", "APEC", codelist="groups"),
        Column("group_title", TEXT, "Title of the group.", "APEC member economies"),
        Column("n", INTEGER, "How many economies contribute.", 18, unit="economies", least=1, is_optional=True),
        _points("mean", "Mean of their scores.", 53.1),
        _points("minimum", "Lowest score. Absent, with a footnote, below eight economies: it is one economy's own.", 16.3),
        _points("q1", "Lower quartile, type 7.", 37.1),
        _points("median", "Median.", 51.8),
        _points("q3", "Upper quartile, type 7.", 73.1),
        _points("maximum", "Highest score. Absent, with a footnote, below eight economies: it is one economy's own.", 89.6),
        _UNIT,
        _band("band", "The band of the mean."),
        Column("suppressed", TEXT, "Why there are no figures.", "too_few", codelist="suppressions", is_optional=True),
        *_STATUS,
    ),
    ("version", "series", "node", "group"),
    ((("version", "node"), "nodes", ("version", "code")), (("group",), "groups", ("code",))),
)
PAIRS = Table(
    "pairs",
    "Who scores higher than whom",
    "The probability that one economy scores higher than another at a node. Say so only from 0.95 on.",
    (
        *_RELEASE,
        _SERIES,
        *_NODE,
        *_ECONOMY,
        Column("other", TEXT, "Code of the economy that it is compared with.", "NZL", codelist="economies"),
        Column("other_name", TEXT, "Short name of that economy.", "New Zealand"),
        Column(
            "probability",
            NUMBER,
            "Share of common replicates in which `economy` scores higher than `other`.",
            0.97,
            unit=_SHARE,
            least=0,
            most=1,
        ),
        *_STATUS,
    ),
    ("version", "series", "node", "economy", "other"),
    (
        (("version", "node"), "nodes", ("version", "code")),
        (("economy",), "economies", ("code",)),
        (("other",), "economies", ("code",)),
    ),
)
FIGURES = {table.name: table for table in (SCORES, CELLS, PAIRS)}
