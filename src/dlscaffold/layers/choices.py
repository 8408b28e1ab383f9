"""What options can be chosen from; layers are found by listing folders, nothing else.

The command line needs them for its options, and so `--help` pays for every import made
here: `os.path` is loaded anyway, `pathlib` is not.
"""

from __future__ import annotations

import os.path

MANIFEST = "layer.toml"
# Of `dlscaffold smoke`, in their order.
STEPS = ("environment", "install", "train", "export", "test")


def templates_folder() -> str:
    """Return the folder of layers: inside the installed package, or of the checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(package, "templates")
    if os.path.isdir(packaged):
        return packaged
    return os.path.join(os.path.dirname(os.path.dirname(package)), "templates")


def layer_names(kind: str) -> list[str]:
    """Return the names of one kind of layer, such as `targets`."""
    folder = os.path.join(templates_folder(), kind)
    names = sorted(os.listdir(folder))
    return [n for n in names if os.path.isfile(os.path.join(folder, n, MANIFEST))]


def backend_names() -> list[str]:
    """Return the names of the backends that any framework has."""
    names = set()
    for framework in layer_names("frameworks"):
        kind = os.path.join("frameworks", framework, "backends")
        if os.path.isdir(os.path.join(templates_folder(), kind)):
            names.update(layer_names(kind))
    return sorted(names)
