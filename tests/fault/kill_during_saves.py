"""Kill the server with SIGKILL again and again while people save, and look afterwards whether every acknowledged save is there.

    python -m tests.fault.kill_during_saves --kills 1000 [--postgresql]

Each writer saves one item after the other and counts as acknowledged only what was answered with 200. What was sent and
not answered is sent again, as the form does: it must be taken, whether or not it was stored.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.fault.stage import Outcome, Stage, stage

_REPORT_EVERY = 50


def kill_while_saving(open_stage: Stage, kills: int, seed: int) -> Outcome:
    """Kill the server that often while four people save."""
    chance, before = random.Random(seed), open_stage.saves()
    with open_stage.saving():
        for number in range(kills):
            open_stage.wait_for(chance.randint(1, 20))  # so that every kill falls among saves
            time.sleep(chance.uniform(0.0, 0.05))
            open_stage.nursery.kill()
            open_stage.nursery.start()
            if (number + 1) % _REPORT_EVERY == 0:
                sys.stdout.write(f"{number + 1} kills, {open_stage.saves()} saves acknowledged\n")
                sys.stdout.flush()
    return open_stage.outcome(kills, before)


def main() -> None:
    """Read the command line, run, and end with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()
    with stage("postgresql" if given.postgresql else "sqlite") as opened:
        outcome = kill_while_saving(opened, given.kills, given.seed)
    sys.stdout.write(f"{outcome}\n")
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
