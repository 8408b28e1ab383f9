"""`new --git`: a branch `main` with one commit of all files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import files_below

Run = Callable[..., Result]
NEW = ("new", "Shop digits", "--framework", "keras", "--target", "flask", "--git")


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own settings of Git, instead of those of this machine."""
    file = tmp_path / "gitconfig"
    file.write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return file


def git(project: Path, *words: str) -> str:
    """Return what Git prints in a project."""
    command = ["git", "-C", str(project), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def committed(project: Path) -> set[str]:
    return set(git(project, "ls-tree", "-r", "--name-only", "main").splitlines())


def generated(project: Path) -> set[str]:
    files = files_below(project)
    return {path for path in files if not path.startswith(".git/")}


def test_all_files_are_in_one_commit_on_main(
    dlscaffold: Run, tmp_path: Path, configuration: Path
) -> None:
    ignored = tmp_path / "ignored"
    ignored.write_text("*.json\nMakefile\n")
    with configuration.open("a") as settings:
        settings.write(f"[core]\n\texcludesFile = {ignored.as_posix()}\n")
        settings.write("[init]\n\tdefaultBranch = trunk\n")
    result = dlscaffold(*NEW, "-o", tmp_path)
    assert result.exit_code == 0, result.output
    project = tmp_path / "shop-digits"
    assert git(project, "branch", "--show-current") == "main"
    assert git(project, "log", "--format=%an <%ae>") == "Ada <ada@example.com>"
    assert git(project, "status", "--porcelain") == ""
    assert committed(project) == generated(project)


def test_an_unknown_person_is_told_how_to_commit(
    dlscaffold: Run, tmp_path: Path, configuration: Path
) -> None:
    configuration.write_text("")
    result = dlscaffold(*NEW, "-o", tmp_path, "--json")
    project = tmp_path / "shop-digits"
    assert result.exit_code == 1
    assert json.loads(result.stdout)["written"]
    assert "does not know your name" in result.stderr
    assert set(git(project, "diff", "--cached", "--name-only").splitlines()) == (
        generated(project)
    )
    fix = result.stderr.strip().rpartition("; run: ")[2]
    subprocess.run(fix, shell=True, check=True, capture_output=True)  # noqa: S602
    assert git(project, "log", "--format=%an") == "Your Name"
    assert committed(project) == generated(project)


def test_a_hook_that_refuses_the_commit_is_named(
    dlscaffold: Run, tmp_path: Path, configuration: Path
) -> None:
    hook = tmp_path / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho not on a Sunday >&2\nexit 1\n")
    hook.chmod(0o755)
    with configuration.open("a") as settings:
        settings.write(f"[core]\n\thooksPath = {hook.parent.as_posix()}\n")
    result = dlscaffold(*NEW, "-o", tmp_path)
    assert result.exit_code == 1
    assert "without a commit (not on a Sunday)" in result.stderr


def test_git_in_a_hook_leaves_the_other_repository_alone(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "--quiet", other], check=True)
    before = sorted((other / ".git").iterdir())
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(other / ".git"))
        hook.setenv("GIT_WORK_TREE", str(other))
        assert dlscaffold(*NEW, "-o", tmp_path).exit_code == 0
    assert sorted((other / ".git").iterdir()) == before
    assert committed(tmp_path / "shop-digits")


def test_git_is_missing(
    dlscaffold: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    result = dlscaffold(*NEW, "-o", tmp_path, "--json")
    assert result.exit_code == 1
    assert "install git" in result.stderr
    assert json.loads(result.stdout)["written"]
