"""Write the generated blocks of README.md: the table of pairs and the tree.

python docs/update.py           rewrite them
python docs/update.py --check   exit with 1 if they are stale
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from dlscaffold import catalog
from dlscaffold.cli import main as dlscaffold

README = Path(__file__).parents[1] / "README.md"


def pairs() -> str:
    """Return the table of pairs in Markdown, the preferred format of each first."""
    frameworks = catalog.frameworks()
    header = ["target", *(framework.title for framework in frameworks)]
    rows = [header, ["---"] * len(header)]
    for target in catalog.targets():
        fitting = (
            catalog.shared_formats(framework, target) for framework in frameworks
        )
        cells = (", ".join(formats) or "-" for formats in fitting)
        rows.append([f"{target.title} (`{target.name}`)", *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def tree() -> str:
    """Return what a dry run prints, as a block of text."""
    words = [
        "new",
        "shop-digits",
        "-f",
        "keras",
        "-t",
        "flask",
        "--dry-run",
        "-o",
        "nowhere",
    ]
    lines = CliRunner().invoke(dlscaffold, words).output.splitlines()
    first = lines.index("shop-digits/")
    return "\n".join(["```", *lines[first:-1], "```"])


BLOCKS: dict[str, Callable[[], str]] = {"pairs": pairs, "tree": tree}


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


def main() -> None:
    """Rewrite README.md, or only check it."""
    text = README.read_text("utf-8")
    fresh = updated(text)
    if "--check" in sys.argv[1:]:
        sys.exit(text != fresh and "error: README.md is stale; run docs/update.py.")
    README.write_text(fresh, "utf-8")


if __name__ == "__main__":
    main()
