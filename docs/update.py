"""Write what is generated: the blocks of README.md, and comparison.md.

python docs/update.py           rewrite them
python docs/update.py --check   exit with 1 if they are stale
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.statements import Statement
from dlscaffold.commands import compare
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog
from dlscaffold.layers.layer import Framework, shared_formats

README = Path(__file__).parents[1] / "README.md"
# Whatever further layers this machine has, the pages are about the packaged ones.
PACKAGED = Catalog([Path(choices.packaged())])
COMPARISON = Path(__file__).parent / "comparison.md"


def pairs() -> str:
    """Return the table of pairs in Markdown, the preferred format of each first."""
    frameworks = PACKAGED.frameworks()
    header = ["target", *(framework.title for framework in frameworks)]
    rows = [header, ["---"] * len(header)]
    for target in PACKAGED.targets():
        fitting = (shared_formats(framework, target) for framework in frameworks)
        cells = (", ".join(formats) or "-" for formats in fitting)
        rows.append([f"{target.title} (`{target.name}`)", *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


BLOCKS: dict[str, Callable[[], str]] = {"pairs": pairs}


def updated(text: str) -> str:
    """Return the text with every generated block written anew."""
    for name, block in BLOCKS.items():
        pattern = rf"(<!-- {name}:[^>]*-->\n).*?(<!-- end -->)"
        body = block()
        text, count = re.subn(
            pattern, lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            sys.exit(f"error: README.md needs one block called {name}.")
    return text


def comparison() -> str:
    """Return the page that quotes the document row by row, with the notes on it."""
    known = guidance.load(PACKAGED)
    lines = [
        "# The frameworks compared",
        "",
        "<!-- Written by docs/update.py from the layers; do not edit. -->",
        "",
        f"In quotation marks: “{known.title}”, the document that this project starts",
        "from. Below each quotation: what has changed since, and what was measured.",
    ]
    for criterion, title in known.criteria.items():
        lines += ["", f"## {title}"]
        for framework in filter(known.compares, known.catalog.frameworks()):
            lines += ["", *cell(framework, criterion, known)]
    lines += ["", "## State of the targets", "", *lifecycles(known)]
    return "\n".join([*lines, ""])


def cell(framework: Framework, criterion: str, known: Guidance) -> list[str]:
    """Return the document's words on one framework, with the notes on them."""
    words = f"**{framework.title}**: {compare.quoted(framework, criterion, known)}"
    notes = known.notes(framework, criterion)
    listed = [f"- {note.says} {link(note)}" for note in notes]
    return [words, "", *listed] if listed else [words]


def link(note: Statement) -> str:
    """Return how old a note is, as a link to its source."""
    return f"([{note.dated}]({note.source.removeprefix('docs/')}))"


def lifecycles(known: Guidance) -> list[str]:
    """Return a table of the targets."""
    lines = ["| target | state | |", "| --- | --- | --- |"]
    for target in known.catalog.targets():
        for one in known.about(target, "lifecycle"):
            lines.append(f"| {target.title} | {one.state} | {one.says} {link(one)} |")
    return lines


def main() -> None:
    """Rewrite the files, or only check them."""
    fresh = {README: updated(README.read_text("utf-8")), COMPARISON: comparison()}
    for file, text in fresh.items():
        if "--check" not in sys.argv[1:]:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            sys.exit(f"error: {file.name} is stale; run docs/update.py.")


if __name__ == "__main__":
    main()
