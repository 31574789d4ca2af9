"""Ask a server everything, good and bad, again and again, and watch its memory, files and threads from outside.

python -m tests.abuse.steady --requests 100000
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.abuse.server import Server, served, status_of

JSON = "Content-Type: application/json"


def requests(server: Server) -> list[bytes]:
    """Write one of each kind: pages, the API, files, and what is refused on every layer."""
    review = server.made.review
    answer = f"PUT /api/v1/reviews/{review}/answers/B1-01"
    bodies = (b'{"state": "declined", "seen": 0}', b"{", b'{"a": NaN}', b'{"state": "\\ud800"}', b"[" * 10_000, b"9" * 5_000)
    return [
        *(server.request(f"GET {path}") for path in ("/", "/reviews", f"/reviews/{review}", f"/reviews/{review}/sections/B1")),
        *(server.request(f"GET {path}") for path in ("/nothing", "/%ff", "/admin/users", "/benchmarks", "/questionnaires")),
        *(
            server.request(f"GET /api/v1/{path}")
            for path in ("questionnaires", "cycles", "reviews/1", "benchmarks/scores?limit=0")
        ),
        *(server.request(answer, JSON, f"Content-Length: {len(body)}", body=body) for body in bodies),
        server.request(answer, "Content-Type: text/plain", "Content-Length: 2", body=b"{}"),
        server.request(answer, JSON, "Content-Length: 9999999"),
        server.request("POST /sign-out", "Content-Length: 0", "Content-Type: application/x-www-form-urlencoded"),
        server.request("FOO /"),
    ]


def ask_everything(server: Server, rounds: int) -> Counter[int]:
    """Send every request that often; return how often each status was answered."""
    return Counter(status_of(server.say(raw)) for _ in range(rounds) for raw in requests(server))


def main() -> None:
    """Read the command line, run, and end with 1 where the server grew or failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    wanted = parser.parse_args().requests
    with served(READINESS_RATE_LIMITS="false") as server:
        kinds = len(requests(server))
        ask_everything(server, 100)
        before = server.figures()
        statuses = ask_everything(server, max(1, wanted // kinds))
        after = server.figures()
    grown = [later - earlier for earlier, later in zip(before, after, strict=True)]
    sys.stdout.write(f"{dict(statuses)}\nmemory {grown[0] / 1e6:+.1f} MB, files {grown[1]:+d}, threads {grown[2]:+d}\n")
    sys.exit(grown[0] > 20_000_000 or grown[1] > 8 or grown[2] > 2 or any(status >= 500 for status in statuses))


if __name__ == "__main__":
    main()
