"""Groups that administrators make: of those who take part, and of peers among them."""

from __future__ import annotations

import pytest

from app.economies import groups, service
from app.economies.groups import WantedGroup
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.scenarios import Scene, statements

PACIFIC = ("NZL", "PNG", "PER")


def make(
    scene: Scene,
    code: str = "PACIFIC",
    kind: str = "members",
    peers_of: str = "",
    economies: tuple[str, ...] = PACIFIC,
    title: str = "Around the Pacific",
    actor: Actor = COMMAND_LINE,
) -> service.Group:
    with scene.database.write() as session:
        return groups.make_group(session, actor, code, kind, peers_of, WantedGroup(title, economies))


def change(scene: Scene, code: str, wanted: WantedGroup, *, needs_reason: bool = False) -> service.Group:
    with scene.database.write() as session:
        return groups.change_group(session, COMMAND_LINE, code, wanted, needs_reason=needs_reason)


def test_a_group_is_made_of_economies_in_apecs_own_order(scene: Scene) -> None:
    made = make(scene, economies=("PER", "NZL", "PNG"))

    assert (made.code, made.title, made.kind, made.peers_of) == ("PACIFIC", "Around the Pacific", "members", None)
    assert made.economies == PACIFIC
    assert made.members_set_at is not None


def test_peers_are_members_of_the_group_that_they_are_peers_of(scene: Scene) -> None:
    made = make(scene, kind="peers", peers_of="APEC")
    with pytest.raises(Invalid) as refused:
        make(scene, "OTHERS", kind="peers", peers_of="APEC", economies=("NZL", "FRA"))

    assert made.peers_of == "APEC"
    assert [problem.field for problem in refused.value.problems] == ["economies"]


@pytest.mark.parametrize(
    ("code", "title", "kind", "peers_of", "economies", "field"),
    [
        ("a b", "T", "members", "", PACIFIC, "group"),
        ("", "T", "members", "", PACIFIC, "group"),
        ("C", " ", "members", "", PACIFIC, "title"),
        ("C", "T", "friends", "", PACIFIC, "kind"),
        ("C", "T", "peers", "", PACIFIC, "peers_of"),
        ("C", "T", "peers", "APEC-HIGH", PACIFIC, "peers_of"),
        ("C", "T", "members", "", (), "economies"),
        ("C", "T", "members", "", ("XXX",), "economies"),
        ("C", "T", "members", "", ("NZL", "NZL"), "economies"),
    ],
)
def test_what_cannot_be_a_group_is_named(
    scene: Scene, code: str, title: str, kind: str, peers_of: str, economies: tuple[str, ...], field: str
) -> None:
    count = scene.count("economy_group")

    with pytest.raises(Invalid) as refused:
        make(scene, code, kind, peers_of, economies, title)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert scene.count("economy_group") == count


@pytest.mark.parametrize("code", ["APEC", "apec", "ALL", "all"])
def test_a_code_is_given_once(scene: Scene, code: str) -> None:
    """ALL stands for everybody where a questionnaire has no one group of members."""
    with pytest.raises(Conflict, match="exists already"):
        make(scene, code)


def test_a_change_is_kept_with_what_was_before_and_why(scene: Scene) -> None:
    make(scene)

    after = change(scene, "PACIFIC", WantedGroup("The Pacific", ("NZL", "PNG", "CHL"), "Chile asked."), needs_reason=True)

    with scene.database.read() as session:
        newest, first = groups.history(session, COMMAND_LINE, "PACIFIC")
    assert (after.title, after.economies) == ("The Pacific", ("CHL", "NZL", "PNG"))
    assert (newest.title_before, newest.added, newest.removed, newest.reason) == (
        "Around the Pacific",
        ("CHL",),
        ("PER",),
        "Chile asked.",
    )
    assert (first.added, first.removed) == (PACIFIC, ())
    assert scene.rows("SELECT action, target_id FROM audit_event ORDER BY sequence") == [
        ("economies.group_made", "PACIFIC"),
        ("economies.group_changed", "PACIFIC"),
    ]


def test_a_reason_is_asked_for_members_and_not_for_a_title(scene: Scene) -> None:
    make(scene)

    with pytest.raises(Invalid) as refused:
        change(scene, "PACIFIC", WantedGroup("New", ("NZL",)), needs_reason=True)
    titled = change(scene, "PACIFIC", WantedGroup("New", PACIFIC), needs_reason=True)

    assert [problem.field for problem in refused.value.problems] == ["reason"]
    assert (titled.title, titled.economies) == ("New", PACIFIC)


def test_nothing_changed_is_no_change(scene: Scene) -> None:
    made = make(scene)

    assert change(scene, "PACIFIC", WantedGroup(made.title, made.economies)) == made
    assert scene.count("group_change") == 1


def test_whoever_is_a_peer_stays_a_member(scene: Scene) -> None:
    make(scene)
    make(scene, "NEIGHBOURS", kind="peers", peers_of="PACIFIC", economies=("NZL", "PNG"))

    with pytest.raises(Invalid) as refused:
        change(scene, "PACIFIC", WantedGroup("Around the Pacific", ("NZL", "PER")))

    assert [str(problem.message) for problem in refused.value.problems] == [
        "Papua New Guinea is in the peer group Around the Pacific. Take it out there first."
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_makes_or_changes_a_group(scene: Scene, role: Role) -> None:
    actor = scene.person(role)

    with pytest.raises(Forbidden):
        make(scene, actor=actor)
    with pytest.raises(Forbidden), scene.database.write() as session:
        groups.change_group(session, actor, "APEC", WantedGroup("Mine", ("NZL",)), needs_reason=False)
    with pytest.raises(Forbidden), scene.database.read() as session:
        groups.history(session, actor, "APEC")


def test_an_unknown_group_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        change(scene, "NOWHERE", WantedGroup("New", PACIFIC))


def test_making_a_group_costs_the_same_for_few_and_for_many(scene: Scene) -> None:
    with scene.database.read() as session:
        everybody = tuple(service.names(session))
    make(scene, "FIRST")
    with statements(scene.database) as few:
        make(scene, "FEW")
    with statements(scene.database) as many:
        make(scene, "MANY", economies=everybody)

    assert len(many) == len(few)
