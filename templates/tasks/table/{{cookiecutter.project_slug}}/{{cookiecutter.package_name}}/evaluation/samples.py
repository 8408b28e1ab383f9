"""Held-out rows: one to try the service with, and those with the worst answers."""

import json
from pathlib import Path

from ..contract.dataset import Examples
from ..contract.rows import to_rows

MOST = 12


def write(
    folder: Path, example: Examples, worst: Examples, captions: list[str]
) -> None:
    """Write `example.json`, and `mistakes.json` with a caption for each row."""
    (first,) = to_rows(example.raw)
    rows = zip(captions, to_rows(worst.raw), strict=True)
    mistakes = [{"answer": caption, "row": row} for caption, row in rows]
    for name, value in {"example": first, "mistakes": mistakes}.items():
        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, "utf-8")
