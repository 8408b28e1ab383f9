"""Each task, from its sample and from data that nobody planned for, to green tests."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from conftest import TASK_CELLS
from dlscaffold.layers.catalog import Cell
from e2e.conftest import smoke_cell

pytestmark = pytest.mark.e2e

SAMPLES = [
    cell for cell in TASK_CELLS if not {"folder", "file"} & set(cell.name.split("-"))
]
# Of each task one project with each framework, and one with each server.
FIRST = {("keras", "flask"), ("pytorch", "flask"), ("tensorflow", "tensorflow-serving")}
PARAMETERS = [
    pytest.param(
        cell,
        id=cell.name,
        marks=[]
        if (cell.framework.name, cell.target.name) in FIRST
        else pytest.mark.more,
    )
    for cell in SAMPLES
]


@pytest.mark.parametrize("cell", PARAMETERS)
def test_a_sample_goes_from_nothing_to_green(cell: Cell, tmp_path: Path) -> None:
    smoked = smoke_cell(cell, tmp_path, None)
    log = Path(smoked.report["log"]).read_text("utf-8")
    assert smoked.report["ok"], log[-5000:]
    assert smoked.report["tests"]["passed"] > 10
    metrics = json.loads((smoked.path / "reports/metrics.json").read_text("utf-8"))
    assert metrics["score"] > metrics["baseline"] + 0.2


def seeded() -> random.Random:
    """Return a source of the same choices every time."""
    return random.Random(7)  # noqa: S311 - nothing secret


def draw(kind: str, path: Path, pick: random.Random) -> None:
    """Write a picture of a coloured shape, on a ground of another colour."""
    ground = tuple(pick.randint(0, 80) for _ in range(3))
    picture = Image.new("RGB", (pick.randint(50, 70), 60), ground)
    radius, x, y = pick.randint(10, 20), pick.randint(22, 32), pick.randint(24, 36)
    box = (x - radius, y - radius, x + radius, y + radius)
    colour = tuple(pick.randint(120, 255) for _ in range(3))
    pen = ImageDraw.Draw(picture)
    getattr(pen, kind)(box, fill=colour)
    picture.save(path)


def pictures(folder: Path) -> list[str]:
    """Write two classes of pictures, one of which cannot be read."""
    pick = seeded()
    for kind in ("ellipse", "rectangle"):
        (folder / kind).mkdir(parents=True)
        for number in range(150):
            draw(kind, folder / kind / f"{number}.png", pick)
    (folder / "ellipse" / "notes.png").write_text("no picture")
    return [str(folder)]


def german_table(folder: Path) -> list[str]:
    """Write numbers with decimal commas, categories, and values that are missing."""
    pick = seeded()
    file = folder / "häuser.csv"
    with file.open("w", newline="", encoding="latin-1") as out:
        rows = csv.writer(out, delimiter=";")
        rows.writerow(["Fläche", "Zimmer", "Bezirk", "Preis"])
        for _ in range(400):
            area, rooms = pick.uniform(30, 240), pick.randint(1, 8)
            where = pick.choice(["Köpenick", "Mitte", "Grünau"])
            price = 1800 * area + 9000 * rooms + 40000 * len(where)
            row = [f"{area:.1f}".replace(".", ","), rooms, where]
            row = ["" if pick.random() < 0.05 else value for value in row]
            rows.writerow([*row, round(price)])
    return [str(file), "--label", "Preis"]


def texts(folder: Path) -> list[str]:
    """Write texts with accents and emoji; some are empty, and one is very long."""
    pick = seeded()
    kinds = {
        "good": ["très bon séjour", "lovely staff 😀", "sehr schön", "great coffee ☕"],
        "bad": [
            "trop bruyant 😡",
            "never again",
            "kalt und schmutzig",
            "broken shower",
        ],
    }
    file = folder / "reviews.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        rows = csv.writer(out)
        rows.writerow(["text", "label"])
        for _ in range(300):
            label = pick.choice(list(kinds))
            rows.writerow([", ".join(pick.sample(kinds[label], 2)), label])
        rows.writerows([["", "bad"], ["good " * 20000, "good"]])
    return [str(file), "--label", "label", "--task", "text"]


@pytest.mark.parametrize(
    ("write", "framework", "target", "least"),
    [
        (pictures, "keras", "flask", 0.8),
        (german_table, "pytorch", "flask", 0.8),
        (texts, "tensorflow", "tensorflow-serving", 0.9),
    ],
)
def test_data_of_one_s_own_needs_no_line_of_code(
    tmp_path: Path, write: Any, framework: str, target: str, least: float
) -> None:
    """From `new --data` to green smoke tests, and far better than the baseline."""
    (tmp_path / "theirs").mkdir()
    words = ["new", "own", "--data", *write(tmp_path / "theirs")]
    words += ["-f", framework, "-t", target, "-o", str(tmp_path), "--smoke", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "dlscaffold", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["smoke"]["ok"]
    metrics = json.loads((tmp_path / "own/reports/metrics.json").read_text("utf-8"))
    assert metrics["score"] >= least
    assert metrics["baseline"] < 0.7
