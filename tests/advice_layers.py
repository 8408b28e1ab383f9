"""Layers for the tests of advice: manifests of their own, the guidance in use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from dlscaffold.advice import guidance
from dlscaffold.advice.guidance import Guidance
from dlscaffold.advice.situation import Situation
from dlscaffold.layers import choices
from dlscaffold.layers.catalog import Catalog
from dlscaffold.layers.choices import MANIFEST


def case(**answers: str | float | None) -> Situation:
    """Return the situation with these answers; None stands for none."""
    return Situation({name: one for name, one in answers.items() if one is not None})


TF, K, PT = "tensorflow", "keras", "pytorch"
SERVING, FLASK, LITERT, EXEC = "tensorflow-serving", "flask", "litert", "executorch"
TITLES = {TF: "TensorFlow", K: "Keras", PT: "PyTorch"}
EXPORTS = {
    TF: ["saved-model", "onnx", "litert"],
    K: ["saved-model", "onnx", "litert"],
    PT: ["onnx", "lite-interpreter", "executorch"],
}
DOCUMENT_TARGETS = {
    SERVING: ["saved-model"],
    FLASK: ["onnx", "saved-model"],
    "pytorch-mobile": ["lite-interpreter"],
}
ALL_TARGETS = {**DOCUMENT_TARGETS, EXEC: ["executorch"], LITERT: ["litert"]}
PACKAGED = Catalog([Path(choices.packaged())])


def write_layers(root: Path, targets: dict[str, list[str]]) -> Path:
    """Write the three frameworks and these targets, with the guidance in use."""
    for name, formats in EXPORTS.items():
        write_layer(root, f"frameworks/{name}", f'title = "{TITLES[name]}"')
        for format_name in formats:
            (root / "frameworks" / name / "exports" / format_name).mkdir(parents=True)
            write_layer(root, f"formats/{format_name}", f'title = "{format_name}"')
    for name, formats in targets.items():
        manifest = f'title = "{name}"\nconsumes = {json.dumps(formats)}'
        write_layer(root, f"targets/{name}", manifest)
    for label in (
        ".",
        *(f"frameworks/{n}" for n in EXPORTS),
        *(f"targets/{n}" for n in targets),
    ):
        for file in (PACKAGED.roots[0] / label).glob("*.toml"):
            if file.name != MANIFEST:
                shutil.copy(file, root / label)
    return root


def write_layer(root: Path, label: str, manifest: str, said: str = "") -> None:
    """Write a layer's manifest and, where anything is said, its guidance."""
    folder = root / label
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(manifest, "utf-8")
    if said:
        (folder / guidance.FILE).write_text(said, "utf-8")


def guidance_of(*folders: Path) -> Guidance:
    """Return the guidance of the catalog of these roots."""
    return guidance.load(Catalog(folders))
