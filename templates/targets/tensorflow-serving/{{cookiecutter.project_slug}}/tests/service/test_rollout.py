"""Rollout and rollback, on a running server with versions of its own."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import free_port

from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError
from {{ cookiecutter.package_name }}.contract import Signature
from {{ cookiecutter.package_name }}.service import (
    model_config,
    rollback,
    rollout,
)
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT

PACKAGE = "{{ cookiecutter.package_name }}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Server"]:
    """The stand-in, with labels on version 1 of a folder that the tests may change."""
    folder = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_config, "VERSIONS", folder)
        patch.setattr(model_config, "HOST_CONFIG", folder / "host.config")
        copied = shutil.copy(model_config.CONFIG, folder / "models.config")
        patch.setattr(model_config, "CONFIG", Path(copied))
        for label in ("stable", "canary"):
            model_config.move_label(label, 1)
        server = Server(folder)
        with server.process:
            yield server
            server.process.terminate()


class Server:
    """The process, its URL, and a client of it."""

    def __init__(self, folder: Path) -> None:
        """Start the server and wait until it serves version 1."""
        self.folder = folder
        self.add(1)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.client = Client(self.url, Signature.read(ARTIFACTS).name)
        config = f"--model_config_file={model_config.HOST_CONFIG}"
        command = [sys.executable, "-m", f"{PACKAGE}.service.local_server", config]
        flags = [*command, f"--rest_api_port={port}"]
        self.process = subprocess.Popen(flags, cwd=ROOT)
        self.client.wait_until_available(self.process, seconds=300)

    def add(self, version: int) -> None:
        """Copy the exported model as a version, which appears whole."""
        staged = self.folder / f".{version}"
        shutil.copytree(Signature.read(ARTIFACTS).verify(ARTIFACTS), staged)
        staged.rename(self.folder / str(version))

    def wait_for(self, version: int, state: str) -> None:
        """Return once a version is in this state."""
        deadline = time.monotonic() + 180
        while (states := self.client.states()).get(version, ("",))[0] != state:
            assert time.monotonic() < deadline, states
            time.sleep(0.1)


def test_a_label_moves(server: Server) -> None:
    """To a new version by a rollout, and back by a rollback."""
    server.add(2)
    assert rollout.rollout(server.url, "stable", version=2) == 2
    assert model_config.labels()["stable"] == 2
    assert rollback.rollback(server.url, "stable") == 1
    assert model_config.labels()["stable"] == 1


def test_a_label_that_cannot_move_stays(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once for a broken version and one that does not exist, else after a wait."""
    (server.folder / "7").mkdir()
    server.wait_for(7, "END")
    with pytest.raises(ServiceError, match="Version 7 cannot be served: SavedModel"):
        rollout.rollout(server.url, "stable", version=7)
    with pytest.raises(ServiceError, match="There is no version 9"):
        rollout.rollout(server.url, "stable", version=9)
    with pytest.raises(ServiceError, match="No version before 1 is served"):
        rollback.rollback(server.url, "stable")
    monkeypatch.setattr(rollout, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(rollout, "_answering", lambda _: None)
    with pytest.raises(ServiceError, match="does not read"):
        rollout.rollout(server.url, "stable", version=2)
    assert model_config.labels() == {"stable": 1, "canary": 1}
