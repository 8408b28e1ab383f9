"""Where layers lie: the packaged folder, then the folders that the person names.

The command line needs them for its options, and so `--help` pays for every import made
here: `os.path` is loaded anyway, `pathlib` is not.
"""

import os.path

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
