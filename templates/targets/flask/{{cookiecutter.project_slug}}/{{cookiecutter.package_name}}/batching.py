"""Where and how predictions run: at once, in a thread, or several requests together.

What is best depends on the model, so it is measured when the model is loaded.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import numpy as np

from . import metrics
from .contract import Tensors
from .predictor import Predictor

# A shorter prediction costs less than handing it to another thread and back.
INLINE_SECONDS = 0.001
# Batches of this size must save at least this share of the time of single examples.
BATCH = 8
WORTHWHILE_SAVING = 0.2


class BusyError(Exception):
    """The service cannot take the request now; the client may try again."""


class Runner(Protocol):
    """A way to run predictions from the event loop."""

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for the inputs of one request."""


def choose(predictor: Predictor, seconds: float) -> Runner:
    """Return the way that suits the model, by measuring it on its golden examples.

    A request that has to wait for the model waits for so many seconds at most.
    """
    single = predictor.seconds(1)
    if single < INLINE_SECONDS:
        return Inline(predictor)
    pays = predictor.seconds(BATCH) < BATCH * single * (1 - WORTHWHILE_SAVING)
    return Batcher(predictor, BATCH if pays else 1, seconds)


class Inline:
    """Predict at once, in the event loop: for models that take microseconds."""

    def __init__(self, predictor: Predictor) -> None:
        """Remember the model."""
        self._predictor = predictor

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for the inputs of one request."""
        metrics.BATCH_SIZE.observe(batch_size(inputs))
        return self._predictor.predict(inputs)


class Waiting(NamedTuple):
    """A request's inputs, and where its outputs go."""

    inputs: Tensors
    outputs: asyncio.Future[Tensors]


class Batcher:
    """Predict in a thread; what arrives meanwhile goes together into the next batch.

    Nothing ever waits for a batch to fill: a request that comes alone runs alone.
    """

    def __init__(self, predictor: Predictor, limit: int, seconds: float) -> None:
        """Remember the most examples for one batch, and how long a request may wait."""
        self.limit = limit
        self._seconds = seconds
        self._predictor = predictor
        self._waiting: deque[Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "predict")
        self._task: asyncio.Task[None] | None = None

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for the inputs of one request.

        Raises BusyError if the model has no time for them.
        """
        waiting = Waiting(inputs, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._seconds):
                return await waiting.outputs
        except TimeoutError as error:
            raise BusyError("The model had no time; try again in a second.") from error

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._take():
            inputs = join([waiting.inputs for waiting in batch])
            metrics.BATCH_SIZE.observe(batch_size(inputs))
            try:
                outputs = await loop.run_in_executor(
                    self._thread, self._predictor.predict, inputs
                )
            except Exception as error:  # whatever the runtime raises is the requests'
                for waiting in batch:
                    waiting.outputs.set_exception(error)
                continue
            for waiting, part in zip(batch, split(outputs, batch), strict=True):
                if not waiting.outputs.done():
                    waiting.outputs.set_result(part)

    def _take(self) -> list[Waiting]:
        """Return the requests for the next batch, at least one if any waits."""
        batch: list[Waiting] = []
        size = 0
        while self._waiting:
            size += batch_size(self._waiting[0].inputs)
            if batch and size > self.limit:
                break
            waiting = self._waiting.popleft()
            if not waiting.outputs.done():  # its client's time was not up meanwhile
                batch.append(waiting)
        return batch


def batch_size(inputs: Tensors) -> int:
    """Return the number of examples."""
    return len(next(iter(inputs.values())))


def join(requests: list[Tensors]) -> Tensors:
    """Return one set of inputs for several requests."""
    if len(requests) == 1:
        return requests[0]
    names = requests[0]
    return {
        name: np.concatenate([inputs[name] for inputs in requests]) for name in names
    }


def split(outputs: Tensors, batch: list[Waiting]) -> Iterator[Tensors]:
    """Yield each request's share of the outputs."""
    start = 0
    for waiting in batch:
        stop = start + batch_size(waiting.inputs)
        yield {name: tensor[start:stop] for name, tensor in outputs.items()}
        start = stop
