"""The configuration of a Keras model: its parts, its inputs and its outputs."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dlscaffold.models.bytes.bounds import MalformedError
from dlscaffold.models.description import Shape, Signature, Tensor, distinct
from dlscaffold.models.values import as_dict, as_list, as_name, as_shape

Config = dict[str, Any]
# Where the parts of a model are; elsewhere in Keras are functions that fetch and write.
MODULES = re.compile(
    r"keras(\.(layers|initializers|regularizers|constraints|activations|models"
    r"|dtype_policies|losses|metrics|optimizers|random|quantizers"
    r"|src\.(models|layers|ops|activations|initializers)\.[\w.]+))?"
)
# The keys of layers: of a model's own, and of the one that a layer wraps.
LAYERS = ("layers", "layer", "cell", "forward_layer", "backward_layer")
# Layers that read other files, or other frameworks' code, when they are made.
REACHING = ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
# What keeps the shape of its input; for all other layers it takes Keras to say.
SAME_SHAPE = ("Activation", "Dropout", "LayerNormalization", "ReLU", "Softmax")
# The dtype that a policy computes in, where that is not its name.
POLICIES = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
DEEPEST = 100
TOO_DEEP = "its configuration is nested too deeply"


class Part(NamedTuple):
    """An object in a configuration; `is_own` is whether Keras itself can make it."""

    kind: str
    name: str
    is_own: bool
    is_layer: bool


def parts_of(value: Any, key: str = "", depth: int = 0) -> Iterator[Part]:
    """Yield each object below a key: layers at any depth, and what they consist of."""
    if depth > DEEPEST:
        raise MalformedError(TOO_DEEP)
    if isinstance(value, list):
        # In the oldest files a model's configuration is the list of its layers.
        key = "layers" if key == "config" else key
        for item in value:
            yield from parts_of(item, key, depth + 1)
    if not isinstance(value, dict):
        return
    kind = value.get("class_name")
    if isinstance(kind, str):
        yield Part(kind, name_of(value), is_own(value, kind), key in LAYERS)
    for inner, item in value.items():
        yield from parts_of(item, inner, depth + 1)


def name_of(value: Config) -> str:
    """Return the name of a layer, or else its class."""
    config = value.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return as_name(name or value.get("class_name"), "name of a layer")


def is_own(value: Config, kind: str) -> bool:
    """Whether Keras makes an object by itself, from nothing but its configuration."""
    module, config = value.get("module"), value.get("config")
    if kind in REACHING:
        return False
    if isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        return False  # a path: making the layer reads that file
    if kind.startswith("__") and kind.endswith("__"):
        return True  # tuples, tensors and the like, and a Lambda's code
    if module in (None, "builtins"):
        return ">" not in str(value.get("registered_name"))
    return isinstance(module, str) and bool(MODULES.fullmatch(module))


def signature_of(model: Config) -> Signature | None:
    """Return inputs and outputs, where the configuration says them."""
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    found = [as_dict(layer, "layer") for layer in as_list(layers or [], "layers")]
    if not found:
        return None
    if isinstance(config, dict) and "input_layers" in config:
        by_name = {name_of(layer): layer for layer in found}
        first = list(referred(by_name, config["input_layers"]))
        last = list(referred(by_name, config.get("output_layers")))
    else:
        first, last = ([(name_of(one), one)] for one in (found[0], found[-1]))
    inputs = tuple(Tensor(name, dtype(one), first_shape(one)) for name, one in first)
    outputs = (Tensor(name, dtype(one), last_shape(one)) for name, one in last)
    return Signature("call", inputs, tuple(distinct(outputs, inputs)))


def referred(by_name: dict[str, Config], value: Any) -> Iterator[tuple[str, Config]]:
    """Yield the name of each input or output, and its layer."""
    for name, layer in references(value):
        if layer not in by_name:
            raise MalformedError(f"it refers to a layer {layer!r} that is not in it")
        yield name, by_name[layer]


def references(
    value: Any, key: str | None = None, depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield name and layer of what a structure of `[layer, node, tensor]` holds.

    In a dict the key is the name. Keras flattens those in the order of their keys.
    """
    if depth > DEEPEST:
        raise MalformedError(TOO_DEEP)
    if isinstance(value, dict):
        for inner in sorted(value):
            yield from references(value[inner], as_name(inner, "name"), depth + 1)
        return
    items = as_list(value, "list of layers")
    if len(items) == 3 and isinstance(items[0], str):
        layer = as_name(items[0], "name of a layer")
        yield layer if key is None else key, layer
        return
    for item in items:
        yield from references(item, None, depth + 1)


def first_shape(layer: Config) -> Shape | None:
    """Return the shape of what goes into the model at a layer."""
    config = as_dict(layer.get("config"), "layer")
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    return built_shape(layer) if shape is None else as_shape(as_list(shape, "shape"))


def last_shape(layer: Config) -> Shape | None:
    """Return the shape that a layer gives, for the layers where that is plain."""
    sizes = built_shape(layer)
    if layer.get("class_name") == "Dense" and sizes:
        units = as_dict(layer.get("config"), "layer").get("units")
        return (*sizes[:-1], *as_shape([units]))
    return sizes if layer.get("class_name") in SAME_SHAPE else None


def built_shape(layer: Config) -> Shape | None:
    """Return the shape that a layer was built for, if there is one and it is single."""
    built = layer.get("build_config")
    shape = built.get("input_shape") if isinstance(built, dict) else None
    if not isinstance(shape, list) or any(isinstance(size, list) for size in shape):
        return None
    return as_shape(shape)


def dtype(layer: Config) -> str | None:
    """Return the dtype that a layer computes in."""
    found = as_dict(layer.get("config"), "layer").get("dtype")
    if isinstance(found, dict):
        inner = found.get("config")
        found = inner.get("name") if isinstance(inner, dict) else None
    return POLICIES.get(found, found) if isinstance(found, str) else None
