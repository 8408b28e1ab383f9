"""Versions come and go on a running server, without a failed request."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import requests
from conftest import free_port

from {{ cookiecutter.package_name }}.client.rest import AVAILABLE, Client, ServiceError
from {{ cookiecutter.package_name }}.contract import Golden, Signature, to_lists
from {{ cookiecutter.package_name }}.service import (
    model_config,
    prune,
    rollback,
    rollout,
)
from {{ cookiecutter.package_name }}.service.local_server import values
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

SERVER = "{{ cookiecutter.package_name }}.service.local_server"


class Local:
    """The stand-in, which serves versions from a folder of its own."""

    def __init__(self, signature: Signature) -> None:
        """Copy the exported model as version 1, and start the server."""
        self.exported = signature.verify(ARTIFACTS)
        self.newest = 0
        self.add()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.client = Client(self.url, signature.name)
        config = model_config.write_host_config()
        flags = [f"--model_config_file={config}", f"--rest_api_port={port}"]
        command = [sys.executable, "-m", SERVER, *flags]
        self.process = subprocess.Popen(command, cwd=ROOT)
        self.client.wait_until_available(self.process, seconds=300)

    def add(self) -> int:
        """Copy the exported model as the next version, and return its number."""
        self.newest += 1
        staged = model_config.VERSIONS / f".{self.newest}"
        shutil.copytree(self.exported, staged)
        staged.rename(model_config.VERSIONS / str(self.newest))
        return self.newest

    def wait_for(self, version: int, state: str) -> None:
        """Return once a version is in this state."""
        deadline = time.monotonic() + 180
        while (states := self.client.states()).get(version, ("",))[0] != state:
            assert time.monotonic() < deadline, states
            time.sleep(0.1)


@pytest.fixture
def local(
    tmp_path: Path, signature: Signature, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Local]:
    """A server whose versions and labels a test may change."""
    monkeypatch.setattr(model_config, "VERSIONS", tmp_path / "saved_model")
    monkeypatch.setattr(model_config, "HOST_CONFIG", tmp_path / "host.config")
    copied = shutil.copy(model_config.CONFIG, tmp_path / "models.config")
    monkeypatch.setattr(model_config, "CONFIG", Path(copied))
    for label in ("stable", "canary"):
        model_config.move_label(label, 1)
    server = Local(signature)
    yield server
    server.process.terminate()
    server.process.wait(60)


@contextmanager
def load(local: Local, golden: Golden, path: str) -> Iterator[None]:
    """Predict in several threads meanwhile, and fail if a request has failed."""
    body = {"inputs": to_lists(golden.inputs)}
    stop = threading.Event()
    failures: list[str] = []

    def call() -> None:
        with requests.Session() as session:
            while not stop.is_set():
                try:
                    url = f"{local.client.model_url}{path}:predict"
                    session.post(url, json=body, timeout=30).raise_for_status()
                except requests.RequestException as error:
                    if "refused" in str(error):  # the server has ended
                        return
                    failures.append(str(error))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_versions_come_and_go_under_load(local: Local, golden: Golden) -> None:
    """The server loads a new version, drops a deleted one, and stops last."""
    with load(local, golden, ""):
        local.wait_for(local.add(), "AVAILABLE")
        shutil.rmtree(model_config.VERSIONS / "1")
        local.wait_for(1, "END")
        local.process.terminate()
        local.process.wait(60)


def test_a_label_moves_under_load(local: Local, golden: Golden) -> None:
    """Rollout moves it to a version, rollback to the one before."""
    with load(local, golden, "/labels/stable"):
        after = local.add()
        assert rollout.rollout(local.url, "stable", version=after) == after
        assert model_config.labels()["stable"] == after
        assert rollback.rollback(local.url, "stable") == 1
    assert model_config.labels()["stable"] == 1


def test_a_label_stays_where_it_was_if_it_cannot_move(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a broken version, to one that does not exist, and if the server is another."""
    (model_config.VERSIONS / "7").mkdir()
    local.wait_for(7, "END")
    begun = time.monotonic()
    with pytest.raises(ServiceError, match="Version 7 cannot be served: SavedModel"):
        rollout.rollout(local.url, "stable", version=7)
    with pytest.raises(ServiceError, match=r"no version 9; there are \[1, 7\]"):
        rollout.rollout(local.url, "stable", version=9)
    with pytest.raises(ServiceError, match="No version before 1 is served"):
        rollback.rollback(local.url, "stable")
    assert time.monotonic() - begun < rollout.WAIT_SECONDS / 2
    local.wait_for(local.add(), "AVAILABLE")
    monkeypatch.setattr(rollout, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(rollout, "_answering", lambda _: None)
    with pytest.raises(ServiceError, match="does not follow"):
        rollout.rollout(local.url, "stable", version=2)
    assert model_config.labels() == {"stable": 1, "canary": 1}
    assert local.client.states()[1] == AVAILABLE


def test_float32_has_the_shortest_text_that_reads_back() -> None:
    """With NaN and infinity too, as TensorFlow Serving writes them."""
    numbers = np.array([2.05, 1e-7], np.float32)
    assert values.render({"x": numbers}, False) == b'{"outputs":[2.05,1e-7]}'
    numbers = np.array([2.05, np.nan, -np.inf], np.float32)
    assert values.render({"x": numbers}, True) == (
        b'{"predictions": [2.05, NaN, -Infinity]}'
    )


def test_prune_spares_new_and_named_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that have a label or are in the version policy."""
    config = Path(shutil.copy(model_config.CONFIG, tmp_path / "models.config"))
    policy = "specific { versions: 4 }"
    config.write_text("".join(config.read_text().split()).replace("all{}", policy))
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
