"""What a `layer.toml` can say, for each kind of layer; anything else is refused."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dlscaffold.errors import LayerError
from dlscaffold.toml import read_toml


class Type(NamedTuple):
    """A type of value: what to call it, whether a value has it, and an example."""

    name: str
    has: Callable[[object], bool]
    example: str


TEXT = Type("a string", lambda value: isinstance(value, str), '"Flask"')
TEXTS = Type(
    "a list of strings",
    lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value),
    '["onnx"]',
)
FLAG = Type("true or false", lambda value: isinstance(value, bool), "true")
NUMBER = Type("a whole number", lambda value: type(value) is int, "3")
TABLE = Type("a table", lambda value: isinstance(value, dict), "{ port = 8501 }")

COMMON = {
    "title": TEXT,
    "includes": TEXTS,
    "modules": TEXTS,
    "python": TEXT,
    "context": TABLE,
}
ADD_ON = {"fits": TEXTS, "requires": TEXTS}
# The keys of each kind of layer, beside those that all have.
KEYS: dict[str, dict[str, Type]] = {
    "apps": {**ADD_ON, "default": FLAG},
    "backends": {"notice": TABLE},
    "extras": ADD_ON,
    "frameworks": {"backends": TEXTS, "notice": TABLE},
    "models": {"framework": TEXT, "also": TEXTS, "notice": TABLE, "reads": TEXTS},
    "tasks": {"refuses": TABLE},
    "targets": {"consumes": TEXTS, "next": TEXTS, "strings": FLAG},
}
REQUIRED = {"apps": ("fits",), "extras": ("fits",), "targets": ("consumes",)}
# Kinds of layer that are named by what they are part of, so need no title.
UNTITLED = ("exports", "goals", "sources", "with")


@cache
def read(file: Path, kind: str) -> dict[str, Any]:
    """Return the values of a manifest; none where the file is missing and may be.

    Raises LayerError, naming file, key and fix, where it is not what its kind allows.
    """
    known = {**COMMON, **KEYS.get(kind, {})}
    fields = parse(file, known)
    titles = () if kind in UNTITLED else ("title",)
    for key in (*titles, *REQUIRED.get(kind, ())):
        if not fields.get(key):
            fix = f"add {key} = {known[key].example}"
            raise LayerError(f"{file}: the key `{key}` is missing; {fix} or the like.")
    return fields


def parse(file: Path, known: dict[str, Type]) -> dict[str, Any]:
    """Return the values of a TOML file with these keys; none where it is missing.

    Raises LayerError, naming file, key and fix, for other keys, and for other types.
    """
    try:
        fields = read_toml(file) if file.is_file() else {}
    except ValueError as error:  # neither TOML nor, before that, UTF-8
        raise LayerError(f"{file} cannot be read: {error}; correct it.") from error
    if fault := wrong_key(fields, known):
        raise LayerError(f"{file}: {fault}.")
    return fields


def wrong_key(fields: Mapping[str, Any], known: Mapping[str, Type]) -> str:
    """Return what is wrong with the first unknown key, or value of another type."""
    for key, value in fields.items():
        if key not in known:
            return f"there is no key `{key}`; use one of {', '.join(sorted(known))}"
        if not known[key].has(value):
            wanted = f"{known[key].name}, such as {known[key].example}"
            return f"`{key}` is not of the right type; give {wanted}"
    return ""
