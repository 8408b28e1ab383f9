"""From a path to a description: its kind, what its reader says, and what fits it."""

import os
from importlib import import_module
from pathlib import Path

from dlscaffold.errors import ScaffoldError
from dlscaffold.models import kinds
from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.zip_archive import opened
from dlscaffold.models.description import Contents, Description, Source
from dlscaffold.models.fitting import fits, loader_of, own_limits
from dlscaffold.models.kinds import SAVED_MODEL_FILE, Kind

HEAD = 64  # bytes that tell the kinds apart
MOST_FILES = 100_000
READABLE = "SavedModel, Keras, ONNX, LiteRT, TorchScript, torch.export or ExecuTorch"


def describe(
    path: Path, *, python: str | None = None, trust: bool = False, whole: bool = True
) -> Description:
    """Return the description of a model; nothing in it is executed.

    If not `whole`, it is without contents where only a framework can read them. Raises
    ScaffoldError where it is no model, is damaged, or would have to be trusted.
    """
    path = path.parent if path.name == SAVED_MODEL_FILE else path
    try:
        kind = identify(path)
        if kind.needs_framework and not whole:
            return summary(path, kind, Contents(()))
        source = Source(path, python, trust, own_limits(kind).operators)
        read = import_module(f"dlscaffold.models.readers.{kind.reader}").read
        return summary(path, kind, read(source))
    except MalformedError as error:
        raise ScaffoldError(
            f"{path} cannot be read, because {error}: save or copy it again."
        ) from error
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "it takes too much memory"
        raise ScaffoldError(f"{path} cannot be read ({reason}).") from error


def summary(path: Path, kind: Kind, contents: Contents) -> Description:
    """Return the description that a reader's findings make."""
    loader = loader_of(kind)
    return Description(
        path=str(path),
        format=kind.name,
        layer=loader.name if loader else kind.name,
        title=kind.title,
        framework=contents.writer or (loader.topic if loader else None),
        framework_version=contents.version,
        size=size_of(path) + contents.external_size,
        parameters=contents.parameters,
        inputs=contents.inputs,
        outputs=contents.outputs,
        signatures=contents.signatures,
        operators=dict(sorted(contents.operators.items())),
        notes=contents.notes,
        targets=fits(kind, contents),
        external_files=contents.external_files,
        needs_framework=kind.needs_framework,
    )


def identify(path: Path) -> Kind:
    """Return the kind of a file or folder, by what is in it."""
    if path.is_dir():
        if (path / SAVED_MODEL_FILE).is_file():
            return kinds.SAVED_MODEL
        raise ScaffoldError(
            f"{path} is a folder without a {SAVED_MODEL_FILE}: "
            "name a SavedModel folder or a file."
        )
    if not path.exists():
        raise ScaffoldError(f"There is no {path}: name a model's file or folder.")
    if not path.is_file():
        raise ScaffoldError(f"{path} is not a file: name a model's file or folder.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    members: list[str] = []
    if head.startswith(kinds.ZIP):
        with opened(path) as archive:
            members = list(archive.members)
    for kind in kinds.FILES:
        if kind.matches(head, path.suffix.lower(), members):
            return kind
    raise ScaffoldError(
        f"{path} is not a model that can be read here: give {READABLE}."
    )


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for seen, (folder, _, files) in enumerate(os.walk(path)):
        if seen + len(files) > MOST_FILES:
            raise MalformedError(f"the folder has more than {MOST_FILES:,} files")
        total += sum(Path(folder, name).lstat().st_size for name in files)
    return total
