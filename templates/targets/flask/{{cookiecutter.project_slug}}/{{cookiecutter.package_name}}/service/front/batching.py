"""Runs predictions from the event loop: what has arrived together runs together.

Nothing ever waits for a batch to fill. A request that comes alone runs alone; those
that arrive while the service is busy share the next run of the model. Whether sharing
pays, and whether a run is short enough for the event loop, depends on the model: it is
measured when the model is loaded.
"""

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import numpy as np

from ...contract import FREE, Tensors
from .. import metrics
from ..predictor import Predictor

# For less than this, handing a run to another thread and back is not worth it.
SHORT_SECONDS = 0.0005
# So many examples run together at most, if that saves so much of their time.
BATCH = 16
WORTHWHILE_SAVING = 0.2
# A request with more examples runs in a thread: others are answered meanwhile.
MANY = 64


class BusyError(Exception):
    """The service cannot take the request now; the client may try again."""


class Runner(Protocol):
    """A way to run predictions from the event loop."""

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for one request; raise BusyError if there is no time."""


def choose(predictor: Predictor, seconds: float) -> Runner:
    """Return the way that suits the model, by measuring it on its golden examples.

    A request waits for so many seconds at most.
    """
    shareable = predictor.signature.batch == FREE
    examples = 1 if shareable else None
    if shareable and saves(predictor):
        examples = BATCH
    queue = Queue(examples or 1)
    if predictor.seconds(examples) < SHORT_SECONDS:
        return InLoop(predictor, queue)
    return InThread(predictor, queue, seconds)


def saves(predictor: Predictor) -> bool:
    """Say whether a batch takes enough less than its examples one by one.

    Less processor time: on a busy machine, time on the clock is no measure. Or less
    time on the clock: several threads share a batch better than one example.
    """
    for clock in (time.process_time, time.perf_counter):
        together = predictor.seconds(BATCH, clock) / BATCH
        if together < predictor.seconds(1, clock) * (1 - WORTHWHILE_SAVING):
            return True
    return False


class Waiting(NamedTuple):
    """A request's inputs, and where its outputs go."""

    inputs: Tensors
    outputs: asyncio.Future[Tensors]
    examples: int
    group: object  # requests of equal groups can run together


class Queue:
    """The requests that wait for the model."""

    def __init__(self, limit: int) -> None:
        """Remember how many examples may run together."""
        self._limit = limit
        self._waiting: deque[Waiting] = deque()

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._waiting)

    def add(self, inputs: Tensors) -> asyncio.Future[Tensors]:
        """Add a request, and return where its outputs will be."""
        outputs = asyncio.get_running_loop().create_future()
        group = [tensor.shape[1:] for tensor in inputs.values()]
        self._waiting.append(Waiting(inputs, outputs, count(inputs), group))
        return outputs

    def take(self) -> list[Waiting]:
        """Remove and return the requests of the next run, at least one if any waits."""
        batch: list[Waiting] = []
        examples = 0
        while self._waiting:
            waiting = self._waiting[0]
            examples += waiting.examples
            if batch and (examples > self._limit or waiting.group != batch[0].group):
                break
            self._waiting.popleft()
            if not waiting.outputs.done():  # its time may be up
                batch.append(waiting)
        return batch

    def fail(self, batch: list[Waiting], error: Exception) -> None:
        """Tell the request that its run has failed.

        Those that have shared it run again, each apart: one can have spoilt it for all.
        """
        if len(batch) > 1:
            apart = [waiting._replace(group=object()) for waiting in batch]
            self._waiting.extendleft(reversed(apart))
        elif not batch[0].outputs.done():
            batch[0].outputs.set_exception(error)


class InLoop:
    """Runs the model in the event loop, once all that has arrived is read."""

    def __init__(self, predictor: Predictor, queue: Queue) -> None:
        """Remember the model and the queue."""
        self._predictor = predictor
        self._queue = queue
        self._thread = ThreadPoolExecutor(1, "predict")

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for one request."""
        loop = asyncio.get_running_loop()
        if (examples := count(inputs)) > MANY:
            metrics.BATCH_SIZE.observe(examples)
            run = self._predictor.predict
            return await loop.run_in_executor(self._thread, run, inputs)
        if not self._queue:
            loop.call_soon(self._run)
        return await self._queue.add(inputs)

    def _run(self) -> None:
        while batch := self._queue.take():
            try:
                give(batch, self._predictor.predict(join(batch)))
            except Exception as error:  # whatever the runtime raises
                self._queue.fail(batch, error)


class InThread:
    """Runs the model in a thread, so that others are read and refused meanwhile."""

    def __init__(self, predictor: Predictor, queue: Queue, seconds: float) -> None:
        """Remember the model, the queue, and how long a request may wait in it."""
        self._predictor = predictor
        self._queue = queue
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, "predict")
        self._task: asyncio.Task[None] | None = None

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for one request; raise BusyError if there is no time."""
        outputs = self._queue.add(inputs)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._seconds):
                return await outputs
        except TimeoutError as error:
            raise BusyError("The model had no time; try again in a second.") from error

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._queue.take():
            try:
                outputs = await loop.run_in_executor(
                    self._thread, self._predictor.predict, join(batch)
                )
                give(batch, outputs)
            except Exception as error:  # whatever the runtime raises
                self._queue.fail(batch, error)


def count(inputs: Tensors) -> int:
    """Return how many examples there are: what the first input's first axis holds."""
    shape = next(iter(inputs.values())).shape
    return shape[0] if shape else 1


def join(batch: list[Waiting]) -> Tensors:
    """Return one set of inputs for all requests."""
    if len(batch) == 1:
        return batch[0].inputs
    return {
        name: np.concatenate([waiting.inputs[name] for waiting in batch])
        for name in batch[0].inputs
    }


def give(batch: list[Waiting], outputs: Tensors) -> None:
    """Give each request its share of the outputs."""
    metrics.BATCH_SIZE.observe(sum(waiting.examples for waiting in batch))
    if len(batch) == 1:
        if not batch[0].outputs.done():
            batch[0].outputs.set_result(outputs)
        return
    start = 0
    for waiting in batch:
        stop = start + waiting.examples
        if not waiting.outputs.done():
            share = {name: tensor[start:stop] for name, tensor in outputs.items()}
            waiting.outputs.set_result(share)
        start = stop
