"""What a question in SDMX can be refused for."""

from __future__ import annotations

from app.kit.errors import BadRequest, ReadinessError
from app.kit.say import mark


class Misspelt(BadRequest):
    """The question is not written as SDMX writes questions."""

    code = "sdmx_syntax"
    title = "This question could not be read"


class NoResults(ReadinessError):
    """Nothing matches the question; the detail says which part of it is known nowhere, where that is the reason."""

    status = 404
    code = "sdmx_no_results"
    title = "Nothing matches this question"


class NotAcceptable(ReadinessError):
    """The answer exists, and in none of the formats that were asked for."""

    status = 406
    code = "sdmx_not_acceptable"
    title = "This format is not offered"


class NotOffered(ReadinessError):
    """A part of the standard that this service does not have."""

    status = 501
    code = "sdmx_not_offered"
    title = "This part of the standard is not offered"

    def __init__(
        self, detail: str = mark("This service does not have this part of SDMX. Leave it out, and filter what you get.")
    ) -> None:
        super().__init__(detail)
