"""What two people made of one part, put together."""

from __future__ import annotations

from app.domain.drafting.merging import merged

BASE = {
    "code": "A1",
    "text": "How far?",
    "why": "It matters.",
    "levels": [{"level": 1, "text": "None"}, {"level": 2, "text": "Some"}],
    "goalposts": {"lo": 0, "hi": 100},
}


def test_what_only_one_of_two_changed_is_kept_of_each() -> None:
    both = merged(BASE, BASE | {"why": "Theirs", "core": True}, BASE | {"text": "Mine"})

    assert not both.is_clashing
    assert both.part == BASE | {"text": "Mine", "why": "Theirs", "core": True}


def test_rows_are_put_together_by_what_tells_them_apart() -> None:
    theirs = BASE | {"levels": [{"level": 1, "text": "Nothing"}, {"level": 2, "text": "Some"}]}
    mine = BASE | {"levels": [*({"level": 1, "text": "None"}, {"level": 2, "text": "A few"}, {"level": 3, "text": "All"})]}

    both = merged(BASE, theirs, mine)

    assert not both.is_clashing
    assert [row["text"] for row in _rows(both.part)] == ["Nothing", "A few", "All"]


def test_rows_that_one_took_out_stay_out_and_keep_the_order_of_the_other() -> None:
    theirs = BASE | {"levels": [{"level": 2, "text": "Some"}, {"level": 1, "text": "None"}]}

    assert _rows(merged(BASE, theirs, BASE | {"text": "Mine"}).part) == theirs["levels"]
    assert _rows(merged(BASE, theirs, BASE | {"levels": [{"level": 1, "text": "None"}]}).part) == [{"level": 1, "text": "None"}]


def test_only_what_both_changed_clashes_and_mine_stands_in_the_form() -> None:
    both = merged(BASE, BASE | {"text": "Theirs", "why": "Theirs"}, BASE | {"text": "Mine"})

    assert both.is_clashing
    assert both.part == BASE | {"text": "Mine", "why": "Theirs"}
    assert both.rest == BASE | {"text": "Theirs", "why": "Theirs"}


def test_groups_are_put_together_and_conditions_are_one_value() -> None:
    group = merged(BASE, BASE | {"goalposts": {"lo": 5, "hi": 100}}, BASE | {"goalposts": {"lo": 0, "hi": 90}})
    theirs, mine = {"answered": "A2"}, {"equals": {"item": "A2", "value": "yes"}}
    condition = merged(BASE, BASE | {"show_if": theirs}, BASE | {"show_if": mine})

    assert (group.is_clashing, group.part["goalposts"]) == (False, {"lo": 5, "hi": 90})
    assert (condition.part["show_if"], condition.rest["show_if"]) == (mine, theirs)


def test_what_one_took_out_and_the_other_changed_clashes() -> None:
    without = {name: value for name, value in BASE.items() if name != "why"}

    both = merged(BASE, without, BASE | {"why": "Mine"})

    assert (both.part.get("why"), both.rest.get("why")) == ("Mine", None)


def test_both_doing_the_same_is_no_clash() -> None:
    both = merged(BASE, BASE | {"why": "Same", "weight": 2}, BASE | {"why": "Same", "weight": 2.0})

    assert not both.is_clashing


def _rows(part: dict[str, object]) -> list[dict[str, object]]:
    rows = part["levels"]
    assert isinstance(rows, list)
    return rows
