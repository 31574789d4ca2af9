"""How a scheme may put numbers on its scale from the values of all who take part, instead of by fixed goalposts."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from app.domain.questionnaire.fields import Finite, Part, Positive


class Relative(StrEnum):
    """A scale made from the values of all who take part; one that joins moves the others (OECD/JRC Handbook 2008, step 5)."""

    MIN_MAX = "min_max"
    """The smallest value scores `low`, the largest `high`."""
    Z_SCORE = "z_score"
    """Standard deviations (n - 1) from the mean, put on `mean` and `standard_deviation`."""
    DISTANCE_TO_MAXIMUM = "distance_to_maximum"
    """The whole scale less the distance to the largest value, as a share of the range."""
    FRACTION_OF_MAXIMUM = "fraction_of_maximum"
    """The value as a share of the largest."""
    PERCENT_RANK = "percent_rank"
    """The share of the others that have less."""
    RANK = "rank"
    """The number of those that have less, plus one; ties share the smallest."""
    BORDA = "borda"
    """The number of those that have less."""


class Normalisation(Part):
    """A scale relative to those who take part. Fixed goalposts are better wherever economies come and go."""

    method: Relative
    low: Finite | None = None
    """Score of the smallest value (`min_max`). Default: 0."""
    high: Finite | None = None
    """Score of the largest value (`min_max`). Default: the scheme's scale."""
    mean: Finite = 0
    """Score of the mean (`z_score`)."""
    standard_deviation: Positive = 1
    """How far one standard deviation lies from it (`z_score`)."""


class Treatment(Part):
    """What is done to the outliers of columns with a relative scale, before they are put on it.

    A column is skewed when both limits are exceeded (limits in use at the JRC; skewness and excess kurtosis of a sample).
    While it is, its furthest value is replaced by the next; where that does not help, logarithms are taken instead.
    """

    skewness: Positive = 2
    """Absolute skewness above which a column is skewed, if its kurtosis is too high as well."""
    kurtosis: Finite = 3.5
    """Excess kurtosis above which it is."""
    most_winsorised: int = Field(default=5, ge=0, le=1_000)
    """How many values, each with its ties, may be pulled in."""
