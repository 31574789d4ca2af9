"""The files of deploy/ speak of settings and commands that exist, and the proxy's are what nginx reads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer.main
from ruamel.yaml import YAML

from app.cli import app
from app.config import Settings
from tests.topology.processes import NGINX, PROJECT, proxy_configuration

DEPLOY = PROJECT / "deploy"
COMPOSE = YAML(typ="safe").load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("migrate", "app", "worker")
_GRACE_OF_REQUESTS = 10


def test_every_setting_that_is_named_exists() -> None:
    known = {f"READINESS_{name.upper()}" for name in Settings.model_fields}

    named = {
        name for path in DEPLOY.iterdir() for name in re.findall(r"READINESS_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= known


def test_every_command_that_is_run_exists() -> None:
    group = typer.main.get_command(app)
    known = set(getattr(group, "commands", {}))
    image = re.search(r"^CMD \[\"(\w+)\"", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert image is not None
    assert {image[1], *(SERVICES[name]["command"][0] for name in OURS)} <= known


def test_everything_that_an_image_copies_is_there() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert copied
    assert all((PROJECT / name).exists() for line in copied for name in line.split())


def test_an_end_in_order_is_given_the_time_it_takes() -> None:
    leaves = float(SERVICES["app"]["environment"]["READINESS_LEAVE_SECONDS"])
    grace = float(SERVICES["app"]["stop_grace_period"].removesuffix("s"))

    assert grace > leaves + _GRACE_OF_REQUESTS


def test_no_secret_is_written_down() -> None:
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")

    for name in ("POSTGRES_PASSWORD", "READINESS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)
        assert f"${{{name}:?}}" in (DEPLOY / "docker-compose.yml").read_text(encoding="utf-8")


def test_every_value_that_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "docker-compose.yml").read_text(encoding="utf-8")))
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert asked == named


def test_the_containers_of_the_program_are_held_to_little() -> None:
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER \d+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert "--require-hashes" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_a_form_is_never_sent_to_a_second_process() -> None:
    said = re.search(r"proxy_next_upstream ([^;]+);", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))

    assert said is not None
    assert "non_idempotent" not in said[1]


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
def test_nginx_reads_the_configuration_of_the_proxy(tmp_path: Path) -> None:
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(proxy_configuration(tmp_path, 8080, [8001, 8002]), encoding="utf-8")

    done = subprocess.run(
        [str(NGINX), "-t", "-c", str(configuration), "-p", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
