"""How many statements the hot addresses cost: small constants that no amount of data may raise."""

from __future__ import annotations

import pytest

from app.kit.actor import Role
from tests.api.conftest import DRAFT, Browse, Filled
from tests.scenarios import answers_csv, statements

SIGNED = "NZL"
API = "/api/v1"
CHANGE = "/reviews/{review}/revisions/1/change"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/reviews", 10),
        ("/reviews/{review}", 7),
        ("/reviews/{review}/sections/A", 6),
        ("/reviews/{review}/sections/B", 6),
        ("/reviews/{review}/check", 5),
        ("/reviews/{review}/team", 7),
        ("/reviews/{review}/questions?show=mine", 5),
        ("/reviews/{review}/items/A1/discussion", 8),
        ("/reviews/{review}/sharing", 10),
        ("/reviews/{review}/revisions/1/results", 9),
        ("/reviews/{review}/revisions/1/results/priorities", 7),
        ("/reviews/{review}/revisions/1/peers", 12),
        (f"{API}/reviews/{{review}}/revisions/1/priorities", 5),
        (f"{API}/reviews/{{review}}/revisions/1/peers", 11),
        ("/reviews/{review}/revisions/1/results/certainty", 6),
        (f"{API}/reviews", 4),
        (f"{API}/reviews/{{review}}", 5),
        (f"{API}/reviews/{{review}}/revisions/1/results", 5),
        (f"{API}{CHANGE}", 5),
        (f"{API}/reviews/{{review}}/revisions/1/certainty", 5),
        (f"{API}/benchmarks/scores", 5),
        (f"{API}/benchmarks/scores?group=APEC-HIGH&limit=1000", 8),
        (f"{API}/benchmarks/cells", 6),
        (f"{API}/questionnaires", 1),
        (f"{API}/questionnaires/small/versions/2026.1", 1),
        (f"{API}/economies", 1),
        (f"{API}/groups", 3),
        (f"{API}/cycles", 1),
    ],
)
def test_reading_costs_few_statements(filled: Filled, browse: Browse, path: str, most: int) -> None:
    """The look-up of the session counts too, where there is one."""
    reader = browse(filled, filled.actor(Role.CONTRIBUTOR, SIGNED))
    address = path.format(review=filled.reviews[SIGNED])
    assert reader.get(address).status_code == 200  # names and documents are read once a process

    with statements(filled.scene.database) as sent:
        reader.get(address)

    assert len(sent) <= most, sent


@pytest.mark.parametrize(("path", "most"), [("/reviews/{review}/revisions/1/results", 10), (f"{API}{CHANGE}", 6)])
def test_a_review_with_a_past_costs_no_more_than_its_past(fresh: Filled, browse: Browse, path: str, most: int) -> None:
    fresh.scene.open_cycle("2027")
    (_, review), *_ = fresh.scene.import_(answers_csv([SIGNED]), cycle="2027").reviews.items()
    reader = browse(fresh, fresh.actor(Role.CONTRIBUTOR, SIGNED))
    address = path.format(review=review)
    assert reader.get(address).status_code == 200

    with statements(fresh.scene.database) as sent:
        reader.get(address)

    assert len(sent) <= most, sent


def test_saving_one_answer_costs_at_most_eight_statements(fresh: Filled, browse: Browse) -> None:
    form = browse(fresh, fresh.actor(Role.COORDINATOR))
    url = f"{API}/reviews/{fresh.reviews[DRAFT]}/answers/A1"
    form.put(url, json={"state": "answered", "value": 4, "seen": 1})

    with statements(fresh.scene.database) as sent:
        saved = form.put(url, json={"state": "answered", "value": 5, "seen": 2})

    assert saved.status_code == 200
    assert len(sent) <= 8, sent
