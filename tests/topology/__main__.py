"""The long form: kill the two servers in turn for some minutes while two officials save.

python -m tests.topology --minutes 10
"""

from __future__ import annotations

import argparse
import sys

from tests.topology.processes import topology
from tests.topology.run import save_amid_kills
from tests.topology.world import filled


def main() -> None:
    """Read the command line, run, and end with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    with topology() as made, filled(made) as world:
        outcome = save_amid_kills(made, world, seconds=minutes * 60)
    sys.stdout.write(f"{outcome}\n")
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
