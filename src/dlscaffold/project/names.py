"""A person's project name, and the folder and package names derived from it."""

import keyword
import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from slugify import slugify

from dlscaffold.errors import UsageError
from dlscaffold.layers import choices
from dlscaffold.layers.choices import MANIFEST
from dlscaffold.layers.compose import PROJECT

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
    kinds = {unicodedata.category(character) for character in project}
    orders = {unicodedata.bidirectional(character) for character in project}
    if kinds & UNPRINTABLE or orders & REORDERING:
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


def _is_taken(package: str) -> bool:
    return (
        keyword.iskeyword(package)
        or keyword.issoftkeyword(package)
        or package in sys.stdlib_module_names
        or package in WRITTEN | DEVICES
        or package in taken_by_layers()
    )


@lru_cache
def taken_by_layers() -> frozenset[str]:
    """Return the names that any generated project imports, installs or has as a folder.

    They are read from the layers: every dependency, the `modules` that come with one
    under another name, and the folders at the top of a project.
    """
    taken: set[str] = set()
    for folder, folders, files in chain.from_iterable(map(os.walk, choices.roots())):
        above, here = os.path.split(folder)  # not Path, which takes as long as the walk
        if here == PROJECT:
            taken.update(folders)
        if os.path.split(above)[1] == PROJECT:
            folders.clear()  # no dependencies are declared deeper in a project
        for name in files:
            if here == "dependencies" or name in DECLARING:
                taken.update(REQUIREMENT.findall(Path(folder, name).read_text("utf-8")))
        if MANIFEST in files:
            for names in MODULES.findall(Path(folder, MANIFEST).read_text("utf-8")):
                taken.update(re.findall(r'"([^"]+)"', names))
    return frozenset(name.lower().replace("-", "_") for name in taken)


# Files that declare dependencies, beside the partials in `dependencies/`.
DECLARING = ("dependencies.toml", "pyproject.toml")
REQUIREMENT = re.compile(r'"([A-Za-z][\w.-]*)==')
MODULES = re.compile(r"^modules = \[(.*?)\]", re.MULTILINE | re.DOTALL)
