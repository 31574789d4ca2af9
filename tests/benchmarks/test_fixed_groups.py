"""Groups are fixed before results are known: nobody chooses whom to compare by how they did."""

from __future__ import annotations

from threading import Thread

import pytest

from app.benchmarks import consents, groups, service
from app.benchmarks.queries import Filters
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.economies import groups as making
from app.economies.groups import WantedGroup
from app.economies.service import get_cycle
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict, Forbidden, Invalid
from app.kit.ids import new_id
from tests.benchmarks.test_cells import share
from tests.scenarios import APEC, CODE, CYCLE, SMALL, Scene, document, statements
from tests.threads import seeing

CHOSEN = APEC[:8]


@pytest.fixture
def ready(scene: Scene) -> Scene:
    return scene.ready()


def make_peers(scene: Scene, code: str = "CHOSEN", economies: tuple[str, ...] = CHOSEN) -> None:
    with scene.database.write() as session:
        making.make_group(session, COMMAND_LINE, code, "peers", "APEC", WantedGroup(f"Peers {code}", economies))


def use(scene: Scene, code: str) -> groups.GroupUse:
    with scene.database.read() as session:
        return groups.get_use(session, code)


def change(scene: Scene, code: str, economies: tuple[str, ...], *, title: str = "Called so", reason: str = "") -> None:
    with scene.database.write() as session:
        groups.change_group(session, COMMAND_LINE, code, WantedGroup(title, economies, reason))


def show_figures(scene: Scene, cycle: str = "2026") -> None:
    assert cycle == "2026"
    share(scene, scene.submitted_many(APEC[:18]), Audience.PUBLIC)


def groups_with_cells(scene: Scene) -> set[str]:
    with scene.database.read() as session:
        return {cell.group for cell in service.list_cells(session, Filters(series="self"))}


def test_without_a_cycle_members_change_freely(scene: Scene) -> None:
    scene.publish()

    change(scene, "APEC-HIGH", CHOSEN)

    assert use(scene, "APEC-HIGH").group.economies == CHOSEN
    assert not use(scene, "APEC-HIGH").needs_reason


def test_once_a_cycle_counts_them_a_change_is_explained(ready: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        change(ready, "APEC-HIGH", CHOSEN)

    change(ready, "APEC-HIGH", CHOSEN, reason="The list of 2027.")

    assert [problem.field for problem in refused.value.problems] == ["reason"]
    assert use(ready, "APEC-HIGH").group.economies == CHOSEN


def test_once_figures_were_shown_members_are_fixed_and_the_title_is_not(ready: Scene) -> None:
    before = {code: use(ready, code).group.economies for code in ("APEC", "APEC-HIGH")}
    show_figures(ready)

    for code, economies in before.items():
        with pytest.raises(Conflict, match="are fixed: figures of Cycle 2026 were shown"):
            change(ready, code, economies[1:], reason="Please.")
        change(ready, code, economies, title=f"New {code}")

    assert {code: use(ready, code).group.economies for code in before} == before
    assert use(ready, "APEC").group.title == "New APEC"


def test_a_change_that_begins_while_figures_are_shown_waits_for_them_and_is_refused(ready: Scene) -> None:
    """Whoever asks between the first figures and their commit would read that nothing was shown."""
    before, reviews, answered = use(ready, "APEC-HIGH").group.economies, ready.submitted_many(APEC[:18]), list[str]()

    def change_meanwhile() -> None:
        try:
            change(ready, "APEC-HIGH", CHOSEN, reason="Chosen by results.")
        except Conflict as refusal:
            answered.append(refusal.detail)

    late = Thread(target=seeing(change_meanwhile))
    with ready.database.write() as session:
        for economy, review in reviews.items():
            consents.give(session, COMMAND_LINE, review, economy, {"A": Audience.PUBLIC, "B": Audience.PUBLIC})
        refresh(session, get_cycle(session, CODE, CYCLE).id)
        late.start()
        late.join(timeout=1)
        assert late.is_alive()
    late.join()

    assert len(answered) == 1
    assert "are fixed" in answered[0]
    assert use(ready, "APEC-HIGH").group.economies == before


def test_a_group_that_no_questionnaire_counts_is_not_fixed(ready: Scene) -> None:
    show_figures(ready)

    assert not use(ready, "BIPA").is_fixed
    assert use(ready, "BIPA").counted_in == ()


def test_what_is_signed_and_not_shown_fixes_nothing(ready: Scene) -> None:
    """Whether somebody signed is not public, so a refusal must not tell it."""
    ready.submitted_many(APEC[:18])

    assert not use(ready, "APEC-HIGH").is_fixed


def test_a_peer_group_made_in_time_is_compared(ready: Scene) -> None:
    make_peers(ready)

    show_figures(ready)

    assert "CHOSEN" in groups_with_cells(ready)
    assert use(ready, "CHOSEN").is_fixed


def test_a_peer_group_made_after_results_were_known_waits_for_the_next_cycle(ready: Scene) -> None:
    show_figures(ready)

    make_peers(ready)
    share(ready, ready.submitted_many(APEC[18:]), Audience.PUBLIC)

    found = use(ready, "CHOSEN")
    assert "CHOSEN" not in groups_with_cells(ready)
    assert (found.is_fixed, found.needs_reason) == (False, False)
    ready.open_cycle("2027")
    assert [cycle.code for cycle in use(ready, "CHOSEN").counted_in] == ["2027"]


def test_a_title_changed_late_takes_no_group_out(ready: Scene) -> None:
    show_figures(ready)
    before = groups_with_cells(ready)

    change(ready, "APEC-HIGH", use(ready, "APEC-HIGH").group.economies, title="Renamed")
    share(ready, ready.submitted_many(APEC[18:]), Audience.PUBLIC)

    assert groups_with_cells(ready) == before


def test_only_administrators_change_groups(ready: Scene) -> None:
    for role in (Role.SECRETARIAT, Role.ANALYST, Role.COORDINATOR):
        with pytest.raises(Forbidden), ready.database.write() as session:
            groups.change_group(session, ready.person(role), "BIPA", WantedGroup("Mine", ("NZL",)))


def test_listing_groups_takes_a_fixed_number_of_statements(ready: Scene) -> None:
    with ready.database.read() as session:
        groups.list_uses(session)
    with ready.database.read() as session, statements(ready.database) as few:
        groups.list_uses(session)
    for number in range(5):
        make_peers(ready, f"P{number}")
        ready.open_cycle(f"203{number}")

    with ready.database.read() as session, statements(ready.database) as many:
        groups.list_uses(session)

    assert len(many) == len(few) <= 6


def test_listing_groups_reads_all_versions_with_one_statement(ready: Scene) -> None:
    """Also of those that this process never read."""
    for name in (new_id().hex for _ in range(5)):
        ready.publish(SMALL.replace(f"code: {CODE}", f"code: q-{name}", 1))

    with ready.database.read() as session, statements(ready.database) as sent:
        groups.list_uses(session)

    assert len(sent) == 7


def test_a_questionnaire_counts_its_groups_and_their_peers(ready: Scene) -> None:
    small = document(SMALL)
    with ready.database.read() as session:
        counted = {use.group.code for use in groups.list_uses(session) if groups.counts_in(use.group, small)}

    assert counted == {"APEC", "APEC-HIGH", "APEC-MIDDLE"}
