"""An address of the API ends with a year's notice, said in the headers."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.responses import Response

from app.web.deprecated import Ending


def test_an_ending_is_said_in_the_headers_that_programs_know() -> None:
    answer = Response(headers={"Link": '</x>; rel="next"'})

    Ending(date(2027, 1, 1), date(2028, 1, 1), "/api/v2/releases").tell(answer)

    assert answer.headers["deprecation"] == "@1798761600"
    assert answer.headers["sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer.headers["link"].startswith('</x>; rel="next", </api/v2/releases>; rel="successor-version", ')


def test_less_than_a_years_notice_is_refused() -> None:
    with pytest.raises(ValueError, match="promised a year"):
        Ending(date(2027, 1, 1), date(2027, 12, 31), "/api/v2/releases")
