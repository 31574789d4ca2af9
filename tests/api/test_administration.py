"""Pages of administrators, and what their choices show on public pages."""

from __future__ import annotations

import re

from sqlalchemy import text

from app.kit.actor import Role
from tests.api.conftest import Browse, Filled
from tests.databases import only_sqlite


def test_a_cycle_is_opened_for_a_questionnaire_that_is_chosen_from_the_published(filled: Filled, browse: Browse) -> None:
    page = browse(filled, filled.actor(Role.ADMINISTRATOR)).get("/admin/cycles").text

    (chosen,) = re.findall(r'<select[^>]*\bname="questionnaire".*?</select>', page, re.DOTALL)
    assert re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', chosen) == [("small", "A small review (small)")]


@only_sqlite
def test_a_cycle_of_no_questionnaire_is_refused_on_its_page(fresh: Filled, browse: Browse) -> None:
    form = browse(fresh, fresh.actor(Role.ADMINISTRATOR))

    refused = form.submit("/admin/cycles", questionnaire="smal", cycle="2031", title="")
    opened = form.submit("/admin/cycles", questionnaire="small", cycle="2031", title="Pilot")
    closed = form.submit("/admin/cycles/small/2031/close")

    assert (refused.status_code, opened.status_code, closed.status_code) == (422, 303, 303)
    assert "Choose a questionnaire of which a version is published." in refused.text
    assert fresh.scene.rows("SELECT code, title, is_open FROM cycle WHERE code = '2031'") == [("2031", "Pilot", 0)]


@only_sqlite
def test_economies_of_one_name_keep_rows_of_their_own(fresh: Filled, browse: Browse) -> None:
    """Two may have come to one name before names had to differ."""
    with fresh.scene.database.write() as session:
        session.connection().execute(text("UPDATE economy SET short_name = 'Namesake' WHERE code IN ('AUS', 'CAN')"))

    page = browse(fresh).get("/benchmarks/small/2026/today").text

    assert page.count("Namesake") == 2 + 2  # scores, and the reference figures beside them
