"""Write docs/routes.txt: every route of the program, so that one that comes or goes is seen in a change."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts

from app.config import Settings
from app.main import create_app

LIST = Path(__file__).resolve().parent.parent / "docs" / "routes.txt"


def main() -> None:
    """Write the list."""
    with tempfile.TemporaryDirectory() as folder:
        routes = create_app(Settings(data_dir=Path(folder))).routes
        found = {
            f"{method} {context.path_format}"
            for context in iter_route_contexts(routes)
            if isinstance(context.route, APIRoute)
            for method in context.methods or ()
        }
    LIST.write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
