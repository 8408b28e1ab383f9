"""The model configuration: which versions are served, and under which labels.

`serving/models.config` is the project's own, with paths as the container sees them. A
server that runs on this machine reads a copy with this machine's paths.
"""

import re
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from ..settings import ARTIFACTS, MODEL_NAME, ROOT
from .messages import ConfigError, ModelServerConfig, read_config

SERVING = ROOT / "serving"
CONFIG = SERVING / "models.config"
VERSIONS = ARTIFACTS / "saved_model"
HOST_CONFIG = ARTIFACTS / "models.config"
_NUMBER = re.compile(r"(?a)\s*[-+]?\d+\s*")


def labels() -> dict[str, int]:
    """Return the version that each label stands for."""
    return dict(_read().model_config_list.config[0].version_labels)


def named() -> set[int]:
    """Return the versions that the configuration names: by label, or in its policy."""
    config = _read().model_config_list.config[0]
    specific = config.model_version_policy.specific.versions
    return {*config.version_labels.values(), *specific}


def versions() -> list[int]:
    """Return the versions that were exported."""
    return [n for n, path in version_paths(VERSIONS).items() if path.is_dir()]


def version_paths(folder: Path) -> dict[int, Path]:
    """Return what has a number for a name, as TensorFlow Serving reads numbers.

    Of several ways to write a number, such as 3 and 0003, the last in order counts.
    """
    paths = {}
    for path in sorted(folder.glob("*")):
        if _NUMBER.fullmatch(path.name) and -(2**63) <= int(path.name) < 2**63:
            paths[int(path.name)] = path
    return paths


def move_label(label: str, version: int | None) -> None:
    """Move a label to a version, or remove it; servers follow within a second."""
    config = _read()
    labels = config.model_config_list.config[0].version_labels
    labels.pop(label, None)
    if version is not None:
        labels[label] = version
    _write(CONFIG, config)
    write_host_config()


def write_host_config() -> Path:
    """Write the copy with this machine's paths, and return its path."""
    config = _read()
    config.model_config_list.config[0].base_path = str(VERSIONS.resolve())
    _write(HOST_CONFIG, config)
    return HOST_CONFIG


def _read() -> Any:
    config = read_config(CONFIG, ModelServerConfig)
    if [model.name for model in config.model_config_list.config] != [MODEL_NAME]:
        raise ConfigError(f"{CONFIG} has to configure the model {MODEL_NAME}.")
    return config


def _write(path: Path, config: Any) -> None:
    # Servers poll the file: they must find the old one or the new one, never half.
    staged = path.with_suffix(".new")
    staged.write_text(text_format.MessageToString(config), "utf-8")
    staged.replace(path)
