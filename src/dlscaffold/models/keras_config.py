"""Keras models, from their configuration: inputs, outputs and layers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dlscaffold.errors import ScaffoldError
from dlscaffold.models import outside
from dlscaffold.models.archive import opened
from dlscaffold.models.description import (
    Contents,
    Dimension,
    Signature,
    Tensor,
    distinct,
)
from dlscaffold.models.source import Source
from dlscaffold.models.values import (
    MalformedError,
    as_dict,
    as_list,
    as_name,
    as_shape,
    listed,
    parse_json,
)

# Layers that hold code of their own, which loading them runs.
CODE = ("Lambda", "__lambda__")
# Where the parts of a model are; elsewhere in Keras are functions that fetch and write.
MODULES = re.compile(
    r"keras(\.(layers|initializers|regularizers|constraints|activations|models"
    r"|dtype_policies|losses|metrics|optimizers|random|quantizers"
    r"|src\.(models|layers|ops|activations|initializers)\.[\w.]+))?"
)
# Where a layer has the one that it repeats or runs both ways.
WRAPPED = ("layer", "cell", "forward_layer", "backward_layer")
# Layers that read other files, or other frameworks' code, when they are made.
REACHING = ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
# What keeps the shape of its input; for all other layers it takes Keras to say.
SAME_SHAPE = ("Activation", "Dropout", "LayerNormalization", "ReLU", "Softmax")
# The dtype that a policy computes in, where that is not its name.
POLICIES = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
DEEPEST = 100


def read(source: Source) -> Contents:
    """Return what the configuration in a `.keras` archive says."""
    with opened(source.path) as archive:
        metadata = parse_json(archive.read("metadata.json"))
        config = parse_json(archive.read("config.json"))
    version = metadata.get("keras_version")
    return describe(config, version, source)


def describe(config: dict[str, Any], version: Any, source: Source) -> Contents:
    """Return the contents of a model's configuration; Lambda layers are refused."""
    if not isinstance(config.get("class_name"), str):
        raise MalformedError("its configuration is not that of a model")
    # What it was trained with may be code of the user's own, and is not needed.
    config = {key: value for key, value in config.items() if key != "compile_config"}
    parts = list(classes(config))
    code = [name for kind, name, _ in parts if kind in CODE and name != CODE[-1]]
    code = code or [name for kind, name, _ in parts if kind in CODE]
    if code and not source.trust:
        raise ScaffoldError(
            f"{source.path} has Lambda layers ({', '.join(sorted(set(code)))}), which "
            "hold code that loading the model runs: if you know where it is from, "
            "give --trust."
        )
    signature = signature_of(config)
    foreign = sorted({name for kind, name, own in parts if not own})
    notes = [f"runs code of its own in Lambda layers ({len(code)})"] if code else []
    if foreign:
        notes.append(f"needs code that it does not hold: {', '.join(foreign[:5])}")
    built = None
    if source.python and not foreign:
        built = outside.call(source, "keras", {"config": config})
        signature = from_worker(built, signature)
    return Contents(
        signatures=(signature,) if signature else (),
        writer="keras",
        version=as_name(version, "version of Keras") if version else None,
        parameters=as_parameters(built),
        operators=Counter(layers(config)),
        notes=(*notes, *missing(signature, source, foreign)),
        obstacles=tuple(obstacles(signature, foreign)),
    )


def obstacles(signature: Signature | None, foreign: list[str]) -> Iterator[str]:
    """Yield why nothing can call the model, though Keras could where it was made."""
    mend = "save it where it was made with model.export('folder'), and take the folder"
    if foreign:
        names = listed(foreign)
        yield f"it needs code or files that it does not hold ({names}): {mend}"
    elif signature is None:
        yield f"it does not say what goes in and comes out: {mend}"


def missing(
    signature: Signature | None, source: Source, foreign: list[str]
) -> Iterator[str]:
    """Yield what could not be said, and how it can be."""
    if signature is None:
        yield "its configuration does not say what goes in and comes out"
    if not source.python and not foreign:
        yield (
            "--python with an interpreter that has Keras adds the number of parameters "
            "and all shapes"
        )


def as_parameters(built: dict[str, Any] | None) -> int | None:
    """Return the number of weights that the other interpreter counted."""
    found = built.get("parameters") if built else None
    return found if isinstance(found, int) else None


def from_worker(built: dict[str, Any], said: Signature | None) -> Signature | None:
    """Return the signature of the model as Keras built it, with the layers' names."""
    if not built.get("inputs") or not built.get("outputs"):
        return said
    return Signature(
        "call",
        built_tensors(built["inputs"], said.inputs if said else ()),
        built_tensors(built["outputs"], said.outputs if said else ()),
    )


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


def classes(value: Any, depth: int = 0) -> Iterator[tuple[str, str, bool]]:
    """Yield each object's class and name, and whether Keras itself can make it."""
    if depth > DEEPEST:
        raise MalformedError("its configuration is nested too deeply")
    if isinstance(value, list):
        for item in value:
            yield from classes(item, depth + 1)
    if not isinstance(value, dict):
        return
    kind = value.get("class_name")
    if isinstance(kind, str):
        yield kind, name_of(value), is_own(value, kind)
    for item in value.values():
        yield from classes(item, depth + 1)


def name_of(value: dict[str, Any]) -> str:
    """Return the name of a layer, or else its class."""
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return as_name(name or value["class_name"], "name of a layer")


def is_own(value: dict[str, Any], kind: str) -> bool:
    """Whether Keras makes an object by itself, from nothing but its configuration."""
    module = value.get("module")
    if kind in REACHING:
        return False
    config = value.get("config")
    if isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        return False  # a path: making the layer reads that file
    if kind.startswith("__") and kind.endswith("__"):
        return True  # tuples, tensors and the like, and a Lambda's code
    if module in (None, "builtins"):
        return ">" not in str(value.get("registered_name"))
    return isinstance(module, str) and bool(MODULES.fullmatch(module))


def layers(model: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield the class of each layer, also of those inside of models and of wrappers."""
    for layer in layers_of(model):
        yield from with_inner(layer, depth + 1)


def with_inner(layer: dict[str, Any], depth: int) -> Iterator[str]:
    """Yield the class of a layer, and of the layers in it."""
    if depth > DEEPEST:
        raise MalformedError("its models are nested too deeply")
    yield as_name(layer.get("class_name"), "class")
    config = layer.get("config")
    if has_layers(layer):
        yield from layers(layer, depth)
    for inner in (
        (config.get(key) for key in WRAPPED) if isinstance(config, dict) else ()
    ):
        if isinstance(inner, dict) and "class_name" in inner:
            yield from with_inner(inner, depth + 1)


def has_layers(layer: dict[str, Any]) -> bool:
    """Whether a layer is a model with layers of its own."""
    config = layer.get("config")
    return isinstance(config, list) or (isinstance(config, dict) and "layers" in config)


def layers_of(model: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers of a model; the oldest files have nothing but the list."""
    config = model.get("config")
    found = config.get("layers", []) if isinstance(config, dict) else config
    return [as_dict(layer, "layer") for layer in as_list(found or [], "layers")]


def signature_of(model: dict[str, Any]) -> Signature | None:
    """Return inputs and outputs, where the configuration says them."""
    found = layers_of(model)
    if not found:
        return None
    config = model["config"]
    if isinstance(config, dict) and "input_layers" in config:
        by_name = {name_of(layer): layer for layer in found}
        inputs = [
            replace(input_tensor(pick(by_name, layer)), name=name)
            for name, layer in references(config["input_layers"])
        ]
        outputs = [
            replace(output_tensor(pick(by_name, layer)), name=name)
            for name, layer in references(config.get("output_layers"))
        ]
    else:
        inputs = [input_tensor(layer) for layer in found[:1]]
        outputs = [output_tensor(layer) for layer in found[-1:]]
    return Signature("call", tuple(inputs), tuple(distinct(outputs, inputs)))


def pick(by_name: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the layer of this name."""
    if name not in by_name:
        raise MalformedError(f"it refers to a layer {name!r} that it does not have")
    return by_name[name]


def references(
    value: Any, key: str | None = None, depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield name and layer of what a structure of `[layer, node, tensor]` holds.

    In a dict the key is the name. Keras flattens those in the order of their keys.
    """
    if depth > DEEPEST:
        raise MalformedError("its configuration is nested too deeply")
    if isinstance(value, dict):
        for inner in sorted(value):
            yield from references(value[inner], as_name(inner, "name"), depth + 1)
        return
    parts = as_list(value, "list of layers")
    if len(parts) == 3 and isinstance(parts[0], str):
        layer = as_name(parts[0], "name of a layer")
        yield layer if key is None else key, layer
        return
    for part in parts:
        yield from references(part, None, depth + 1)


def input_tensor(layer: dict[str, Any]) -> Tensor:
    """Return what goes into the model at a layer."""
    config = as_dict(layer.get("config"), "layer")
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    if shape is None:
        shape = input_shape(layer)
    sizes = None if shape is None else as_shape(as_list(shape, "shape"))
    return Tensor(name_of(layer), dtype_of(config), sizes)


def output_tensor(layer: dict[str, Any]) -> Tensor:
    """Return what comes out of the model at a layer."""
    config = as_dict(layer.get("config"), "layer")
    return Tensor(name_of(layer), dtype_of(config), output_shape(layer, config))


def output_shape(
    layer: dict[str, Any], config: dict[str, Any]
) -> tuple[Dimension, ...] | None:
    """Return the shape that a layer gives, for the layers where that is plain."""
    shape = input_shape(layer)
    if shape is None:
        return None
    sizes = as_shape(as_list(shape, "shape"))
    if layer.get("class_name") == "Dense" and sizes:
        return (*sizes[:-1], *as_shape([config.get("units")]))
    return sizes if layer.get("class_name") in SAME_SHAPE else None


def input_shape(layer: dict[str, Any]) -> Any:
    """Return the shape that a layer was built for, if there is one and it is single."""
    built = layer.get("build_config")
    shape = built.get("input_shape") if isinstance(built, dict) else None
    if not isinstance(shape, list) or any(isinstance(size, list) for size in shape):
        return None
    return shape


def dtype_of(config: dict[str, Any]) -> str | None:
    """Return the dtype that a layer computes in."""
    dtype = config.get("dtype")
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        dtype = inner.get("name") if isinstance(inner, dict) else None
    return POLICIES.get(dtype, dtype) if isinstance(dtype, str) else None
