"""The models of a configuration file: their versions are loaded and watched."""

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import error_codes_pb2

from .. import payloads
from ..messages import read_config
from ..model_config import labels_of, version_paths
from ..payloads import RequestError
from .saved_model import SavedModel

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


class Model:
    """A folder of versions; the name of each is a number."""

    def __init__(self, config: Any, timeout_ms: int) -> None:
        """Keep the model's configuration; `refresh` loads its versions."""
        self.config = config
        self.states: dict[int, dict[str, Any]] = {}
        self.loaded: dict[int, SavedModel] = {}
        self._timeout_ms = timeout_ms
        self._failed: dict[int, float] = {}

    def refresh(self) -> None:
        """Load new versions; drop old ones once another version is available."""
        paths = version_paths(Path(self.config.base_path))
        wanted = _choose(self.config.model_version_policy, paths)
        for number in sorted(wanted - self.loaded.keys()):
            self._load(number, paths[number])
        if wanted & self.loaded.keys():
            for number in self.loaded.keys() - wanted:
                self.loaded = {n: v for n, v in self.loaded.items() if n != number}
                self._report(number, "END")

    def _load(self, number: int, folder: Path) -> None:
        changed = _last_change(folder)
        if self._failed.get(number) == changed:
            return
        self._report(number, "LOADING")
        try:
            version = SavedModel(folder, self._timeout_ms)
        except Exception as error:  # a broken model can raise nearly anything
            self._failed[number] = changed
            message = " ".join(str(error).split())
            self._report(number, "END", _code(folder, error), message)
        else:
            self._failed.pop(number, None)
            self.loaded = {**self.loaded, number: version}
            self._report(number, "AVAILABLE")

    def _report(self, number: int, state: str, *error: str) -> None:
        status = payloads.version_status(str(number), state, *error)
        self.states = {**self.states, number: status}
        log.info("Version %d of %s: %s", number, self.config.name, (state, *error))


def _choose(policy: Any, numbers: Iterable[int]) -> set[int]:
    """Return the versions to serve of those that exist."""
    if policy.HasField("all"):
        return set(numbers)
    if policy.HasField("specific"):
        return {*numbers} & {*policy.specific.versions}
    return set(sorted(numbers)[-max(1, policy.latest.num_versions) :])


def _last_change(folder: Path) -> float:
    return max(path.stat().st_mtime for path in [folder, *folder.rglob("*")])


def _code(folder: Path, error: Exception) -> str:
    """Return the name of the error for a version that cannot be loaded."""
    if isinstance(error, tf.errors.OpError):
        return str(error_codes_pb2.Code.Name(error.error_code))
    return "DATA_LOSS" if (folder / "saved_model.pb").is_file() else "NOT_FOUND"


class Models:
    """All models that a configuration file names, kept up to date with it."""

    def __init__(self, config: Path, timeout_ms: int) -> None:
        """Load every model, and watch; raise ConfigError if the file cannot be read."""
        self._file = config
        self._timeout_ms = timeout_ms
        self._models: dict[str, Model] = {}
        self._refresh()
        threading.Thread(target=self._watch, daemon=True).start()

    def _refresh(self) -> None:
        known, self._models = self._models, dict(self._models)
        for item in read_config(self._file).model_config_list.config:
            model = known.get(item.name) or Model(item, self._timeout_ms)
            model.config = item
            self._models[item.name] = model
            model.refresh()

    def _watch(self) -> None:
        while True:
            time.sleep(POLL_SECONDS)
            try:
                self._refresh()
            except Exception as error:  # such as a file that vanishes meanwhile
                log.error("%s", error)

    def find(self, name: str, number: int | None, label: str | None) -> SavedModel:
        """Return a version, by default the newest; raise RequestError if not served."""
        model = self._models.get(name)
        if label is not None:
            labels = labels_of(model.config) if model else {}
            if label not in labels:
                raise RequestError(f"The model {name!r} has no label {label!r}.")
            number = labels[label]
        loaded = model.loaded if model else {}
        found = loaded.get(max(loaded, default=0) if number is None else number)
        if not found:
            raise RequestError(f"The version of {name!r} is not served.", 404)
        return found

    def metadata(self, name: str, number: int | None, label: str | None) -> Any:
        """Return the name, the version and the signatures of a version."""
        model = self.find(name, number, label)
        return payloads.model_metadata(name, model.version, model.describe())

    def status(self, name: str, number: int | None, _label: str | None) -> Any:
        """Return the status of one version or of all, the newest first."""
        states = self._models[name].states if name in self._models else {}
        numbers = sorted(states, reverse=True) if number is None else [number]
        if not states.keys() & numbers:
            raise RequestError(f"There is no such version of {name!r}.", 404)
        return {"model_version_status": [states[number] for number in numbers]}
