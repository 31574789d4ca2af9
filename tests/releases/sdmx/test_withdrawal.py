"""A consent that is taken back reaches clients of SDMX at once, also those that ask whether anything changed."""

from __future__ import annotations

from uuid import UUID

from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.infra.db import Database
from app.main import create_app
from tests.scenarios import Client, Scene

DATA = "/sdmx/3.0/data/dataflow/READINESS/small/2026.1.0?format=csv"


def test_a_consent_that_is_taken_back_empties_every_answer(scene: Scene, settings: Settings, database: Database) -> None:
    scene.ready().shared().release()
    client = Client(create_app(settings, database))
    before = client.get(DATA)
    assert ",AUS," in before.text

    review = UUID(str(scene.rows("SELECT id FROM review WHERE economy = 'AUS'")[0][0]))
    scene.consent("AUS", review, Audience.PRIVATE)

    after = client.get(DATA, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert ",AUS," not in after.text
    gone = client.get(DATA, params={"format": "csv", "updatedAfter": "2999-01-01T00:00:00Z"})
    assert gone.status_code == 404
