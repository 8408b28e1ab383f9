"""Write the files of every cell to tests/trees/, to be reviewed before a commit."""

from __future__ import annotations

from pathlib import Path

from conftest import ADDED_CELLS, CELLS, GIVEN_CELLS
from dlscaffold.project import names
from dlscaffold.project import rendering as project

TREES = Path(__file__).parent / "trees"


def main() -> None:
    """Replace all trees by what the layers bring today."""
    for old in TREES.glob("*.txt"):
        old.unlink()
    TREES.mkdir(exist_ok=True)
    derived = names.derive("Project")
    for cell in (*CELLS, *ADDED_CELLS, *GIVEN_CELLS):
        files = project.Answers(derived, cell, "MIT").files
        lines = (path.replace(f"{derived.package}/", "PACKAGE/") for path in files)
        text = "".join(f"{line}\n" for line in sorted(lines))
        (TREES / f"{cell.name}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
