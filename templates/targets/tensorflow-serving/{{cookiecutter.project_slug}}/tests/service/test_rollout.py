"""Rollout and rollback, on a running server with versions of its own."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import free_port, running

from {{ cookiecutter.package_name }}.client.rest import Client, ServiceError
from {{ cookiecutter.package_name }}.contract import Signature
from {{ cookiecutter.package_name }}.service import (
    model_config,
    rollback,
    rollout,
)
from {{ cookiecutter.package_name }}.settings import ARTIFACTS

SERVER = "{{ cookiecutter.package_name }}.service.local_server"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a stand-in whose versions and labels the tests may change."""
    folder = tmp_path_factory.mktemp("versions")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    flags = [f"--model_config_file={folder / 'host'}", f"--rest_api_port={port}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_config, "VERSIONS", folder)
        patch.setattr(model_config, "HOST_CONFIG", folder / "host")
        copied = shutil.copy(model_config.CONFIG, folder / "models.config")
        patch.setattr(model_config, "CONFIG", Path(copied))
        for label in ("stable", "canary"):
            model_config.move_label(label, 1)
        add(1)
        client = Client(url, Signature.read(ARTIFACTS).name)
        with running([SERVER, *flags], client, folder / "log"):
            yield url


def add(version: int) -> None:
    """Copy the exported model as a version, which appears whole."""
    staged = model_config.VERSIONS / f".{version}"
    shutil.copytree(Signature.read(ARTIFACTS).verify(ARTIFACTS), staged)
    staged.rename(model_config.VERSIONS / str(version))


def test_a_label_moves(url: str) -> None:
    """To a new version by a rollout, and back by a rollback."""
    add(2)
    assert rollout.rollout(url, "stable", version=2) == 2
    assert model_config.labels()["stable"] == 2
    assert rollback.rollback(url, "stable") == 1
    assert model_config.labels()["stable"] == 1


def test_a_label_that_cannot_move_stays(
    url: str, signature: Signature, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once for a broken version and one that does not exist, else after a wait."""
    (model_config.VERSIONS / "7").mkdir()
    while 7 not in Client(url, signature.name).states():
        time.sleep(0.1)
    with pytest.raises(ServiceError, match="Version 7 cannot be served: SavedModel"):
        rollout.rollout(url, "stable", version=7)
    with pytest.raises(ServiceError, match="There is no version 9"):
        rollout.rollout(url, "stable", version=9)
    with pytest.raises(ServiceError, match="No version before 1 is served"):
        rollback.rollback(url, "stable")
    monkeypatch.setattr(rollout, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(rollout, "_answering", lambda _: None)
    with pytest.raises(ServiceError, match="does not read"):
        rollout.rollout(url, "stable", version=2)
    assert model_config.labels() == {"stable": 1, "canary": 1}
