"""compose.yaml fits the project: what it builds, mounts, publishes and waits for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import CELLS
from dlscaffold.project import names
from dlscaffold.project import rendering as project

# What the Compose specification knows, as far as generated files use it.
TOP = {"services", "configs", "volumes", "networks", "secrets", "name"}
KEYS = {
    "build",
    "cap_drop",
    "command",
    "configs",
    "depends_on",
    "environment",
    "healthcheck",
    "image",
    "init",
    "platform",
    "ports",
    "profiles",
    "read_only",
    "security_opt",
    "restart",
    "stop_grace_period",
    "tmpfs",
    "volumes",
}
PORT = re.compile(r"127\.0\.0\.1:(\d+):(\d+)")
COMPOSED = ("flask", "tensorflow-serving")


@pytest.fixture(scope="module", params=COMPOSED)
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A project for a target; its framework changes nothing here."""
    cell = next(cell for cell in CELLS if cell.target.name == request.param)
    answers = project.Answers(names.derive("Shop digits"), cell, "MIT")
    return project.generate(answers, tmp_path_factory.mktemp("composed"))


@pytest.fixture
def composed(folder: Path) -> dict[str, Any]:
    fields: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text())
    return fields


def published(service: dict[str, Any]) -> list[re.Match[str]]:
    """Return the ports that a service publishes, on this machine alone."""
    found = [PORT.fullmatch(port) for port in service.get("ports", [])]
    assert all(found), service["ports"]
    return [match for match in found if match]


def test_it_says_nothing_that_compose_does_not_know(composed: dict[str, Any]) -> None:
    assert composed.keys() <= TOP
    for service in composed["services"].values():
        assert service.keys() <= KEYS
        assert ("build" in service) != ("image" in service)
        for image in filter(None, [service.get("image")]):
            assert re.search(r":v?\d+\.\d+\.\d+$", image), f"{image} is not pinned"


def test_what_it_refers_to_is_there(folder: Path, composed: dict[str, Any]) -> None:
    services = composed["services"]
    for service in services.values():
        if "build" in service:
            assert (folder / service["build"] / "Dockerfile").is_file()
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            # What exporting writes is not there yet.
            assert source.startswith("./artifacts/") or (folder / source).exists()
        for config in service.get("configs", []):
            assert config["source"] in composed["configs"]
        assert set(service.get("depends_on", {})) <= services.keys()


def test_ports_are_those_of_the_image(folder: Path, composed: dict[str, Any]) -> None:
    dockerfile = (folder / "Dockerfile").read_text()
    exposed = set(re.findall(r"\d+", " ".join(re.findall(r"EXPOSE (.*)", dockerfile))))
    (built,) = (one for one in composed["services"].values() if "build" in one)
    assert {match[2] for match in published(built)} <= exposed
    assert "HEALTHCHECK" in dockerfile
    outside = [m[1] for one in composed["services"].values() for m in published(one)]
    assert len(outside) == len(set(outside))


def test_prometheus_asks_a_service_that_is_there(
    folder: Path, composed: dict[str, Any]
) -> None:
    inline = composed.get("configs", {}).get("prometheus", {}).get("content")
    text = inline or (folder / "serving" / "prometheus.yml").read_text()
    for job in yaml.safe_load(text)["scrape_configs"]:
        for group in job["static_configs"]:
            for target in group["targets"]:
                name, _, port = target.partition(":")
                ports = {match[2] for match in published(composed["services"][name])}
                assert port in ports


def test_settings_are_known_and_the_stop_is_long_enough(
    folder: Path, composed: dict[str, Any]
) -> None:
    for service in composed["services"].values():
        for name, value in service.get("environment", {}).items():
            readme = (folder / "README.md").read_text("utf-8")
            assert f"`{name}`" in readme
            assert isinstance(value, str)
        if drain := service.get("environment", {}).get("FLASK_DRAIN_SECONDS"):
            script = next(folder.glob("*/serve.py")).read_text()
            last = re.search(r"^STOP_SECONDS = (\d+)", script, re.MULTILINE)
            assert last is not None
            grace = int(service["stop_grace_period"].removesuffix("s"))
            assert grace > float(drain) + int(last[1])
