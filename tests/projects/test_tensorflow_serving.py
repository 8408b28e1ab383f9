"""The modules of a TensorFlow Serving project that need no framework."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from projects.conftest import Project


@pytest.fixture(scope="module")
def project(project_of: Callable[[str], Project]) -> Project:
    return project_of("keras-tensorflow-serving-saved-model")


@pytest.fixture(scope="module")
def ways(project: Project) -> Any:
    """The module with the commands that start the server."""
    return project.module("service.ways")


def flags(words: list[str]) -> dict[str, str]:
    """Return the flags of the server by name."""
    return dict(word.split("=", 1) for word in words if word.startswith("--"))


def in_docker(ways: Any, port: int) -> tuple[list[str], dict[str, str]]:
    """Return Docker's part of the command and the flags of the server."""
    command = ways.docker(port, Path("/versions"), Path("/here"))
    place = command.index(ways.IMAGE)
    return command[:place], flags(command[place:])


def test_every_way_starts_the_server_with_the_same_flags(
    project: Project, ways: Any
) -> None:
    _, docker = in_docker(ways, 8501)
    config = Path("/serving/models.config")
    assert flags(ways.binary(8501, Path("/serving"), config)) == docker
    text = (project.path / "Dockerfile").read_text("utf-8")
    (words,) = re.findall(r"^CMD (\[.*?\])$", text, re.DOTALL | re.MULTILINE)
    assert flags(json.loads(words.replace("\\\n", ""))) == docker
    compose = (project.path / "compose.yaml").read_text("utf-8")
    assert "command:" not in compose
    assert "entrypoint:" not in compose


def test_a_version_that_cannot_load_is_given_up_after_seconds(ways: Any) -> None:
    """By default, it keeps later versions waiting for five minutes."""
    assert in_docker(ways, 8501)[1]["--load_retry_interval_micros"] == "1000000"


def test_rest_is_on_the_port_and_grpc_on_the_one_below(
    project: Project, ways: Any
) -> None:
    """In a container, they are 8501 and 8500; the clients' defaults are the same."""
    binary = flags(ways.binary(9501, Path("/serving"), Path("/config")))
    assert (binary["--rest_api_port"], binary["--port"]) == ("9501", "9500")
    options, docker = in_docker(ways, 9501)
    assert (docker["--rest_api_port"], docker["--port"]) == ("8501", "8500")
    published = {word for word in options if word.startswith("--publish")}
    assert published == {
        "--publish=127.0.0.1:9501:8501",
        "--publish=127.0.0.1:9500:8500",
    }
    read = {name: (project.path / name).read_text("utf-8") for name in FILES}
    assert "EXPOSE 8500 8501\n" in read["Dockerfile"]
    ports = 'ports: ["127.0.0.1:8500:8500", "127.0.0.1:8501:8501"]'
    assert ports in read["compose.yaml"]
    client = (project.path / project.package / "client/grpc_client.py").read_text()
    assert 'DEFAULT_ADDRESS = "127.0.0.1:8500"' in client


FILES = ("Dockerfile", "compose.yaml")


@pytest.fixture(scope="module")
def values(project: Project) -> Any:
    """The stand-in's JSON, imported without the package that loads TensorFlow."""
    return project.module("service.local_server.values")


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize(
    ("numbers", "text"),
    [([2.05, 1e-7], "[2.05,1e-7]"), ([2.05, np.nan, -np.inf], "[2.05,NaN,-Infinity]")],
)
def test_float32_has_the_shortest_text_that_reads_back(
    values: Any, numbers: list[float], text: str, by_row: bool
) -> None:
    rendered = values.render({"x": np.array(numbers, np.float32)}, by_row)
    key = "predictions" if by_row else "outputs"
    assert rendered.decode().replace(" ", "") == f'{{"{key}":{text}}}'


@pytest.fixture
def config(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The model configuration, on a folder of eight versions."""
    module = project.module("service.model_config")
    copy = tmp_path / "models.config"
    copy.write_bytes(module.CONFIG.read_bytes())
    monkeypatch.setattr(module, "CONFIG", copy)
    monkeypatch.setattr(module, "HOST_CONFIG", tmp_path / "host.config")
    monkeypatch.setattr(module, "VERSIONS", tmp_path / "saved_model")
    for version in range(1, 9):
        (module.VERSIONS / str(version)).mkdir(parents=True)
    return module


def test_prune_spares_new_and_named_versions(project: Project, config: Any) -> None:
    """Named by a label or by the version policy."""
    text = config.CONFIG.read_text("utf-8")
    policy = re.sub(r"all \{\s*\}", "specific { versions: 4 }", text)
    config.CONFIG.write_text(policy, "utf-8")
    config.move_label("stable", 2)
    config.move_label("canary", 7)
    (config.VERSIONS / "9").touch()
    prune = project.module("service.prune").prune
    assert prune(2) == [1, 3, 5, 6]
    assert config.versions() == [2, 4, 7, 8]
    assert prune(2) == []


def test_a_label_moves_and_goes(config: Any) -> None:
    config.move_label("canary", 3)
    assert config.labels() == {"canary": 3, "stable": 1}
    config.move_label("canary", None)
    assert config.labels() == {"stable": 1}
    assert str(config.VERSIONS) in config.HOST_CONFIG.read_text("utf-8")


class Server:
    """TensorFlow Serving as its client sees it, on the model configuration."""

    def __init__(self, rest: Any, config: Any) -> None:
        self.rest, self.config = rest, config
        self.outputs: dict[str, Any] = {}
        self.broken: dict[int, str] = {}
        self.follows = True  # the labels that the configuration has

    def __call__(self, _url: str, model: str) -> Any:
        def metadata() -> dict[str, Any]:
            name = model.rpartition("/labels/")[2]
            if not self.follows or name not in self.config.labels():
                raise self.rest.ServiceError("no such label")
            return {"model_spec": {"version": str(self.config.labels()[name])}}

        return SimpleNamespace(
            states=self.states, metadata=metadata, predict=lambda _: self.outputs
        )

    def states(self) -> dict[int, Any]:
        served = dict.fromkeys(self.config.versions(), self.rest.AVAILABLE)
        return served | {n: self.rest.State("END", r) for n, r in self.broken.items()}


@pytest.fixture
def server(project: Project, config: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server of versions 1 to 8; the artifacts are those of version 8."""
    server = Server(project.module("client.rest"), config)
    rollout = project.module("service.rollout")
    signature = SimpleNamespace(
        artifact="saved_model/8", tolerance=rollout.contract.Tolerance()
    )
    golden = SimpleNamespace(inputs={}, outputs={"y": np.ones(3)})
    server.outputs = golden.outputs
    monkeypatch.setattr(rollout.contract.Signature, "read", lambda _: signature)
    monkeypatch.setattr(rollout.contract.Golden, "read", lambda *_: golden)
    monkeypatch.setattr(rollout, "WAIT_SECONDS", 0.2)
    for module in (rollout, project.module("service.rollback")):
        monkeypatch.setattr(module, "Client", server)
    return server


def test_a_label_moves_to_a_version_and_back(
    project: Project, config: Any, server: Server
) -> None:
    """By a rollout, and by a rollback to the newest earlier one that is served."""
    rollout = project.module("service.rollout").rollout
    assert rollout("url", "stable", version=8) == 8
    assert config.labels()["stable"] == 8
    server.broken[7] = "damaged"
    assert project.module("service.rollback").rollback("url", "stable") == 6
    assert config.labels()["stable"] == 6


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (7, "Version 7 cannot be served: damaged"),
        (9, "There is no version 9"),
        (6, "The server does not read"),
        (8, "is off the trained model"),
    ],
)
def test_a_label_that_cannot_move_stays(
    project: Project, config: Any, server: Server, version: int, words: str
) -> None:
    """Where the version is broken, missing or other, or no server follows."""
    server.broken[7] = "damaged"
    server.follows = version != 6
    if version == 8:
        server.outputs = {"y": np.zeros(3)}
    errors = (server.rest.ServiceError, project.module("contract").ContractError)
    before = config.labels()
    with pytest.raises(errors, match=words):
        project.module("service.rollout").rollout("url", "stable", version=version)
    assert config.labels() == before


def test_there_is_nothing_before_the_first_version(
    project: Project, config: Any, server: Server
) -> None:
    before = config.labels()
    with pytest.raises(server.rest.ServiceError, match="No version before 1 is served"):
        project.module("service.rollback").rollback("url", "stable")
    assert config.labels() == before
