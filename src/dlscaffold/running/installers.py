"""How a project's environment is made: with uv where it is installed, else with pip.

uv is many times faster. It does not read pip's configuration, so that is passed on:
otherwise uv would look for packages in other places than pip.
"""

import ast
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dlscaffold.running.interpreters import environment_python
from dlscaffold.running.processes import output_of

REQUIREMENT = ["-e", ".[dev]"]
# Options of pip, and the variable that tells uv the same. Where an option has several
# values, pip separates them by whitespace, and uv by what stands beside the variable.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", ""),
    "default-timeout": ("UV_HTTP_TIMEOUT", ""),
    "timeout": ("UV_HTTP_TIMEOUT", ""),
}
# The sections of pip's configuration that apply to `pip install`, the weakest first.
SECTIONS = ("global", "install")


@dataclass(frozen=True)
class Installer:
    """The commands that make an environment and install a project into it.

    `variables` are set for both commands, where the user has not set them.
    """

    name: str
    environment: list[str]
    install: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)


def choose_installer(project: Path, interpreter: str, *, own: bool) -> Installer:
    """Return how to install the project.

    If `own`, into its `.venv`, which is made with the interpreter; otherwise into the
    interpreter's environment.
    """
    uv = shutil.which("uv") if own else None
    if uv and output_of([uv, "--version"]) is not None:
        return with_uv(uv, project, interpreter)
    return with_pip(project, interpreter, own=own)


def with_pip(project: Path, interpreter: str, *, own: bool) -> Installer:
    """Return how to install with Python's own tools."""
    environment = ["-m", "venv", str(project / ".venv")] if own else ["--version"]
    python = str(environment_python(project)) if own else interpreter
    install = [python, "-m", "pip", "install", *REQUIREMENT]
    return Installer("pip", [interpreter, *environment], install)


def with_uv(uv: str, project: Path, interpreter: str) -> Installer:
    """Return how to install into the project's `.venv` with uv.

    pip is installed too (`--seed`), for the commands of the README and the Makefile.
    """
    return Installer(
        "uv",
        environment=[
            *[uv, "venv", "--no-project", "--no-python-downloads", "--allow-existing"],
            *["--seed", "--python", interpreter, str(project / ".venv")],
        ],
        install=[
            *[uv, "pip", "install", "--no-python-downloads"],
            *["--python", str(environment_python(project)), *REQUIREMENT],
        ],
        variables=uv_variables(pip_options(interpreter)),
    )


def pip_options(interpreter: str) -> dict[str, str]:
    """Return pip's options from its configuration files and from `PIP_*` variables."""
    files = output_of([interpreter, "-m", "pip", "config", "list"]) or ""
    options: dict[str, str] = {}
    for section in SECTIONS:
        for line in files.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(f"{section}."):
                with suppress(ValueError, SyntaxError):
                    options[name.partition(".")[2]] = str(ast.literal_eval(value))
    for name, value in os.environ.items():
        if name.startswith("PIP_"):
            options[name[4:].lower().replace("_", "-")] = value
    return options


def uv_variables(options: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that tell uv what these options tell pip."""
    variables = {}
    for option, (variable, separator) in VARIABLES.items():
        if value := options.get(option, "").strip():
            several = separator.join(value.split())
            variables[variable] = several if separator else value
    if "UV_INDEX" in variables:
        # pip takes the best version of all indexes, uv that of the first that has any.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return variables
