"""Held-out texts: one to try the service with, and those with the worst answers."""

import json
from pathlib import Path

from ..contract.dataset import Examples

MOST = 20


def write(
    folder: Path, example: Examples, worst: Examples, captions: list[str]
) -> None:
    """Write `example.txt`, and `mistakes.json`: the texts, each with its caption."""
    (folder / "example.txt").write_text(example.raw["text"][0], "utf-8")
    mistakes = [
        {"text": text, "answer": caption}
        for text, caption in zip(worst.raw["text"], captions, strict=True)
    ]
    listed = json.dumps(mistakes, indent=2, ensure_ascii=False) + "\n"
    (folder / "mistakes.json").write_text(listed, "utf-8")
