"""Which way to serve is taken, and what is said of it."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from {{ cookiecutter.package_name }} import serve
from {{ cookiecutter.package_name }}.service import model_config
from {{ cookiecutter.package_name }}.settings import ROOT


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The ways that would have taken the process over, with their commands."""
    commands: list[list[str]] = []
    monkeypatch.setattr(serve, "run", lambda way, line: commands.append([way, *line]))
    monkeypatch.setattr(model_config, "HOST_CONFIG", tmp_path / "models.config")
    return commands


def machine_has(monkeypatch: pytest.MonkeyPatch, engine: bool, binary: bool) -> None:
    """Let the machine have a Docker engine that runs, and a model server."""

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 0 if engine else 1)

    def which(name: str) -> str | None:
        return name if name != serve.BINARY or binary else None

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", which)


@pytest.mark.parametrize(
    ("engine", "binary", "way"),
    [
        (True, True, "docker"),
        (False, True, "binary"),
        (False, False, "local"),
    ],
)
def test_the_best_way_is_taken_and_named(
    engine: bool,
    binary: bool,
    way: str,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A Docker engine that runs, else the binary, else the stand-in."""
    machine_has(monkeypatch, engine, binary)
    monkeypatch.setattr("sys.argv", ["serve"])
    serve.main()
    (line,) = started
    assert f"with {way} on" in capsys.readouterr().out
    assert line[0] == way
    assert any("models.config" in word for word in line)
    assert any("monitoring.config" in word for word in line)
    assert ("--enable_batching=true" in line) is (way != "local")


def test_emulation_on_arm64_is_announced_before_the_download(
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With what else can be done."""
    machine_has(monkeypatch, engine=True, binary=False)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr("sys.argv", ["serve"])
    serve.main()
    said = capsys.readouterr().out
    assert "emulated" in said
    assert "--with local" in said
    assert "downloads" not in said  # as the engine has the image
    assert "--platform=linux/amd64" in started[0]


@pytest.mark.parametrize(
    ("way", "found", "reason"),
    [
        ("binary", None, "there is no tensorflow_model_server on the PATH"),
        ("docker", None, "there is no docker on the PATH"),
        ("docker", "/usr/bin/docker", "no Docker engine answers: start it"),
    ],
)
def test_a_way_that_is_not_there_is_refused(
    way: str,
    found: str | None,
    reason: str,
    started: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the way out."""
    machine_has(monkeypatch, engine=False, binary=False)
    monkeypatch.setattr(shutil, "which", lambda _: found)
    monkeypatch.setattr("sys.argv", ["serve", "--with", way])
    with pytest.raises(SystemExit, match=f"{reason}.*use --with local"):
        serve.main()
    assert not started


def test_a_broken_configuration_is_named(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By its path."""
    broken = tmp_path / "broken.config"
    broken.write_text("model_config_list {")
    monkeypatch.setattr(model_config, "CONFIG", broken)
    monkeypatch.setattr("sys.argv", ["serve", "--with", "local"])
    with pytest.raises(SystemExit, match=r"broken\.config cannot be read"):
        serve.main()
    assert not started


def test_moving_a_label_loads_no_framework() -> None:
    """Neither back, which may be urgent, nor to a version that is there."""
    code = """if True:
        import sys
        from {{ cookiecutter.package_name }}.service import rollback, rollout
        sys.exit(bool({"jax", "keras", "sklearn", "tensorflow"} & {*sys.modules}))
    """
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
