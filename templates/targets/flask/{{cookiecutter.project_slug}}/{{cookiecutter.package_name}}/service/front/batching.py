"""Runs predictions from the event loop: what has arrived together runs together.

No request waits for a batch to fill. One that comes alone runs alone; those that
arrive while the service is busy share the next run of the model. Whether sharing pays,
and whether a run is short enough for the event loop, depends on the model: it is
measured when the model is loaded.
"""

import asyncio
import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from ...contract import FREE, Tensors
from .. import metrics
from ..predictor import Predictor
from .limits import BusyError

# For less than this, handing a run to another thread and back is not worth it.
SHORT_SECONDS = 0.0005
# So many examples run together at most, if that saves so much of their time.
BATCH = 16
WORTHWHILE_SAVING = 0.2
# A request with more examples runs in a thread: others are answered meanwhile.
MANY = 64

log = logging.getLogger(__name__)


def choose(predictor: Predictor, seconds: float) -> "InLoop | InThread":
    """Return the way that suits the model, by measuring it on its golden examples.

    A request waits for so many seconds at most.
    """
    shareable = predictor.signature.batch == FREE
    examples = 1 if shareable else None
    if shareable and saves(predictor):
        examples = BATCH
    if predictor.seconds(examples) < SHORT_SECONDS:
        return InLoop(predictor, examples or 1)
    return InThread(predictor, examples or 1, seconds)


def saves(predictor: Predictor) -> bool:
    """Return whether a batch takes enough less time than its examples one by one.

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


class Batcher:
    """The requests that wait for the model, and how they share its runs."""

    def __init__(self, predictor: Predictor, limit: int) -> None:
        """Set the model, and how many examples may run together."""
        self.limit = limit
        self._run_model = predictor.predict
        self._waiting: deque[Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "predict")

    def add(self, inputs: Tensors) -> asyncio.Future[Tensors]:
        """Add a request, and return the future of its outputs."""
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
            if batch and (examples > self.limit or waiting.group != batch[0].group):
                break
            self._waiting.popleft()
            if not waiting.outputs.done():  # its time may be up
                batch.append(waiting)
        return batch

    def finish(self, batch: list[Waiting], outputs: Tensors) -> None:
        """Give each request the outputs for its own examples."""
        examples = sum(waiting.examples for waiting in batch)
        metrics.BATCH_SIZE.observe(examples)
        if len(batch) == 1:
            resolve(batch[0], outputs)
        elif any(tensor.shape[:1] != (examples,) for tensor in outputs.values()):
            self._stop_sharing()
            self._run_apart(batch)
        else:
            start = 0
            for waiting in batch:
                rows = slice(start, start + waiting.examples)
                resolve(waiting, {name: all_[rows] for name, all_ in outputs.items()})
                start = rows.stop

    def fail(self, batch: list[Waiting], error: Exception) -> None:
        """Pass the error on; requests that shared the run each run again first."""
        if len(batch) > 1:
            self._run_apart(batch)
        elif not batch[0].outputs.done():
            batch[0].outputs.set_exception(error)

    def _run_apart(self, batch: list[Waiting]) -> None:
        apart = [waiting._replace(group=object()) for waiting in batch]
        self._waiting.extendleft(reversed(apart))

    def _stop_sharing(self) -> None:
        # Which rows belong to which request is unknown, now and for any other run.
        self.limit = 1
        metrics.UNSHARED.inc()
        log.warning("Requests run apart: outputs do not have one row per example.")


class InLoop(Batcher):
    """Runs the model in the event loop, once all that has arrived is read."""

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for one request."""
        loop = asyncio.get_running_loop()
        if (examples := count(inputs)) > MANY:
            metrics.BATCH_SIZE.observe(examples)
            return await loop.run_in_executor(self._thread, self._run_model, inputs)
        if not self._waiting:
            loop.call_soon(self._run)
        return await self.add(inputs)

    def _run(self) -> None:
        while batch := self.take():
            try:
                self.finish(batch, self._run_model(join(batch)))
            except Exception as error:  # whatever the runtime raises
                self.fail(batch, error)


class InThread(Batcher):
    """Runs the model in a thread, so that the event loop reads requests meanwhile."""

    def __init__(self, predictor: Predictor, limit: int, seconds: float) -> None:
        """Set also how long a request may wait."""
        super().__init__(predictor, limit)
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    async def predict(self, inputs: Tensors) -> Tensors:
        """Return the outputs for one request; raise BusyError if there is no time."""
        outputs = self.add(inputs)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(self._seconds):
                return await outputs
        except TimeoutError as error:
            raise BusyError("The model had no time; retry in a second.") from error

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self.take():
            try:
                outputs = await loop.run_in_executor(
                    self._thread, self._run_model, join(batch)
                )
                self.finish(batch, outputs)
            except Exception as error:  # whatever the runtime raises
                self.fail(batch, error)


def count(inputs: Tensors) -> int:
    """Return the number of examples: the size of the first input's first axis."""
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


def resolve(waiting: Waiting, outputs: Tensors) -> None:
    """Give a request its outputs, unless it waits no longer."""
    if not waiting.outputs.done():
        waiting.outputs.set_result(outputs)
