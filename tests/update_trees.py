"""Write the files of every cell to `trees` folders, to be reviewed before a commit.

Those of the packaged layers are written to tests/trees/, those with a layer of another
root to the folder `trees` there: of the root that DLSCAFFOLD_LAYERS names, or else of
tests/layers/.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import EVERY_CELL, tree
from dlscaffold.layers.choices import VARIABLE
from dlscaffold.project import names
from dlscaffold.project.answers import Answers


def main() -> None:
    """Replace all trees by what the layers bring today."""
    for folder in {tree(cell).parent for cell in EVERY_CELL}:
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.txt"):
            old.unlink()
    derived = names.derive("Project")
    for cell in EVERY_CELL:
        files = Answers(derived, cell, "MIT").files
        lines = (path.replace(f"{derived.package}/", "PACKAGE/") for path in files)
        text = "".join(f"{line}\n" for line in sorted(lines))
        tree(cell).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
    if not os.environ.get(VARIABLE):
        layers = str(Path(__file__).parent / "layers")
        again = {**os.environ, VARIABLE: layers}
        subprocess.run([sys.executable, __file__], env=again, check=True)
