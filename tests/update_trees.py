"""Write the files of every cell to `trees` folders, to be reviewed before a commit.

Those of the packaged layers are written to tests/trees/; those with a layer of another
root, which DLSCAFFOLD_LAYERS names, to the folder `trees` there.
"""

from __future__ import annotations

from conftest import EVERY_CELL, tree
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
