"""A bucket that is not there is a setting to correct: never lost files, and never a store that is away for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from app.cli import app as command_line
from app.cli import starting
from app.cli.bench.ports import free_port
from app.cli.doctor import examine
from app.cli.examining.findings import Finding, State
from app.config import Settings
from app.infra.objects import BucketMissing, Objects, StoreAway, open_objects
from tests.topology.processes import RCLONE, Process

KEY = "NZL/ab/" + "ab" * 32
NAME, SECRET = "keeper", "harbour-violin-orchid"
pytestmark = pytest.mark.skipif(not RCLONE.exists(), reason="rclone (a development package) is not installed here")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store that speaks S3, with the bucket `readiness` and no other."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "files" / "readiness").mkdir(parents=True)
    port = free_port()
    words = [str(RCLONE), "serve", "s3", str(folder / "files"), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{NAME},{SECRET}"]
    store = Process(words, {"RCLONE_CONFIG": str(folder / "no.conf")}, folder / "store.log", port).start()
    assert store.running is not None
    try:
        store.wait()
        yield f"http://127.0.0.1:{port}"
    finally:
        store.running.kill()
        store.running.wait(10)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", NAME)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture
def misnamed(endpoint: str, tmp_path: Path) -> Objects:
    return open_objects(f"s3://readines/prefix?endpoint={endpoint}", tmp_path)


def _store_of(settings: Settings) -> Finding:
    (found,) = (finding for finding in examine(settings, []) if finding.name == "store")
    return found


def test_a_file_in_a_bucket_that_is_not_there_is_not_taken_for_lost(misnamed: Objects) -> None:
    with pytest.raises(BucketMissing):
        misnamed.get(KEY)


def test_nothing_is_written_or_listed_in_a_bucket_that_is_not_there_and_the_store_counts_as_away(misnamed: Objects) -> None:
    with pytest.raises(BucketMissing):
        misnamed.put(KEY, b"content")
    with pytest.raises(BucketMissing) as refused:
        list(misnamed.each())

    assert (refused.value.status, refused.value.code, refused.value.bucket) == (503, "files_unavailable", "readines")
    assert "readines" not in refused.value.detail  # people who answer are not told how the service is set up


def test_it_counts_as_a_failure_of_the_store_and_the_log_names_the_bucket(endpoint: str, tmp_path: Path) -> None:
    failed: list[str] = []
    objects = open_objects(f"s3://readines?endpoint={endpoint}", tmp_path, failed.append)

    with capture_logs() as logged, pytest.raises(BucketMissing):
        objects.get(KEY)

    assert failed == ["get"]
    assert [(line["event"], line["bucket"]) for line in logged] == [("bucket_missing", "readines")]


def test_a_file_that_is_missing_in_a_bucket_that_is_there_is_missing_alone(endpoint: str, tmp_path: Path) -> None:
    objects = open_objects(f"s3://readiness/prefix?endpoint={endpoint}", tmp_path)

    assert (objects.get(KEY), objects.has(KEY), list(objects.each())) == (None, False, [])


def test_the_doctor_and_the_start_name_the_bucket_that_is_not_there(
    endpoint: str, database_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = database_settings.model_copy(update={"files_url": f"s3://readines?endpoint={endpoint}"})

    found = _store_of(settings)
    with pytest.raises(SystemExit):
        starting.refuse_unfit_store(settings)

    assert found.state is State.FAIL
    for words in (f"{found.says} {found.advice}", capsys.readouterr().err):
        assert "no bucket readines" in words
        assert "READINESS_FILES_URL" in words


def test_a_store_that_is_away_is_told_of_by_the_doctor_and_keeps_no_server_from_starting(database_settings: Settings) -> None:
    settings = database_settings.model_copy(update={"files_url": f"s3://readiness?endpoint=http://127.0.0.1:{free_port()}"})

    found = _store_of(settings)
    with capture_logs() as logged:
        starting.refuse_unfit_store(settings)

    assert (found.state, [line["event"] for line in logged]) == (State.FAIL, ["files_store_away"])
    assert "does not answer" in found.says


def test_the_doctor_tells_keys_that_are_refused_from_a_store_that_is_away(
    endpoint: str, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    settings = database_settings.model_copy(update={"files_url": f"s3://readiness?endpoint={endpoint}"})

    found = _store_of(settings)

    assert found.state is State.FAIL
    assert "AWS_SECRET_ACCESS_KEY" in found.advice
    with pytest.raises(StoreAway):
        open_objects(settings.files_url, settings.data_dir).get(KEY)


def test_a_backup_names_the_bucket_that_is_not_there(
    endpoint: str, database_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READINESS_DATA_DIR", str(database_settings.data_dir))
    if database_settings.database_url is not None:
        monkeypatch.setenv("READINESS_DATABASE_URL", database_settings.database_url)
    monkeypatch.setenv("READINESS_FILES_URL", f"s3://readines?endpoint={endpoint}")
    made = CliRunner().invoke(command_line, ["backup-key", str(tmp_path / "backup.key")])

    ended = CliRunner().invoke(command_line, ["backup", str(tmp_path / "one.age"), "--to", made.stdout.strip()])

    assert (ended.exit_code, (tmp_path / "one.age").exists()) == (1, False)
    assert "no bucket readines" in ended.stderr


@pytest.mark.parametrize(
    "url",
    ["s3:/bucket", "s3://bucket?endpont=http://127.0.0.1:1", "s3://bucket?endpoint=store.example.org", "s3://bucket?region="],
)
def test_an_address_that_is_no_store_is_refused_at_the_start_in_words(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        starting.refuse_unfit_store(Settings(data_dir=tmp_path, files_url=url))

    assert "READINESS_FILES_URL" in capsys.readouterr().err


def test_a_store_of_the_usual_cloud_needs_neither_endpoint_nor_region_in_its_address(tmp_path: Path) -> None:
    open_objects("s3://bucket", tmp_path)
    open_objects("s3://bucket/prefix?region=eu-1", tmp_path)
