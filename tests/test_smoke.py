"""`dlscaffold smoke` on a small stand-in for a generated project."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dlscaffold.layers.pythons import parse_range
from dlscaffold.running.installers import pip_options, uv_variables
from dlscaffold.running.interpreters import THIS, choose, environment_python
from dlscaffold.running.steps import make_plan

Run = Callable[..., Result]

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "stand-in"
version = "1"
requires-python = ">=3.10,<4.0"
optional-dependencies = { dev = [] }
"""
# Builds a wheel without anything from an index.
BACKEND = """
import zipfile

def build_editable(directory, config_settings=None, metadata_directory=None):
    name, info = "stand_in-1-py3-none-any.whl", "stand_in-1.dist-info"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: stand-in\\n"
            "Version: 1\\nProvides-Extra: dev\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\n"
            "Root-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""

TESTS = """
import pytest

def test_passes(record_testsuite_property):
    record_testsuite_property("server", "a stand-in of it")

@pytest.mark.skip(reason="no phone is attached")
def test_skipped():
    pass
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose four verbs do nothing, and whose tests pass and skip."""
    folder = tmp_path / "stand-in"
    package = folder / "stand_in"
    package.mkdir(parents=True)
    for verb in ("__init__", "train", "export"):
        (package / f"{verb}.py").write_text(f"print('{verb} ran')\n")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(TESTS)
    manifest = {"package": "stand_in", "steps": "train export"}
    (folder / ".dlscaffold.json").write_text(json.dumps(manifest))
    # Of the tools that are installed with this one, pytest need not load any.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return folder


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter with pytest and pip in which a test may install something."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("**/site-packages")
    (site / "these.pth").write_text(sysconfig.get_path("purelib"))
    return str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")


def smoke(dlscaffold: Run, folder: Path, *options: str) -> Result:
    """Run it from training on, with this interpreter, which has pytest."""
    first = () if "--from" in options else ("--from", "train")
    return dlscaffold("smoke", folder, "--python", sys.executable, *first, *options)


def test_green(dlscaffold: Run, stand_in: Path, python: str) -> None:
    result = smoke(dlscaffold, stand_in, "--python", python, "--from", "environment")
    assert result.exit_code == 0, result.output
    assert "1 passed, 0 failed, 1 skipped" in result.stdout
    assert "test_skipped: no phone is attached" in result.stdout
    log = (stand_in / "reports" / "smoke.log").read_text("utf-8")
    assert "server: a stand-in of it" in result.stdout
    assert "train ran" in log
    assert "export ran" in log


def test_as_json(dlscaffold: Run, stand_in: Path, python: str) -> None:
    options = ("--python", python, "--from", "environment", "--json")
    result = smoke(dlscaffold, stand_in, *options)
    report = json.loads(result.stdout)
    assert report["ok"] is True
    names = [step["name"] for step in report["steps"]]
    assert names == ["environment", "install", "train", "export", "test"]
    assert all(step["seconds"] >= 0 for step in report["steps"])
    assert report["tests"]["passed"] == 1
    (skip,) = report["tests"]["skipped"]
    assert skip["reason"] == "no phone is attached"
    assert "train passed" in result.stderr


def test_a_failed_step_shows_the_log_and_where_to_go_on(
    dlscaffold: Run, stand_in: Path
) -> None:
    train = stand_in / "stand_in" / "train.py"
    train.write_text("raise SystemExit('error: out of ink')\n")
    result = smoke(dlscaffold, stand_in)
    assert result.exit_code == 1
    assert "error: out of ink" in result.stdout
    assert f"dlscaffold smoke {stand_in} --from train" in result.stdout
    assert "export ran" not in (stand_in / "reports" / "smoke.log").read_text("utf-8")


def test_the_way_on_is_ready_to_copy(dlscaffold: Run, stand_in: Path) -> None:
    (stand_in / "stand_in" / "train.py").write_text("raise SystemExit(1)\n")
    spaced = stand_in.rename(stand_in.with_name("a stand-in"))
    result = smoke(dlscaffold, spaced, "--json")
    words = shlex.split(json.loads(result.stdout)["resume"])
    assert words[:2] == ["dlscaffold", "smoke"]
    again = dlscaffold(*words[1:], "--json")
    assert json.loads(again.stdout)["steps"][0]["name"] == "train"


def test_a_step_that_says_nothing_is_announced(dlscaffold: Run, stand_in: Path) -> None:
    (stand_in / "stand_in" / "train.py").write_text("")
    result = smoke(dlscaffold, stand_in)
    assert result.stdout.index("train ...") < result.stdout.index("train passed")


def test_a_report_that_cannot_be_replaced(dlscaffold: Run, stand_in: Path) -> None:
    (stand_in / "reports" / "smoke-tests.xml").mkdir(parents=True)
    result = smoke(dlscaffold, stand_in)
    assert result.exit_code == 1
    assert "make the project writable" in result.stderr


def test_it_goes_on_from_a_step(dlscaffold: Run, stand_in: Path) -> None:
    result = smoke(dlscaffold, stand_in, "--from", "export", "--json")
    report = json.loads(result.stdout)
    assert [step["name"] for step in report["steps"]] == ["export", "test"]
    assert report["ok"] is True


@pytest.mark.parametrize(
    "tests",
    [
        "def test_fails():\n    assert False\n",
        "import nothing_like_it\n",
        "",
        "import pytest\npytest.skip('all of it', allow_module_level=True)\n",
        "import pytest\n@pytest.mark.skip\ndef test_skipped():\n    pass\n",
        "import os\ndef test_dies():\n    os._exit(0)\n",
    ],
    ids=[
        "failure",
        "import error",
        "no test",
        "all of a module is skipped",
        "each test is skipped",
        "dies with status 0",
    ],
)
def test_green_needs_a_test_that_ran(
    dlscaffold: Run, stand_in: Path, tests: str
) -> None:
    (stand_in / "tests" / "test_it.py").write_text(tests)
    result = smoke(dlscaffold, stand_in, "--from", "test", "--json")
    report = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["steps"][-1] == {**report["steps"][-1], "status": "failed"}
    assert result.exit_code == 1


@pytest.mark.e2e
def test_a_stale_report_counts_for_nothing(dlscaffold: Run, stand_in: Path) -> None:
    assert smoke(dlscaffold, stand_in, "--from", "test").exit_code == 0
    (stand_in / "tests" / "test_it.py").write_text("import os; os._exit(0)\n")
    result = smoke(dlscaffold, stand_in, "--from", "test", "--json")
    assert json.loads(result.stdout)["tests"]["passed"] == 0
    assert result.exit_code == 1


@pytest.mark.e2e
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_it_makes_an_environment_of_its_own(
    dlscaffold: Run, stand_in: Path, installer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --python: the tests cannot run in it, as it holds nothing but pip."""
    tools = {"uv": sysconfig.get_path("scripts"), "pip": "/usr/bin"}
    monkeypatch.setenv("PATH", f"{tools[installer]}{os.pathsep}/bin")
    result = dlscaffold("smoke", stand_in, "--json")
    report = json.loads(result.stdout)
    assert report["installer"] == installer
    steps = {step["name"]: step["status"] for step in report["steps"]}
    assert steps == {
        "environment": "passed",
        "install": "passed",
        "train": "passed",
        "export": "passed",
        "test": "failed",
    }
    assert (stand_in / ".venv" / "pyvenv.cfg").is_file()


def test_no_project(dlscaffold: Run, tmp_path: Path) -> None:
    result = dlscaffold("smoke", tmp_path)
    assert result.exit_code == 1
    assert "is not a generated project" in result.stderr


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{}",
        '{"package": 1}',
        '{"steps": "export"}',
        "\xff",
        "[" * 100_000,
        '{"package": "digits", "steps": 7}',
        '{"package": "-c import os", "steps": "export"}',
        '{"package": "digits", "steps": "rm"}',
    ],
)
def test_a_broken_manifest(dlscaffold: Run, tmp_path: Path, manifest: str) -> None:
    (tmp_path / ".dlscaffold.json").write_text(manifest, "latin-1")
    result = dlscaffold("smoke", tmp_path)
    assert result.exit_code == 1
    assert "is not a generated project" in result.stderr


def test_no_environment_to_go_on_in(dlscaffold: Run, stand_in: Path) -> None:
    result = dlscaffold("smoke", stand_in, "--from", "train")
    assert result.exit_code == 1
    assert "leave out --from" in result.stderr


@pytest.mark.parametrize("python", ["/nonexistent/python", "/etc/passwd"])
def test_no_such_interpreter(dlscaffold: Run, stand_in: Path, python: str) -> None:
    result = dlscaffold("smoke", stand_in, "--python", python)
    assert result.exit_code == 1
    assert "name a Python interpreter with --python" in result.stderr


def requires(project: Path, pythons: str) -> None:
    """Let the project need these versions of Python."""
    text = PYPROJECT.replace(">=3.10,<4.0", pythons)
    (project / "pyproject.toml").write_text(text)


@pytest.mark.parametrize(
    ("pythons", "newest"), [(">=3.99", "3.99"), (">=3.5,<3.7", "3.6")]
)
def test_no_python_fits(
    dlscaffold: Run,
    stand_in: Path,
    monkeypatch: pytest.MonkeyPatch,
    pythons: str,
    newest: str,
) -> None:
    requires(stand_in, pythons)
    monkeypatch.setenv("PATH", "")
    result = dlscaffold("smoke", stand_in)
    assert result.exit_code == 1
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"this machine has {here}: install Python {newest}, or" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("pythons", ["==3.12.1", "", "three", ">=3.11,", ">=3.1.2"])
def test_a_requirement_that_is_not_understood(
    dlscaffold: Run, stand_in: Path, pythons: str
) -> None:
    requires(stand_in, pythons)
    result = dlscaffold("smoke", stand_in)
    assert result.exit_code == 1
    assert 'write requires-python = ">=X.Y,<X.Y" there' in result.stderr


def test_the_newest_python_that_fits_is_chosen() -> None:
    pythons = {"3.9": "/nine", "3.10": "/ten", "3.12": "/twelve"}
    assert choose(parse_range(">=3.8,<3.11"), pythons) == "3.10"
    assert choose(parse_range(">=3.13"), pythons) is None
    assert choose(parse_range(">=3.0"), {**pythons, THIS: "/this"}) == THIS


def test_nothing_is_imported_from_outside_of_the_environment(
    dlscaffold: Run, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    train = "import os, sys\nsys.exit(os.environ.get('PYTHONPATH'))\n"
    (stand_in / "stand_in" / "train.py").write_text(train)
    assert smoke(dlscaffold, stand_in).exit_code == 0


# ---- installing ----------------------------------------------------------------------

UV = """#!/bin/sh
env > "$LOGS/$1.env"
echo "$@" >> "$LOGS/uv.log"
[ "$1" = venv ] || exit 0
for folder; do :; done
mkdir -p "$folder/bin"
ln -s "$THIS" "$folder/bin/python"
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for uv on PATH; what it is called with is logged in this folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text(UV)
    (folder / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("LOGS", str(folder))
    monkeypatch.setenv("THIS", sys.executable)
    return folder


def environment_of(log: Path) -> dict[str, str]:
    lines = log.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_uv_installs_where_it_is_installed(
    dlscaffold: Run, stand_in: Path, uv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/some/wheels /more/wheels")
    monkeypatch.delenv("UV_FIND_LINKS", raising=False)
    monkeypatch.setenv("UV_CONSTRAINT", "own.txt")
    monkeypatch.setenv("PIP_CONSTRAINT", "pip.txt")
    result = dlscaffold("smoke", stand_in, "--json")
    assert json.loads(result.stdout)["installer"] == "uv"
    log = (stand_in / "reports" / "smoke.log").read_text("utf-8")
    assert log.startswith("Installing with uv\n")
    _, environment, install = (uv / "uv.log").read_text("utf-8").splitlines()
    assert environment.startswith("venv ")
    assert "--no-python-downloads" in environment
    assert environment.endswith(f"--python {sys.executable} {stand_in / '.venv'}")
    assert install.startswith("pip install --no-python-downloads --python ")
    assert install.endswith(" -e .[dev]")
    variables = environment_of(uv / "pip.env")
    assert variables["UV_FIND_LINKS"] == "/some/wheels,/more/wheels"
    assert variables["UV_CONSTRAINT"] == "own.txt"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_pip_installs_where_uv_does_not_run(stand_in: Path, uv: Path) -> None:
    """As the shims of version managers do not, where uv is not in that version."""
    (uv / "uv").write_text("#!/bin/sh\nexit 127\n")
    plan = make_plan(stand_in, python=None, first=None)
    assert plan.installer == "pip"
    python = str(environment_python(stand_in))
    assert plan.commands["install"][:4] == [python, "-m", "pip", "install"]


def test_a_named_interpreter_is_installed_into_by_its_pip(stand_in: Path) -> None:
    plan = make_plan(stand_in, python=sys.executable, first=None)
    assert plan.installer == "pip"
    assert plan.commands["install"][0] == sys.executable


def test_what_pip_is_configured_to_find_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By files, where the section `install` comes before `global`, and variables."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://all.example/simple\ncert = /ca certs.pem\n"
        "extra-index-url =\n  https://one.example\n  https://two.example\n"
        "[install]\nindex-url = https://install.example/simple\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_TRUSTED_HOST", "one.example")
    variables = uv_variables(pip_options(sys.executable))
    expected = {
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "one.example",
        "SSL_CERT_FILE": "/ca certs.pem",
    }
    # A file for all users of this machine may add to it.
    assert expected.items() <= variables.items()


def test_what_pip_is_not_configured_for_is_left_to_uv() -> None:
    assert uv_variables({}) == {}
    assert uv_variables({"find-links": ""}) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_its_child(stand_in: Path, signal_: signal.Signals) -> None:
    train = stand_in / "stand_in" / "train.py"
    train.write_text(
        "import os, pathlib, time\n"
        "pathlib.Path('child.pid').write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-m", "dlscaffold", "smoke", str(stand_in)]
    options = ["--from", "train", "--python", sys.executable]
    with subprocess.Popen([*command, *options]) as process:
        pid = wait_for(stand_in / "child.pid")
        process.send_signal(signal_)
        assert process.wait(20) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX process groups")
def test_what_a_step_leaves_running_is_ended(dlscaffold: Run, stand_in: Path) -> None:
    """It would hold the step's output open for ever."""
    (stand_in / "stand_in" / "train.py").write_text(
        "import pathlib, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "pathlib.Path('child.pid').write_text(str(child.pid))\n"
    )
    assert smoke(dlscaffold, stand_in).exit_code == 0
    pid = int((stand_in / "child.pid").read_text())
    deadline = time.monotonic() + 10
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended (nobody may have asked for it)."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    ).stdout.strip()
    return state[:1] not in ("", "Z")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_an_interpreter_by_a_path_from_here(
    dlscaffold: Run, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from the project's folder, where the steps run."""
    monkeypatch.chdir(stand_in.parent)
    python = Path(os.path.relpath(sys.executable))
    options = ("--from", "export", "--python", python)
    assert dlscaffold("smoke", stand_in, *options).exit_code == 0


def wait_for(file: Path) -> str:
    deadline = time.monotonic() + 120
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return file.read_text()
