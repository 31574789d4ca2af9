"""A nursery of servers: one process that has loaded the program forks a fresh server each time it is told to.

Starting Python and loading the program takes seconds; a fork takes milliseconds, and is a process of its own that can be
killed as any other. Reads "start" from standard input, answers with the server's process id, and writes each one's end down.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from app.cli.server import run_server
from app.config import Settings


def main(port: int, ends: Path) -> None:
    """Fork a server for every line that comes in, until there are no more."""

    def bury(_signal: int, _frame: object) -> None:
        with suppress(ChildProcessError), ends.open("a") as file:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                file.write(f"{found[0]} {os.waitstatus_to_exitcode(found[1])}\n")

    signal.signal(signal.SIGCHLD, bury)
    settings = Settings()
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            run_server(settings, "127.0.0.1", port)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
