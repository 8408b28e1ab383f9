"""The model configuration: which versions are served, and under which labels.

`serving/models.config` has paths as a container sees them. A server that runs on this
machine reads a copy with the paths of this machine.
"""

import re
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from ..settings import ARTIFACTS, MODEL_NAME, ROOT
from .messages import ConfigError, read_config

SERVING = ROOT / "serving"
CONFIG = SERVING / "models.config"
VERSIONS = ARTIFACTS / "saved_model"
HOST_CONFIG = ARTIFACTS / "models.config"


def labels_of(config: Any) -> dict[str, int]:
    """Return the version that each label of a model stands for."""
    return {label.key: label.value for label in config.version_labels}


def labels() -> dict[str, int]:
    """Return the version that each label of this project's model stands for."""
    return labels_of(_read().model_config_list.config[0])


def named() -> set[int]:
    """Return the versions that have a label or that the version policy lists."""
    model = _read().model_config_list.config[0]
    return {*labels().values(), *model.model_version_policy.specific.versions}


def versions() -> list[int]:
    """Return the versions that were exported, in order."""
    return sorted(n for n, path in version_paths(VERSIONS).items() if path.is_dir())


def version_paths(folder: Path) -> dict[int, Path]:
    """Return what has a number for a name; of 3 and 0003, the last in order counts."""
    paths = sorted(folder.glob("*"))
    return {int(path.name): path for path in paths if re.fullmatch("[0-9]+", path.name)}


def move_label(label: str, version: int | None) -> None:
    """Move a label to a version, or remove it; servers follow within a second."""
    config = _read()
    labels = config.model_config_list.config[0].version_labels
    others = [other for other in labels if other.key != label]
    del labels[:]
    labels.extend(others)
    if version is not None:
        labels.add(key=label, value=version)
    _write(CONFIG, config)
    write_host_config()


def write_host_config() -> Path:
    """Write the copy with this machine's paths, and return its path."""
    config = _read()
    config.model_config_list.config[0].base_path = str(VERSIONS.resolve())
    _write(HOST_CONFIG, config)
    return HOST_CONFIG


def _read() -> Any:
    config = read_config(CONFIG)
    if [model.name for model in config.model_config_list.config] != [MODEL_NAME]:
        raise ConfigError(f"{CONFIG} has to configure the model {MODEL_NAME}.")
    return config


def _write(path: Path, config: Any) -> None:
    # Servers poll the file: they must find the old one or the new one, never half.
    staged = path.with_suffix(".new")
    staged.write_text(text_format.MessageToString(config), "utf-8")
    staged.replace(path)
