"""A SavedModel, loaded as TensorFlow Serving loads it: by graph and session."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from numpy.typing import NDArray
from tensorflow.core.protobuf import config_pb2

from ...contract import TensorSpec
from ..payloads import SIGNATURE_NAME, RequestError

HTTP_STATUS = {tf.errors.UNIMPLEMENTED: 501, tf.errors.DEADLINE_EXCEEDED: 504}


class Signature:
    """One signature of a loaded model."""

    def __init__(self, definition: Any, session: Any, timeout_ms: int) -> None:
        """Prepare to compute the outputs within so many milliseconds."""
        inputs, outputs = definition.inputs, definition.outputs
        self.inputs = {key: _spec(inputs[key]) for key in sorted(inputs)}
        self._outputs = sorted(outputs)
        options = config_pb2.CallableOptions(
            feed=[inputs[key].name for key in self.inputs],
            fetch=[outputs[key].name for key in self._outputs],
            run_options=config_pb2.RunOptions(timeout_in_ms=timeout_ms),
        )
        # The public ways hold inputs to their declared shapes; TensorFlow Serving, and
        # this call, let the graph decide.
        self._call = session._make_callable_from_options(options)

    def predict(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs; raise RequestError if the computation fails."""
        try:
            values = self._call(*(inputs[key] for key in self.inputs))
        except tf.errors.OpError as error:
            status = HTTP_STATUS.get(error.error_code, 400)
            raise RequestError(error.message, status) from error
        arrays = [np.array(v, object) if isinstance(v, bytes) else v for v in values]
        return dict(zip(self._outputs, arrays, strict=True))


class SavedModel:
    """A SavedModel in a session of its own, which closes after its last request."""

    def __init__(self, folder: Path, timeout_ms: int) -> None:
        """Load the model; raise whatever TensorFlow raises if it is broken."""
        session = tf.compat.v1.Session(graph=tf.Graph())
        tags = [tf.saved_model.SERVING]
        loaded = tf.compat.v1.saved_model.load(session, tags, str(folder))
        self.version = folder.name.lstrip("0") or "0"
        self.definitions = dict(loaded.signature_def)
        self._signatures = {
            name: Signature(definition, session, timeout_ms)
            for name, definition in self.definitions.items()
            if definition.inputs
        }

    def signature(self, name: object) -> Signature:
        """Return the signature of a name, or the default one if it is empty."""
        found = self._signatures.get(str(name) or SIGNATURE_NAME)
        if not found:
            raise RequestError(f"The model has no signature {name!r} with inputs.")
        return found

    def describe(self) -> dict[str, Any]:
        """Return the definition of each signature, as the API has it in JSON."""
        return {
            name: json_format.MessageToDict(
                definition,
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=True,
            )
            for name, definition in self.definitions.items()
        }


def _spec(info: Any) -> TensorSpec:
    return TensorSpec(np.dtype(tf.as_dtype(info.dtype).as_numpy_dtype).name, ())
