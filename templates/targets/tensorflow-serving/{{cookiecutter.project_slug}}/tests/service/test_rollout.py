"""Versions come and go on a running server, without a failed request."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from conftest import free_port

from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError
from {{ cookiecutter.package_name }}.contract import Golden, Signature, to_lists
from {{ cookiecutter.package_name }}.service import model_config, rollback, rollout
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, ROOT


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of versions and a configuration that the tests may change."""
    folder = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_config, "VERSIONS", folder)
        patch.setattr(model_config, "HOST_CONFIG", folder / "host.config")
        copied = shutil.copy(model_config.CONFIG, folder / "models.config")
        patch.setattr(model_config, "CONFIG", Path(copied))
        yield folder


def add(number: int) -> None:
    """Copy the exported model as a version, which appears whole."""
    staged = model_config.VERSIONS / f".{number}"
    shutil.copytree(Signature.read(ARTIFACTS).verify(ARTIFACTS), staged)
    staged.rename(model_config.VERSIONS / str(number))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The stand-in's process and URL; it serves version 1 at first."""
    add(1)
    for label in ("stable", "canary"):
        model_config.move_label(label, 1)
    port = free_port()
    flags = [f"--model_config_file={folder}/host.config", f"--rest_api_port={port}"]
    name = "{{ cookiecutter.package_name }}.service.local_server"
    with subprocess.Popen([sys.executable, "-m", name, *flags], cwd=ROOT) as process:
        yield process, f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def url(server: tuple[subprocess.Popen[bytes], str], signature: Signature) -> str:
    """The URL of the running server."""
    Client(server[1], signature.name).wait_until_available(server[0], seconds=300)
    return server[1]


def wait_for(client: Client, version: int, state: str) -> None:
    """Return once a version is in this state."""
    deadline = time.monotonic() + 180
    while (states := client.states()).get(version, ("",))[0] != state:
        assert time.monotonic() < deadline, states
        time.sleep(0.1)


@contextmanager
def load(url: str, golden: Golden) -> Iterator[None]:
    """Send requests in four threads meanwhile, of which none may fail."""
    stop = threading.Event()
    failures: list[str] = []

    def call() -> None:
        with requests.Session() as session:
            while not stop.is_set():
                try:
                    body = {"inputs": to_lists(golden.inputs)}
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


def test_rollout_and_rollback_move_a_label_under_load(
    url: str, signature: Signature, golden: Golden
) -> None:
    """To a new version, and to the one before."""
    stable = f"{url}/v1/models/{signature.name}/labels/stable:predict"
    with load(stable, golden):
        add(2)
        assert rollout.rollout(url, "stable", version=2) == 2
        assert model_config.labels()["stable"] == 2
        assert rollback.rollback(url, "stable") == 1
        assert model_config.labels()["stable"] == 1


def test_a_label_that_cannot_move_stays(
    url: str, signature: Signature, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once for a broken version and one that does not exist; else after a wait."""
    (model_config.VERSIONS / "7").mkdir()
    wait_for(Client(url, signature.name), 7, "END")
    begun = time.monotonic()
    with pytest.raises(ServiceError, match="Version 7 cannot be served: SavedModel"):
        rollout.rollout(url, "stable", version=7)
    with pytest.raises(ServiceError, match="There is no version 9"):
        rollout.rollout(url, "stable", version=9)
    with pytest.raises(ServiceError, match="No version before 1 is served"):
        rollback.rollback(url, "stable")
    assert time.monotonic() - begun < rollout.WAIT_SECONDS / 2
    monkeypatch.setattr(rollout, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(rollout, "_answering", lambda _: None)
    with pytest.raises(ServiceError, match="does not read"):
        rollout.rollout(url, "stable", version=2)
    assert model_config.labels() == {"stable": 1, "canary": 1}


def test_no_request_fails_when_a_version_is_deleted_and_when_the_server_stops(
    url: str,
    server: tuple[subprocess.Popen[bytes], str],
    signature: Signature,
    golden: Golden,
) -> None:
    """What was accepted is answered."""
    with load(f"{url}/v1/models/{signature.name}:predict", golden):
        shutil.rmtree(model_config.VERSIONS / "2")
        wait_for(Client(url, signature.name), 2, "END")
        server[0].terminate()
        assert server[0].wait(60) == 0
