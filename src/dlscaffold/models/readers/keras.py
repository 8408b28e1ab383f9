"""Keras models: `.keras` archives, and what they share with HDF5 files."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dlscaffold.errors import ScaffoldError, listed
from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.bytes.zip_archive import opened
from dlscaffold.models.description import Contents, Signature, Source, Tensor
from dlscaffold.models.readers import interpreter
from dlscaffold.models.readers.keras_config import parts_of, signature_of
from dlscaffold.models.values import as_name, as_shape, parse_json

# What holds code of its own, which loading the model runs: the layer, and the code.
CODE = {"Lambda", "__lambda__"}
# The way to a file that holds everything.
EXPORT = "save it where it was made with model.export('folder'), and use that folder"


def read(source: Source) -> Contents:
    """Return what the configuration in a `.keras` archive says."""
    with opened(source.path) as archive:
        metadata = parse_json(archive.read("metadata.json"))
        config = parse_json(archive.read("config.json"))
    return contents_of(config, metadata.get("keras_version"), source)


def contents_of(config: dict[str, Any], version: Any, source: Source) -> Contents:
    """Return the contents of a model's configuration.

    With `source.python`, Keras builds the model for its shapes and weights. Raises
    ScaffoldError for Lambda layers, unless `source.trust`.
    """
    if not isinstance(config.get("class_name"), str):
        raise MalformedError("its configuration is not that of a model")
    # What it was trained with may be code of the user's own, and is not needed.
    config = {key: value for key, value in config.items() if key != "compile_config"}
    parts = list(parts_of(config))
    named = {part.name for part in parts if part.kind in CODE}
    code = sorted(named - CODE or named)
    if code and not source.trust:
        raise ScaffoldError(
            f"{source.path} has Lambda layers ({', '.join(code)}), whose code runs "
            "when the model is loaded: if you trust its author, add --trust."
        )
    foreign = sorted({part.name for part in parts if not part.is_own})
    signature, parameters = signature_of(config), None
    if source.python and not foreign:
        built = interpreter.call(source, "keras", {"config": config})
        signature = built_signature(built, signature)
        parameters = built["parameters"]
    return Contents(
        signatures=(signature,) if signature else (),
        writer="keras",
        version=as_name(version, "version of Keras") if version else None,
        parameters=parameters,
        operators=Counter(part.kind for part in parts if part.is_layer),
        notes=tuple(notes(source, signature, code, foreign)),
        obstacles=tuple(obstacles(signature, foreign)),
    )


def notes(
    source: Source, signature: Signature | None, code: list[str], foreign: list[str]
) -> Iterator[str]:
    """Yield what the user of the model should know, and how to learn more."""
    if code:
        yield f"runs code of its own in Lambda layers ({len(code)})"
    if foreign:
        yield f"needs code that it does not hold: {', '.join(foreign[:5])}"
    if signature is None:
        yield "its configuration does not say what its inputs and outputs are"
    if not source.python and not foreign:
        yield (
            "--python with an interpreter that has Keras adds the number of parameters "
            "and all shapes"
        )


def obstacles(signature: Signature | None, foreign: list[str]) -> Iterator[str]:
    """Yield why nothing can call the model, though Keras could where it was made."""
    if foreign:
        names = listed(sorted(foreign))
        yield f"it needs code or files that it does not hold ({names}): {EXPORT}"
    elif signature is None:
        yield f"it does not say what its inputs and outputs are: {EXPORT}"


def built_signature(built: dict[str, Any], said: Signature | None) -> Signature | None:
    """Return the signature of the model as Keras built it, with the layers' names."""
    if not built.get("inputs") or not built.get("outputs"):
        return said
    inputs = built_tensors(built["inputs"], said.inputs if said else ())
    outputs = built_tensors(built["outputs"], said.outputs if said else ())
    return Signature("call", inputs, outputs)


def built_tensors(
    built: list[dict[str, Any]], said: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """Return tensors of Keras under the names that the configuration gives them."""
    own = [as_name(one["name"], "name") for one in built]
    names = [one.name for one in said] if len(said) == len(built) else own
    return tuple(
        Tensor(name, as_name(one["dtype"], "dtype"), as_shape(one["shape"]))
        for name, one in zip(names, built, strict=True)
    )
