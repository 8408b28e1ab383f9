"""The local stand-in: nothing is lost while versions come and go, nor when it stops."""

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import pytest
import requests
import tensorflow as tf
from conftest import free_port

from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError
from {{ cookiecutter.package_name }}.contract import (
    Golden,
    Signature,
    to_lists,
)
from {{ cookiecutter.package_name }}.service import (
    model_config,
    prune,
    rollback,
    rollout,
)
from {{ cookiecutter.package_name }}.service.local_server import http
from {{ cookiecutter.package_name }}.service.local_server.__main__ import (
    read_metrics_path,
)
from {{ cookiecutter.package_name }}.service.local_server.models import (
    GRAPH_FILE,
    Model,
    Models,
)
from {{ cookiecutter.package_name }}.service.local_server.protocol import (
    DEFAULT_SIGNATURE,
)
from {{ cookiecutter.package_name }}.service.messages import (
    WARMUP_RECORDS,
    PredictionLog,
)
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

SERVER = "{{ cookiecutter.package_name }}.service.local_server"


class Local:
    """A local server on a folder of versions of its own."""

    def __init__(self, folder: Path, signature: Signature) -> None:
        """Begin with the exported model as version 1, and start the server."""
        self.versions = folder / "saved_model"
        self.exported = signature.verify(ARTIFACTS)
        self.newest = 0
        self.add()
        self.log = folder / "log"
        port = free_port()
        self.address = ("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{port}"
        self.client = Client(self.url, signature.name)
        config = model_config.write_host_config()
        flags = [f"--model_config_file={config}", f"--rest_api_port={port}"]
        command = [sys.executable, "-m", SERVER, *flags]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=log)
        self.client.wait_until_available(self.process, seconds=300)

    def add(self) -> int:
        """Put the exported model there as the next version, whole."""
        self.newest += 1
        staged = self.versions / f".{self.newest}"
        shutil.copytree(self.exported, staged)
        staged.rename(self.versions / str(self.newest))
        return self.newest

    def serves(self, version: int) -> bool:
        """Say whether a version is being served."""
        name = f"{self.client.model_url}/versions/{version}"
        states = requests.get(name, timeout=60).json().get("model_version_status", [])
        return any(state["state"] == "AVAILABLE" for state in states)

    def wait_for(self, version: int, served: bool = True) -> None:
        """Return once a version is served, or no longer."""
        deadline = time.monotonic() + 180
        while self.serves(version) is not served:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)


@contextmanager
def running(folder: Path, signature: Signature) -> Iterator[Local]:
    """Run a server on copies of the model and its configuration."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(model_config, "VERSIONS", folder / "saved_model")
        monkeypatch.setattr(model_config, "HOST_CONFIG", folder / "host.config")
        copied = shutil.copy(model_config.CONFIG, folder / "models.config")
        monkeypatch.setattr(model_config, "CONFIG", Path(copied))
        model_config.move_label("stable", 1)
        server = Local(folder, signature)
        try:
            yield server
        finally:
            server.process.terminate()
            server.process.wait(20)


@pytest.fixture(scope="module")
def local(
    tmp_path_factory: pytest.TempPathFactory, signature: Signature
) -> Iterator[Local]:
    """A server whose versions the tests may change, as long as one is left."""
    with running(tmp_path_factory.mktemp("local"), signature) as server:
        yield server


class Load:
    """Callers that ask again and again, each over a connection of its own."""

    def __init__(self, url: str, golden: Golden, callers: int = 4) -> None:
        """Start them."""
        self.body = {"inputs": to_lists(golden.inputs)}
        self.url = url
        self.answers: list[int] = []
        self.answered: set[int] = set()  # callers
        self.lost: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(callers)]
        for thread in self._threads:
            thread.start()

    def _call(self) -> None:
        with requests.Session() as session:
            while not self._stop.is_set():
                try:
                    answer = session.post(self.url, json=self.body, timeout=30)
                    self.answers.append(answer.status_code)
                    self.answered.add(threading.get_ident())
                except requests.ConnectionError as error:
                    if "refused" not in str(error):
                        self.lost.append(str(error))
                    return

    def stop(self) -> None:
        """Let every caller finish."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_no_request_fails_while_versions_are_swapped(
    local: Local, golden: Golden
) -> None:
    """One comes, the one before goes, another comes; the address answers throughout."""
    load = Load(f"{local.client.model_url}:predict", golden)
    before = local.newest
    local.wait_for(local.add())
    shutil.rmtree(local.versions / str(before))
    local.wait_for(before, served=False)
    local.wait_for(local.add())
    load.stop()
    assert not load.lost
    assert set(load.answers) == {200}


def test_rollout_moves_the_label_and_rollback_moves_it_back(
    local: Local, golden: Golden
) -> None:
    """Under load on the label, without a failure."""
    before = rollout.rollout(local.url, "stable", version=local.newest)
    load = Load(f"{local.client.model_url}/labels/stable:predict", golden)
    after = local.add()
    assert rollout.rollout(local.url, "stable", version=after) == after
    assert model_config.labels()["stable"] == after
    assert rollback.rollback(local.url, "stable") == before
    load.stop()
    assert not load.lost
    assert set(load.answers) == {200}


def test_rollback_from_the_first_version_is_refused(local: Local) -> None:
    """The label stays where it is."""
    model_config.move_label("canary", 1)
    with pytest.raises(ServiceError, match="No version before 1 is served"):
        rollback.rollback(local.url, "canary")
    assert model_config.labels()["canary"] == 1


def test_what_is_broken_does_not_disturb_what_works(local: Local) -> None:
    """A half-copied, a broken and a misnamed version; the log has a line on each."""
    half, broken, empty = (local.versions / name for name in ("1001", "1002", "1003"))
    shutil.copytree(local.exported, half, ignore=_graph)
    staged = local.versions / ".1002"
    staged.mkdir()
    (staged / "saved_model.pb").write_bytes(b"\xff not a model")
    staged.rename(broken)
    empty.mkdir()
    shutil.copytree(local.exported, local.versions / "latest")
    local.wait_for(local.add())

    def lines(name: str) -> list[str]:
        log = local.log.read_text().splitlines()
        return [line for line in log if f"/{name} is" in line]

    names = [half.name, broken.name, empty.name, "latest"]
    deadline = time.monotonic() + 60
    while not all(map(lines, names)) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2.5)  # the server looks once a second
    for name in names:
        (line,) = lines(name)
        assert "not served: " in line or "ignored: " in line
    shutil.copytree(local.exported, half, dirs_exist_ok=True)
    local.wait_for(1001)  # once its copy is complete


def _graph(_folder: str, names: list[str]) -> set[str]:
    return {"saved_model.pb"}.intersection(names)


def test_the_reason_for_a_broken_version_is_its_own(local: Local) -> None:
    """Its status says what is missing or does not work."""
    staged = local.versions / ".staged"
    empty, cold, file, whole = (staged / str(n) for n in range(1012, 1016))
    empty.mkdir(parents=True)
    (empty / GRAPH_FILE).touch()
    shutil.copytree(local.exported, cold)
    (cold / WARMUP_RECORDS).write_bytes(b"no record" * 10)
    file.touch()
    shutil.copytree(local.exported, whole)
    for path in (empty, cold, file, whole):
        path.rename(local.versions / path.name)
    local.wait_for(1015)  # the last to be loaded
    states = requests.get(local.client.model_url, timeout=10).json()
    found = {s["version"]: s["status"] for s in states["model_version_status"]}
    for version, code, reason in [
        (empty, "NOT_FOUND", "MetaGraphDef associated with tags"),
        (cold, "DATA_LOSS", "corrupted record"),
        (file, "NOT_FOUND", "does not appear to contain a SavedModel bundle"),
    ]:
        assert found[version.name]["error_code"] == code
        assert reason in found[version.name]["error_message"]
        assert local.log.read_text().count(f"/{version.name} is not served: ") == 1


def test_versions_and_warm_up_records_are_read_as_in_production(local: Local) -> None:
    """Zeros in front, no signature's name, requests of another kind; not 2**63."""
    staged = local.versions / ".2001"
    shutil.copytree(local.exported, staged)
    records = staged / WARMUP_RECORDS
    entries = [PredictionLog()]
    for record in tf.data.TFRecordDataset(str(records)).as_numpy_iterator():
        entry = PredictionLog.FromString(record)
        spec = entry.predict_log.request.model_spec
        if spec.signature_name == DEFAULT_SIGNATURE:
            spec.signature_name = ""
        entries.append(entry)
    with tf.io.TFRecordWriter(str(records)) as writer:
        for entry in entries:
            writer.write(entry.SerializeToString())
    shutil.copytree(staged, local.versions / str(2**63))
    staged.rename(local.versions / "002001")
    local.wait_for(2001)
    assert f"/{2**63} is ignored: " in local.log.read_text()


def test_one_model_does_not_keep_others_from_being_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever happens with it."""
    config = tmp_path / "models.config"
    config.write_text(
        'model_config_list { config { name: "a" base_path: "/a" }'
        ' config { name: "b" base_path: "/b" } }'
    )
    looked_at = []

    def refresh(model: Model) -> None:
        looked_at.append(model.config.name)
        raise ValueError("odd")

    monkeypatch.setattr(Model, "refresh", refresh)
    Models(config, 1000)
    assert looked_at == ["a", "b"]
    assert "/a stays as it was: ValueError('odd')" in caplog.text


def test_a_deleted_model_goes_on_being_served(local: Local) -> None:
    """It is in memory; only something better replaces it."""
    version = local.newest
    away = local.versions.rename(local.versions.with_name("away"))
    time.sleep(2.5)  # the server looks once a second
    assert local.serves(version)
    away.rename(local.versions)


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_health_check_of_the_container(local: Local) -> None:
    """It needs bash alone, and fails where nothing is served."""
    check = ["bash", str(ROOT / "serving" / "healthcheck.sh")]
    assert subprocess.run([*check, str(local.address[1])]).returncode == 0
    assert subprocess.run([*check, str(free_port())]).returncode != 0


def test_answers_say_that_it_is_a_stand_in(local: Local) -> None:
    """So that nobody mistakes it for the real one."""
    answer = requests.get(local.client.model_url, timeout=10)
    assert "stand-in" in answer.headers["Server"]
    assert "stand-in" in local.log.read_text()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Content-Length: 1000000000000", 413),
        ("Content-Length: -1", 400),
        ("Transfer-Encoding: nonsense", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    local: Local, header: str, status: int
) -> None:
    """By the head alone, before the body comes."""
    head = f"POST /v1/models/x:predict HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n"
    with socket.create_connection(local.address, timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """The address of a server without models, whose limits can be reached here."""
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 10)
    monkeypatch.setattr(http, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(http, "HEAD_SECONDS", 1)
    monkeypatch.setattr(http, "DRAIN_SECONDS", 0)
    models = cast("Models", None)  # which are not asked
    port = free_port()
    server = http.Server(http.RestApi(models, "/metrics"), port)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield "127.0.0.1", port
    server.should_exit = True
    thread.join()


def test_long_heads_are_read(impatient: tuple[str, int]) -> None:
    """As the server in production has no limit."""
    url = "http://{}:{}/x".format(*impatient)
    head = {"X-Long": "x" * 500_000}
    assert requests.get(url, headers=head, timeout=5).status_code == 404


def test_metrics_are_where_they_are_said_to_be(
    impatient: tuple[str, int], tmp_path: Path
) -> None:
    """Without a path of its own, the configuration stands for the usual one."""
    url = "http://{}:{}/metrics".format(*impatient)
    assert requests.get(url, timeout=5).status_code == 200
    answer = requests.get(f"{url}?x=1", timeout=5)
    assert answer.status_code == 400
    assert answer.text == "Unexpected path: /metrics?x=1. Should be /metrics"
    config = tmp_path / "monitoring.config"
    config.write_text("prometheus_config { enable: true }")
    assert read_metrics_path(config) == "/monitoring/prometheus/metrics"


POST = b"POST /x HTTP/1.1\r\nHost: x"
CHUNKED = POST + b"\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "repeat", "answer"),
    [
        (CHUNKED + 2 * b"9\r\n123456789\r\n", b"", b"HTTP/1.1 413 "),
        (CHUNKED, b"1\r\n1\r\n", b"HTTP/1.1 4"),
        (POST + b"\r\nContent-Length: 9\r\n\r\n", b"", b"HTTP/1.1 408 "),
        (POST, b"x", b""),
        (b"", b"", b""),
    ],
    ids=["too large", "endless", "slow body", "slow head", "no head"],
)
def test_who_takes_too_long_or_sends_too_much_is_given_up(
    impatient: tuple[str, int], begin: bytes, repeat: bytes, answer: bytes
) -> None:
    """And others are answered meanwhile."""
    with socket.create_connection(impatient, timeout=0.2) as slow:
        slow.sendall(begin)
        received = None
        deadline = time.monotonic() + 5
        while received is None and time.monotonic() < deadline:
            url = "http://{}:{}/x".format(*impatient)
            assert requests.get(url, timeout=5).status_code == 404
            try:
                with suppress(ConnectionError):  # what it said before can still be read
                    slow.sendall(repeat)
                received = slow.recv(100)
            except TimeoutError:
                continue
            except ConnectionError:
                received = b""
    assert received is not None, "still connected"
    assert received.startswith(answer)


def test_old_versions_are_pruned_except_what_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a label or by the policy; and the newest stay."""
    config = Path(shutil.copy(model_config.CONFIG, tmp_path / "models.config"))
    policy = "specific { versions: 4 }"
    config.write_text(re.sub(r"all \{\s*\}", policy, config.read_text()))
    monkeypatch.setattr(model_config, "CONFIG", config)
    monkeypatch.setattr(model_config, "HOST_CONFIG", tmp_path / "host.config")
    monkeypatch.setattr(model_config, "VERSIONS", tmp_path / "saved_model")
    for version in range(1, 9):
        (model_config.VERSIONS / str(version)).mkdir(parents=True)
    model_config.move_label("stable", 2)
    model_config.move_label("canary", 7)
    assert prune.prune(keep=2) == [1, 3, 5, 6]
    assert sorted(model_config.versions()) == [2, 4, 7, 8]
    assert prune.prune(keep=2) == []
    (model_config.VERSIONS / "0003").mkdir()
    (model_config.VERSIONS / "9").touch()
    assert prune.prune(keep=2) == [3]


def test_no_accepted_request_is_lost_at_sigterm(
    tmp_path: Path, signature: Signature, golden: Golden
) -> None:
    """What was accepted is answered; then connections are refused."""
    with running(tmp_path, signature) as local:
        load = Load(f"{local.client.model_url}:predict", golden, callers=8)
        deadline = time.monotonic() + 60
        while len(load.answered) < 8:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        local.process.terminate()
        local.process.wait(20)
        load.stop()
    assert not load.lost
    assert set(load.answers) == {200}
