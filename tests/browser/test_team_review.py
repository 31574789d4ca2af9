"""Five people of two ministries fill, sign and reopen one review: at a desk and on a phone, with and without scripts, and one
of them by the keyboard alone. Every step is taken on the pages; only the first coordinator is made beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chapters_of_signing as signing
from tests.browser import chapters_of_work as work
from tests.browser.live import LiveServer
from tests.browser.looking import DESK, PHONE
from tests.browser.officials import NewContext, Setting, gather, team_of_five

pytestmark = pytest.mark.timeout(300)

SETTINGS = {
    "desk": Setting("NZL", DESK, has_scripts=True),
    "desk-without-scripts": Setting("THA", DESK, has_scripts=False),
    "phone": Setting("VNM", PHONE, has_scripts=True),
    "phone-without-scripts": Setting("SGP", PHONE, has_scripts=False),
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_five_people_of_two_ministries_fill_sign_and_reopen_a_review(
    setting: Setting, live_server: LiveServer, new_context: NewContext, tmp_path: Path
) -> None:
    with team_of_five(live_server, new_context, setting) as team:
        gather(team)
        work.hand_over(team)
        work.find_mine(team)
        work.answer_first(team)
        work.collide(team)
        if setting.has_scripts:
            work.lose_the_connection(team)
        work.lose_the_session(team)
        work.discuss(team)
        work.attach_evidence(team)
        work.bring_up_a_question(team)
        work.work_offline(team, tmp_path)
        work.put_back(team)
        signing.complete(team)
        first = signing.hand_over_and_sign(team, revision=1)
        signing.take_the_receipt(team, tmp_path)
        signing.read_the_results(team)
        signing.reopen(team)
        second = signing.hand_over_and_sign(team, revision=2)
        signing.cite_both(team, first, second)

    assert team.looks.found == []
