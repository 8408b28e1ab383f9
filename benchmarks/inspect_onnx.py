"""What `dlscaffold inspect` costs on a large ONNX file, beyond its imports.

    python benchmarks/inspect_onnx.py [--megabytes N] [--rounds N] [--json]

Each round times two whole processes in turn: one that imports what inspect imports and
describes nothing, and one that describes the file as well. Targets: less than a second
between them, and less than a fifth of the file in memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from model_files import message, onnx_value  # noqa: E402

LAYERS = 500  # a ResNet-152 has about as many nodes
MAIN = "from dlscaffold.cli import main; main()"
IMPORTS = """
from pathlib import Path
from dlscaffold.cli import main
from dlscaffold.commands import inspect as command
from dlscaffold.models.readers import onnx
"""
# The peak as Linux counts it; what `resource` says includes the parent's.
MEASURE = """
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

before = peak()
print(command.describe(Path({path!r})).parameters)
print((peak() - before) * 1024)
"""


@dataclass(frozen=True)
class Outcome:
    """Medians of the rounds."""

    file_bytes: int
    parameters: int
    seconds: float
    import_seconds: float
    seconds_beyond_imports: float
    memory_bytes: int

    @property
    def reached(self) -> bool:
        """Whether both targets are reached."""
        small = self.memory_bytes < self.file_bytes / 5
        return self.seconds_beyond_imports < 1 and small


def main() -> None:
    """Measure and print; exit with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.onnx"
        file.write_bytes(large_model(options.megabytes))
        outcome = measure(file, options.rounds)
    for name, value in asdict(outcome).items():
        if not options.json:
            print(f"{name}: {value:,}")
    if options.json:
        print(json.dumps(asdict(outcome)))
    sys.exit(not outcome.reached)


def large_model(megabytes: int) -> bytes:
    """Return a chain of matrix products whose weights take so much."""
    elements = (megabytes << 20) // 4 // LAYERS
    weights, nodes = [], []
    for place in range(LAYERS):
        name = f"layer_{place}.weight"
        data = bytes([place % 256]) * (4 * elements)
        weights.append((5, message((1, elements), (2, 1), (8, name), (9, data))))
        inputs = ((1, f"x{place}"), (1, name), (2, f"x{place + 1}"))
        nodes.append((1, message(*inputs, (3, f"node_{place}"), (4, "MatMul"))))
    values = ((11, onnx_value("x0", "batch", 4)), (12, onnx_value(f"x{LAYERS}", 4)))
    graph = message(*nodes, (2, "graph"), *weights, *values)
    return message((1, 10), (2, "benchmark"), (7, graph), (8, message((2, 20))))


def measure(file: Path, rounds: int) -> Outcome:
    """Time both processes in turn, after one round that does not count."""
    inspect = [sys.executable, "-c", MAIN, "inspect", str(file), "--json"]
    imports = [sys.executable, "-c", IMPORTS]
    pairs = [(seconds(inspect), seconds(imports)) for _ in range(rounds + 1)][1:]
    code = IMPORTS + MEASURE.format(path=str(file))
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    parameters, memory = map(int, said.split())
    return Outcome(
        file_bytes=file.stat().st_size,
        parameters=parameters,
        seconds=statistics.median(whole for whole, _ in pairs),
        import_seconds=statistics.median(only for _, only in pairs),
        seconds_beyond_imports=statistics.median(whole - only for whole, only in pairs),
        memory_bytes=memory,
    )


def seconds(command: list[str]) -> float:
    """Return the wall time of a whole process."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
