"""A SavedModel, loaded as TensorFlow Serving loads it: by graph and session."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from numpy.typing import NDArray
from tensorflow.core.protobuf import config_pb2

from ...contract import TensorSpec
from ..messages import WARMUP_RECORDS, PredictionLog
from ..protocol import SIGNATURE_NAME, RequestError
from ..tensors import to_arrays

HTTP_STATUS = {
    tf.errors.INTERNAL: 500,
    tf.errors.UNIMPLEMENTED: 501,
    tf.errors.DEADLINE_EXCEEDED: 504,
}


class SavedModel:
    """A SavedModel in a session of its own, which closes after its last request."""

    def __init__(self, folder: Path, timeout_ms: int) -> None:
        """Load the model and answer its warm-up requests, each within the time."""
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        meta_graph = tf.compat.v1.saved_model.load(
            self._session, [tf.saved_model.SERVING], str(folder)
        )
        self.signatures = dict(meta_graph.signature_def)
        options = config_pb2.RunOptions(timeout_in_ms=timeout_ms)
        self._calls = {
            name: self._callable(signature, options)
            for name, signature in self.signatures.items()
            if signature.inputs
        }
        if (records := folder / WARMUP_RECORDS).is_file():
            self._warm_up(records)

    def _callable(self, signature: Any, options: Any) -> Any:
        inputs, outputs = signature.inputs, signature.outputs
        # The public ways hold inputs to their declared shapes; TensorFlow Serving, and
        # this call, let the graph decide.
        return self._session._make_callable_from_options(
            config_pb2.CallableOptions(
                feed=[inputs[key].name for key in sorted(inputs)],
                fetch=[outputs[key].name for key in sorted(outputs)],
                run_options=options,
            )
        )

    def _warm_up(self, records: Path) -> None:
        for record in tf.data.TFRecordDataset(str(records)).as_numpy_iterator():
            request = PredictionLog.FromString(record).predict_log.request
            name = request.model_spec.signature_name or SIGNATURE_NAME
            with suppress(RequestError):  # as a client would get it
                self.predict(name, to_arrays(request.inputs))

    def inputs(self, signature: str) -> dict[str, TensorSpec]:
        """Return the inputs of a signature; raise RequestError if there are none."""
        if signature not in self._calls:
            raise RequestError(f"The model has no signature {signature!r} with inputs.")
        inputs = self.signatures[signature].inputs
        return {key: _spec(inputs[key]) for key in sorted(inputs)}

    def predict(
        self, signature: str, inputs: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[Any]]:
        """Return the outputs; raise RequestError if the computation fails."""
        try:
            values = self._calls[signature](*(inputs[key] for key in sorted(inputs)))
        except tf.errors.OpError as error:
            status = HTTP_STATUS.get(error.error_code, 400)
            raise RequestError(error.message, status) from error
        arrays = [np.array(v, object) if isinstance(v, bytes) else v for v in values]
        names = sorted(self.signatures[signature].outputs)
        return dict(zip(names, arrays, strict=True))

    def describe(self) -> dict[str, Any]:
        """Return the definition of each signature, as the API has it in JSON."""
        return {
            name: json_format.MessageToDict(
                signature,
                preserving_proto_field_name=True,
                always_print_fields_with_no_presence=True,
            )
            for name, signature in self.signatures.items()
        }


def _spec(info: Any) -> TensorSpec:
    return TensorSpec(np.dtype(tf.as_dtype(info.dtype).as_numpy_dtype).name, ())
