"""The bill of materials (CycloneDX) of what the program runs with, made from the lock: no registry's host, no path, no time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools.licences import licence_of

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "dist" / "sbom.json"
_NEVER = ("externalReferences", "description")


def build() -> dict[str, object]:
    """Return the document: names, versions, package addresses, hashes and licences."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    command = [str(program), "requirements", "requirements/run.lock", "--pyproject", "pyproject.toml", "--output-reproducible"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    found["metadata"].pop("tools", None)
    for component in (found["metadata"]["component"], *found["components"]):
        hashes = [
            each["content"] for reference in component.get("externalReferences", ()) for each in reference.get("hashes", ())
        ]
        for name in _NEVER:
            component.pop(name, None)
        if hashes:
            component["properties"] = [{"name": "readiness:sha256-of-a-file", "value": value} for value in sorted(set(hashes))]
        if component is not found["metadata"]["component"]:
            component["licenses"] = [{"expression": licence_of(component["name"])}]
    document: dict[str, object] = found
    return document


def main() -> None:
    """Write it."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(build(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(PROJECT)} is written.")


if __name__ == "__main__":
    main()
