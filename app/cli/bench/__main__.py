"""Measures one benchmark in this process and prints its rows as JSON; `readiness bench` starts it."""

import json
import sys
from dataclasses import asdict

from app.cli.bench import measured

sys.stdout.write(json.dumps([asdict(row) for row in measured(sys.argv[1], is_quick="--quick" in sys.argv[2:])]))
