"""Time and memory that training on a folder of pictures takes, by how many there are.

    python benchmarks/pictures.py PYTHON FRAMEWORK TARGET COUNT...

PYTHON is an interpreter with what the project's training needs, such as that of an
earlier `dlscaffold smoke`. For each COUNT, makes so many JPEG files of 64x64 pixels in
a temporary folder, generates a project for them, and trains it for one epoch and for
two. Prints a line of JSON for each: seconds of an epoch and of the rest (reading and
checking the files, learning how to prepare them, the reports), and the peak memory.
Time should grow linearly with the count, and memory should not.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw

CLASSES = ("ellipse", "rectangle")
SIDE = 64  # pixels
NAME = "pictures"


def write(folder: Path, count: int) -> None:
    """Write pictures of coloured shapes on noise, half of them of each class."""
    pick = random.Random(0)  # noqa: S311
    grounds = [Image.effect_noise((SIDE, SIDE), 60).convert("RGB") for _ in range(16)]
    for number in range(count):
        kind = CLASSES[number % 2]
        picture = pick.choice(grounds).copy()
        left, top, width, height = (pick.randint(10, 30) for _ in range(4))
        colour = tuple(pick.randint(120, 255) for _ in range(3))
        draw = getattr(ImageDraw.Draw(picture), kind)
        draw([left, top, left + width, top + height], fill=colour)
        (folder / kind).mkdir(exist_ok=True)
        picture.save(folder / kind / f"{number:06}.jpg", quality=90)


def generate(folder: Path, data: Path, framework: str, target: str) -> Path:
    """Return the folder of a project for pictures."""
    words = ["new", NAME, "-f", framework, "-t", target, "--task", "images", "--yes"]
    command = [sys.executable, "-m", "dlscaffold", *words, "--data", str(data)]
    subprocess.run([*command, "-o", str(folder)], check=True, capture_output=True)
    return folder / NAME


def train(python: str, project: Path, epochs: int) -> tuple[float, float]:
    """Return the seconds and the peak memory in megabytes that training takes."""
    command = [python, "-m", f"{NAME}.train", "--epochs", str(epochs)]
    start = time.monotonic()
    log = project / "train.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=project, stdout=file, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: training failed:\n{log.read_text('utf-8', 'replace')}")
    return time.monotonic() - start, usage.ru_maxrss / 1000


def measure(python: str, framework: str, target: str, count: int) -> dict[str, object]:
    """Return what training on so many pictures takes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = folder / "data"
        data.mkdir()
        write(data, count)
        project = generate(folder, data, framework, target)
        one, _ = train(python, project, 1)
        two, memory = train(python, project, 2)
    return {
        "framework": framework,
        "target": target,
        "pictures": count,
        "epoch_seconds": round(two - one, 1),
        "other_seconds": round(2 * one - two, 1),
        "peak_megabytes": round(memory),
    }


def main() -> None:
    """Measure each count and print it."""
    python, framework, target, *counts = sys.argv[1:]
    for count in map(int, counts):
        print(json.dumps(measure(python, framework, target, count)), flush=True)


if __name__ == "__main__":
    main()
