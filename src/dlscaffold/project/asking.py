"""Ask on the terminal for what was not given."""

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import questionary
from questionary import Choice

from dlscaffold.advice import guidance
from dlscaffold.errors import ScaffoldError
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import AddOn, Layer
from dlscaffold.project import names
from dlscaffold.project.placing import refuse_taken

MARGIN = " " * 5  # of the line on why to choose something


def ask_name(output_dir: Path, default: str) -> str:
    """Return a name for a project that nothing in `output_dir` is in the way of."""

    def check(name: str) -> bool | str:
        try:
            refuse_taken(output_dir / names.derive(name).slug)
        except ScaffoldError as error:
            return error.format_message()
        return True

    question = questionary.text("Project name", default=default, validate=check)
    return str(question.unsafe_ask())


def ask_layer(question: str, layers: Mapping[str, Layer], recommended: str = "") -> str:
    """Return the name of one of the layers; the recommended one is marked."""
    marks = {recommended: " (recommended)"}
    choices = [_choice(one, marks.get(name, "")) for name, one in layers.items()]
    default = recommended if recommended in layers else None
    return str(questionary.select(question, choices, default=default).unsafe_ask())


def ask_apps(apps: Sequence[AddOn]) -> list[str]:
    """Return the names of any of the apps; those that are the default are checked."""
    choices = [_choice(app, checked=app.is_default) for app in apps]
    question = "Which app should come with it? (space to check, enter to go on)"
    return list(questionary.checkbox(question, choices).unsafe_ask())


def _choice(layer: Layer, mark: str = "", *, checked: bool = False) -> Choice:
    reason = guidance.load(installed()).reason(layer)
    # Folded to the terminal, below the name that it belongs to.
    width = shutil.get_terminal_size().columns - 1
    folded = textwrap.fill(
        reason, width, initial_indent=MARGIN, subsequent_indent=MARGIN
    )
    title = f"{layer.title}{mark}\n{folded}".rstrip()
    return Choice(title, layer.name, checked=checked)
