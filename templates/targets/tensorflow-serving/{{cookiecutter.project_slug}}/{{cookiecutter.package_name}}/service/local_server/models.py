"""The models that are served: versions loaded from their folders, and watched."""

import logging
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.core.protobuf import config_pb2, error_codes_pb2

from ..messages import (
    WARMUP_RECORDS,
    ModelServerConfig,
    PredictionLog,
    read_config,
)
from ..model_config import version_paths
from ..tensors import to_array
from . import protocol
from .protocol import RequestError

POLL_SECONDS = 1.0
GRAPH_FILE = "saved_model.pb"
HTTP_STATUS = {
    tf.errors.INVALID_ARGUMENT: 400,
    tf.errors.FAILED_PRECONDITION: 400,
    tf.errors.OUT_OF_RANGE: 400,
    tf.errors.NOT_FOUND: 404,
    tf.errors.RESOURCE_EXHAUSTED: 429,
    tf.errors.UNIMPLEMENTED: 501,
    tf.errors.UNAVAILABLE: 503,
    tf.errors.DEADLINE_EXCEEDED: 504,
}

log = logging.getLogger(__name__)


class Version:
    """One version of a model, loaded into a graph and a session of its own.

    Whoever answers a request holds a reference, so the session of a version that was
    taken out of service closes after its last request, and by itself.
    """

    def __init__(self, number: int, folder: Path, timeout_ms: int) -> None:
        """Load the SavedModel in a folder.

        An answer may take so many milliseconds; then its computation is given up.
        """
        self.number = number
        self._run_options = config_pb2.RunOptions(timeout_in_ms=timeout_ms)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        meta_graph = tf.compat.v1.saved_model.load(
            self._session, [tf.saved_model.SERVING], str(folder)
        )
        self.signatures = dict(meta_graph.signature_def)
        self._calls = {
            name: self._callable(signature)
            for name, signature in self.signatures.items()
            if signature.inputs
        }
        self._warm_up(folder / WARMUP_RECORDS)

    def _callable(self, signature: Any) -> Any:
        options = config_pb2.CallableOptions(
            feed=[signature.inputs[key].name for key in sorted(signature.inputs)],
            fetch=[signature.outputs[key].name for key in sorted(signature.outputs)],
            run_options=self._run_options,
        )
        # The public ways hold inputs to their declared shapes; TensorFlow Serving, and
        # this call, let the graph decide.
        return self._session._make_callable_from_options(options)

    def _warm_up(self, records: Path) -> None:
        """Answer the requests recorded in the model, so that no caller waits."""
        if not records.is_file():
            return
        for record in tf.data.TFRecordDataset(str(records)).as_numpy_iterator():
            entry = PredictionLog.FromString(record)
            if not entry.HasField("predict_log"):
                continue
            request = entry.predict_log.request
            name = request.model_spec.signature_name or protocol.DEFAULT_SIGNATURE
            inputs = {key: to_array(value) for key, value in request.inputs.items()}
            arrays = [inputs[key] for key in self.input_types(name)]
            # The first may take too long: that is why it comes before the callers.
            with suppress(tf.errors.DeadlineExceededError):
                self._calls[name](*arrays)

    def input_types(self, name: str) -> dict[str, str]:
        """Return the signature's inputs, each with the name of its data type."""
        if name not in self.signatures:
            raise RequestError(
                f'Serving signature name: "{name}" not found in signature def'
            )
        if name not in self._calls:
            raise RequestError(f"Failed to get input map for signature: {name}")
        inputs = self.signatures[name].inputs
        return {key: tf.as_dtype(inputs[key].dtype).name for key in sorted(inputs)}

    def predict(
        self, name: str, inputs: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[Any]]:
        """Return a signature's outputs by name."""
        try:
            values = self._calls[name](*(inputs[key] for key in sorted(inputs)))
        except tf.errors.OpError as error:
            status = HTTP_STATUS.get(error.error_code, 500)
            raise RequestError(error.message, status) from error
        arrays = [np.array(v, object) if isinstance(v, bytes) else v for v in values]
        return dict(zip(sorted(self.signatures[name].outputs), arrays, strict=True))


class State(NamedTuple):
    """What the status of a version says."""

    state: str
    error_code: str = "OK"
    error_message: str = ""


class Model:
    """A folder of versions; the name of each is a number."""

    def __init__(self, timeout_ms: int) -> None:
        """Begin with nothing; `refresh` loads what the configuration names."""
        self._timeout_ms = timeout_ms
        self.config: Any = None
        self.states: dict[int, State] = {}
        self.loaded: dict[int, Version] = {}
        self._broken: dict[int, object] = {}
        self._ignored: set[Path] = set()

    def refresh(self) -> None:
        """Load what appeared; then drop what is not wanted any more.

        In this order, and only once something else is available: whatever happens on
        disk, a model that was served stays served.
        """
        folder = Path(self.config.base_path)
        paths = version_paths(folder)
        self._report_others(folder, paths.values())
        wanted = _choose(self.config.model_version_policy, set(paths))
        for number in sorted(wanted - self.loaded.keys()):
            self._try_to_load(number, paths[number])
        if wanted & self.loaded.keys():
            for number in self.loaded.keys() - wanted:
                self.loaded = {n: v for n, v in self.loaded.items() if n != number}
                self.states[number] = State("END")
                log.info("%s/%s is no longer served", folder, number)

    def _report_others(self, folder: Path, versions: Iterable[Path]) -> None:
        for path in {*folder.glob("*/")} - {*versions} - self._ignored:
            self._ignored.add(path)
            if not path.name.startswith("."):  # which is an export in progress
                log.warning("%s is ignored: a version is a number, each once", path)

    def _try_to_load(self, number: int, folder: Path) -> None:
        contents, known = _contents(folder), self._broken.get(number)
        if known == contents:
            return  # as broken as it was a second ago
        if known is not None and not (folder / GRAPH_FILE).is_file():
            return  # still incomplete, or being deleted
        self._broken[number] = contents
        self.states[number] = State("LOADING")
        try:
            version = Version(number, folder, self._timeout_ms)
        except Exception as error:  # a broken model can raise nearly anything
            self.states[number] = _failure(folder, error)
            reason = " ".join(self.states[number].error_message.split())
            log.error("%s is not served: %s", folder, reason)
            return
        del self._broken[number]
        self.loaded = {**self.loaded, number: version}
        self.states[number] = State("AVAILABLE")
        log.info("%s is served", folder)


def _choose(policy: Any, numbers: set[int]) -> set[int]:
    """Return the versions to serve of those there are."""
    if policy.HasField("all"):
        return numbers
    if policy.HasField("specific"):
        return numbers & set(policy.specific.versions)
    return set(sorted(numbers)[-max(1, policy.latest.num_versions) :])


def _contents(folder: Path) -> object:
    """Return something that changes when a file does."""
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return [(path, path.stat().st_mtime_ns) for path in files]
    except OSError as error:  # a file may vanish, or be somebody else's
        return str(error)


def _failure(folder: Path, error: Exception) -> State:
    """Return the state that says why a version cannot be served."""
    if isinstance(error, tf.errors.OpError):
        code = error_codes_pb2.Code.Name(error.error_code)
        return State("END", code, error.message)
    if isinstance(error, OSError) and "does not exist" in str(error):
        message = (
            "Specified file path does not appear to contain a SavedModel bundle "
            f"(should have a file called `{GRAPH_FILE}`)\nSpecified file path: {folder}"
        )
        return State("END", "NOT_FOUND", message)
    if isinstance(error, OSError):
        message = f"Can't parse {folder / GRAPH_FILE} as binary proto"
        return State("END", "DATA_LOSS", message)
    no_graph = "MetaGraphDef associated with tags" in str(error)
    code = "NOT_FOUND" if no_graph else "UNKNOWN"
    return State("END", code, f"{type(error).__name__}: {error}")


class Models:
    """All models that a configuration file names, kept up to date with it."""

    def __init__(self, config: Path, timeout_ms: int) -> None:
        """Load every model; raises ConfigError or OSError if the file is no use."""
        self._file = config
        self._timeout_ms = timeout_ms
        self._read_at = -1
        self._models: dict[str, Model] = {}
        self._refresh()

    def _refresh(self) -> None:
        modified = self._file.stat().st_mtime_ns
        if modified != self._read_at:
            config = read_config(self._file, ModelServerConfig)
            models = {}
            for item in config.model_config_list.config:
                model = self._models.get(item.name, Model(self._timeout_ms))
                model.config = item
                models[item.name] = model
            self._models = models
            self._read_at = modified
        for model in self._models.values():
            try:
                model.refresh()
            except Exception as error:  # whatever it is, the others are served
                log.error("%s stays as it was: %r", model.config.base_path, error)

    def watch(self) -> None:
        """Follow the file and the folders, in a thread that ends with the process."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(POLL_SECONDS):
            try:
                self._refresh()
            except Exception as error:  # nothing may end the watch
                log.error("the configuration stays as it was: %s", error)

    def find(self, name: str, number: int | None, label: str | None) -> Version:
        """Return the version asked for, or the newest; raises RequestError."""
        model = self._models.get(name)
        if label is not None:
            labels = model.config.version_labels if model else {}
            if label not in labels:
                raise RequestError(f"Unrecognized servable version label: {label}")
            number = labels[label]
        loaded = model.loaded if model else {}
        wanted = max(loaded, default=None) if number is None else number
        if wanted not in loaded:
            which = "Latest({})" if number is None else "Specific({}, {})"
            message = f"Servable not found for request: {which.format(name, number)}"
            raise RequestError(message, 404)
        return loaded[wanted]

    def states(self, name: str, number: int | None) -> dict[int, State]:
        """Return what is known of one version or of all, the newest first."""
        model = self._models.get(name)
        states = dict(model.states) if model else {}
        if number is not None:
            if number not in states:
                message = f"Could not find version {number} of model {name}"
                raise RequestError(message, 404)
            return {number: states[number]}
        if not states:
            raise RequestError(f"Could not find any versions of model {name}", 404)
        return dict(sorted(states.items(), reverse=True))
