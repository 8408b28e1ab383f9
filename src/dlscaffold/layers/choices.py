"""Where layers are, and what options can be chosen from, found by listing folders.

The command line needs them for its options, and so `--help` pays for every import made
here: `os.path` is loaded anyway, `pathlib` is not.
"""

import os.path

MANIFEST = "layer.toml"
NONE = "none"  # as `--app none`
# Of `dlscaffold smoke`, in their order.
STEPS = ("environment", "install", "train", "export", "test")

# Further folders of layers, separated as those of PATH are.
VARIABLE = "DLSCAFFOLD_LAYERS"


def packaged() -> str:
    """Return the folder of layers inside the installed package, or in the checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "templates")
    if os.path.isdir(inside):
        return inside
    return os.path.join(os.path.dirname(os.path.dirname(package)), "templates")


def roots() -> tuple[str, ...]:
    """Return every folder of layers, the packaged one first, each once."""
    named = filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
    further = (os.path.abspath(os.path.expanduser(folder)) for folder in named)
    return tuple(dict.fromkeys((packaged(), *further)))


def layer_names(kind: str) -> list[str]:
    """Return the names of one kind of layer, such as `targets`, from every root."""
    return sorted({name for root in roots() for name in names_in(root, kind)})


def names_in(root: str, kind: str) -> list[str]:
    """Return the names of one kind of layer in one root, sorted."""
    folder = os.path.join(root, kind)
    if not os.path.isdir(folder):
        return []
    names = sorted(os.listdir(folder))
    return [n for n in names if os.path.isfile(os.path.join(folder, n, MANIFEST))]


def app_names() -> list[str]:
    """Return the names of the apps, and the word for having none."""
    return [*layer_names("apps"), NONE]


def backend_names() -> list[str]:
    """Return the names of the backends that any framework has."""
    return sorted(
        {
            name
            for root in roots()
            for framework in names_in(root, "frameworks")
            for name in names_in(root, f"frameworks/{framework}/backends")
        }
    )
