"""What a number of a release consists of: dimensions, the measure, and attributes, each with its concept."""

from __future__ import annotations

from dataclasses import dataclass

from pysdmx.model import DataType, Role

MEASURE = "OBS_VALUE"
TIME = "TIME_PERIOD"


@dataclass(frozen=True, slots=True)
class Part:
    """One component. `codes`: its list, without the questionnaire; `own`: whether each release has a list of its own."""

    id: str
    role: Role
    name: str
    description: str
    codes: str | None = None
    own: bool = False
    dtype: DataType | None = None
    required: bool = False


def _dimension(id_: str, name: str, description: str, codes: str, *, own: bool = False) -> Part:
    return Part(id_, Role.DIMENSION, name, description, codes, own=own, required=True)


def _number(id_: str, name: str, description: str, dtype: DataType = DataType.DOUBLE) -> Part:
    return Part(id_, Role.ATTRIBUTE, name, description, dtype=dtype)


def _coded(id_: str, name: str, description: str, codes: str, *, own: bool = False, required: bool = False) -> Part:
    return Part(id_, Role.ATTRIBUTE, name, description, codes, own=own, required=required)


DIMENSIONS = (
    _dimension("FREQ", "Frequency", "How often figures are made; a cycle counts as its year.", "CL_FREQ"),
    _dimension(
        "REF_AREA",
        "Economy or group",
        "Whose figure it is: an economy (ISO 3166-1 alpha-3) or a group of economies.",
        "CL_AREA",
        own=True,
    ),
    _dimension("INDICATOR", "Node", "The scored unit: a pillar, or any tier above or below it.", "CL_INDICATOR", own=True),
    _dimension("SERIES", "Series", "Whose word the score takes.", "CL_SERIES"),
    _dimension("STATISTIC", "Statistic", "An economy's own score, or which figure of a group it is.", "CL_STATISTIC"),
    _dimension(
        "INSTRUMENT",
        "Version of the questionnaire",
        "The version that was answered; never compare scores across versions without their comparable core.",
        "CL_INSTRUMENT",
        own=True,
    ),
    Part(TIME, Role.DIMENSION, "Time period", "The year of the cycle.", dtype=DataType.PERIOD, required=True),
)
VALUE = Part(
    MEASURE,
    Role.MEASURE,
    "Observation value",
    "The figure, unrounded; absent, never zero, where OBS_STATUS says why.",
    dtype=DataType.DOUBLE,
)
ATTRIBUTES = (
    _coded("OBS_STATUS", "Observation status", "What the figure is, or why it is absent.", "CL_OBS_STATUS", required=True),
    _coded("CONF_STATUS", "Confidentiality status", "Whether it may be shown, and why not.", "CL_CONF_STATUS", required=True),
    _coded("UNIT_MEASURE", "Unit of measure", "What the figure counts.", "CL_UNIT", required=True),
    _number("SCALE_MAX", "Highest score", "The upper end of the questionnaire's scale."),
    _number("DECIMALS", "Decimals", "In how many decimals to show it, rounded half up.", DataType.INTEGER),
    _number("LOWER_BOUND", "Lower bound", "Lower end of the 90 % range of the score."),
    _number("UPPER_BOUND", "Upper bound", "Upper end of the 90 % range of the score."),
    _number("FLOOR", "Floor", "The score if every missing answer were worth nothing."),
    _number("CEILING", "Ceiling", "The score if every missing answer were worth everything."),
    _number("COVERAGE", "Coverage", "Share of the applicable weight that was answered, 0 to 1. Quote it with the score."),
    _coded("LEVEL", "Band", "The band that the score, or the median of a group, falls in.", "CL_LEVEL", own=True),
    _coded("LEVEL_FROM", "Lowest band to show", "Where it is sure enough, the same as LEVEL_TO.", "CL_LEVEL", own=True),
    _coded("LEVEL_TO", "Highest band to show", "Where it is sure enough, the same as LEVEL_FROM.", "CL_LEVEL", own=True),
    _number("EVIDENCE_SHARE", "Share with evidence", "Share of the answered weight that evidence supports, 0 to 1."),
    _coded("GRADE", "Grade of evidence", "A from 0.8 of the answered weight, B from 0.5, else C.", "CL_GRADE"),
    _number("REASON", "Reason", "Why there is no figure: a code such as insufficient_coverage or too_few.", DataType.STRING),
    _number("REVISION", "Signed revision", "Which signed revision of the review it rests on.", DataType.INTEGER),
    _number("INSTRUMENT_VERSION", "Version of the questionnaire", "The same as INSTRUMENT, as it is written.", DataType.STRING),
    _number("METHOD_VERSION", "Version of the method", "How scores are computed.", DataType.STRING),
)
PARTS = (*DIMENSIONS, VALUE, *ATTRIBUTES)

DIMENSION_IDS = tuple(part.id for part in DIMENSIONS)
ATTRIBUTE_IDS = tuple(part.id for part in ATTRIBUTES)
