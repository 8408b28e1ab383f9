"""A person's project name, and the folder and package names derived from it."""

from __future__ import annotations

import keyword
import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from slugify import slugify

from dlscaffold.catalog import templates_root
from dlscaffold.choices import MANIFEST
from dlscaffold.compose import PROJECT
from dlscaffold.errors import UsageError

# As in cookiecutter.json of an ejected template, so that both derive the same slug.
SLUG_LENGTH = 40
NAME_LENGTH = 200

# What a project writes; the folders it is generated with are read from the layers.
WRITTEN = {"artifacts", "models", "reports"}
# The names that Windows keeps for devices.
DEVICES = {"aux", "con", "nul", "prn"} | {
    f"{d}{n}" for d in ("com", "lpt") for n in range(10)
}


@dataclass(frozen=True)
class Names:
    """What a project is called: in prose, as a folder, and as a Python package."""

    project: str
    slug: str
    package: str


def derive(project_name: str) -> Names:
    """Return the names for a project; raises UsageError where none can be derived."""
    project = project_name.strip()
    if not project or len(project) > NAME_LENGTH:
        raise UsageError(f"Give a project name of 1 to {NAME_LENGTH} characters.")
    if any(map(_is_unprintable, project)):
        raise UsageError("Give a project name of one line, without control characters.")
    slug = slugify(project, max_length=SLUG_LENGTH, word_boundary=True)
    if not slug:
        raise UsageError("Give a project name with at least one letter or digit.")
    if slug[0].isdigit() or _is_taken(slug.replace("-", "_")):
        slug = f"project-{slug}"
    return Names(project, slug, slug.replace("-", "_"))


# Control characters, lone surrogates (bytes that were no text), line separators.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
# Invisible characters that turn the order of the text around them.
REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _is_unprintable(character: str) -> bool:
    return (
        unicodedata.category(character) in UNPRINTABLE
        or unicodedata.bidirectional(character) in REORDERING
    )


def _is_taken(package: str) -> bool:
    return (
        keyword.iskeyword(package)
        or keyword.issoftkeyword(package)
        or package in sys.stdlib_module_names
        or package in WRITTEN | DEVICES | generated_folders()
        or package in dependency_modules()
    )


@lru_cache
def dependency_modules() -> frozenset[str]:
    """Return the names that any generated project may import or install.

    They are read from the layers: every requirement, and the `modules` that come with
    one under another name.
    """
    modules: set[str] = set()
    for folder, _, files in os.walk(templates_root()):
        inside = Path(folder).name
        for name in files:
            if "requirements" in (inside, name.partition(".")[0]):
                text = Path(folder, name).read_text("utf-8")
                modules.update(REQUIREMENT.findall(text))
        if MANIFEST in files:
            for names in MODULES.findall(Path(folder, MANIFEST).read_text("utf-8")):
                modules.update(re.findall(r'"([^"]+)"', names))
    return frozenset(module.lower().replace("-", "_") for module in modules)


@lru_cache
def generated_folders() -> frozenset[str]:
    """Return the folders at the top of any generated project, read from the layers."""
    found: set[str] = set()
    for folder, names, _ in os.walk(templates_root()):
        if Path(folder).name == PROJECT:
            found.update(names)
            names.clear()  # what is below is not walked
    return frozenset(found)


REQUIREMENT = re.compile(r"^([A-Za-z][\w.-]*)", re.MULTILINE)
MODULES = re.compile(r"^modules = \[(.*?)\]", re.MULTILINE | re.DOTALL)
