"""The phone projects' Kotlin: compiled, and its preprocessing run beside Python's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import MOBILE, cells_with_app
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from e2e.conftest import Smoked

pytestmark = pytest.mark.e2e

# Signatures of what the apps use of Android's and the runtimes' public API.
ANDROID_API = Path(__file__).parents[1] / "android_api"
# Android's own org.json; Debian: libandroid-json-java.
JSON = Path("/usr/share/java/com.android.json.jar")
# The Kotlin that version 9.3 of the Android plugin brings compiles 2.2 and newer.
KOTLIN = "2.2"

REPLAY = """
import com.example.digits.Signature
import java.io.File
import org.json.JSONArray

fun main(arguments: Array<String>) {
    val preprocessing = Signature.read(File(arguments[0])).preprocessing
    val pictures = JSONArray(File(arguments[0], "pictures.json").readText())
    for (index in 0 until pictures.length()) {
        val picture = pictures.getJSONObject(index)
        val pixels = picture.getJSONArray("pixels")
        val values = IntArray(pixels.length()) { pixels.getInt(it) }
        val input = preprocessing.toInput(values, picture.getInt("width"))
        println(input.joinToString(" "))
    }
}
"""

# Run by the project's interpreter: random pictures out, and Python's inputs for them.
PICTURES = """
import json, sys
from pathlib import Path
import numpy as np
from {package}.contract import Signature
from {package}.prepare import to_input
folder = Path(sys.argv[1])
how = Signature.read(folder).task.preprocessing
random = np.random.default_rng(7)
sizes = [(8, 8), (64, 64), (3, 5), (29, 31), (200, 7), (1, 1)]
pictures = [random.integers(0, 256, size) for size in sizes]
fields = [{{"width": p.shape[1], "pixels": p.ravel().tolist()}} for p in pictures]
(folder / "pictures.json").write_text(json.dumps(fields))
print(json.dumps([to_input(p, how).ravel().tolist() for p in pictures]))
"""


# A network of about a million weights, in each framework, as `module`.
WIDE = {
    "pytorch": """
from torch import nn
module = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 1024), nn.ReLU(), nn.Linear(1024, 900), nn.ReLU(),
    nn.Linear(900, 10),
)
""",
    "keras": """
import keras
image = keras.Input((8, 8), name="image")
hidden = keras.layers.Flatten()(image)
hidden = keras.layers.Dense(1024, "relu")(hidden)
hidden = keras.layers.Dense(900, "relu")(hidden)
probabilities = keras.layers.Dense(10, "softmax")(hidden)
module = keras.Model({"image": image}, {"probabilities": probabilities})
""",
    "tensorflow": """
import tensorflow as tf
class Wide(tf.Module):
    def __init__(self):
        sizes = [(64, 1024), (1024, 900), (900, 10)]
        self.layers = [tf.Variable(tf.random.normal(s, stddev=0.03)) for s in sizes]
    def __call__(self, inputs):
        first, second, last = self.layers
        flat = tf.reshape(inputs["image"], (-1, 64))
        return tf.nn.relu(tf.nn.relu(flat @ first) @ second) @ last
module = Wide()
""",
}

SIZES = """
import dataclasses, sys
from pathlib import Path
from {package} import data
from {package}.contract import convert, examples
from {package}.contract.trained import Trained
from {package}.prepare import prepare
from {package}.settings import MODELS
folder = Path(sys.argv[1])
network = dataclasses.replace(examples.load(), module=module)
how = Trained.read(MODELS).task.preprocessing
calibration = prepare(data.load().train.take(slice(0, 64)).raw, how)
convert.write_artifact(network, folder / "exact")
convert.write_quantized(network, folder / "int8", calibration)
print(*[(folder / name).stat().st_size for name in ("exact", "int8")])
"""


@dataclass(frozen=True)
class Kotlin:
    """A Kotlin compiler, and the library that its programs need."""

    command: list[str]
    library: Path

    def compile(self, sources: list[Path], classpath: list[Path], output: Path) -> str:
        """Compile into a folder of classes; return what the compiler complained of."""
        paths = ":".join(str(path) for path in [self.library, *classpath])
        done = subprocess.run(
            [
                *self.command,
                *("-no-stdlib", "-no-reflect", "-language-version", KOTLIN),
                *("-classpath", paths, "-d", str(output)),
                *map(str, sources),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        complaints = re.findall(
            r"^\S+: (?:error|warning): .*", done.stderr, re.MULTILINE
        )
        assert done.returncode == 0 or complaints, done.stderr
        return "\n".join(complaints)


@pytest.fixture(scope="session")
def kotlin() -> Kotlin:
    """The compiler inside PyPI's kotlin-jupyter-kernel, a current one."""
    if shutil.which("java") is None:
        pytest.skip("no Java: apt-get install default-jre-headless")
    kernel = Path(sys.prefix) / "lib" / f"python3.{sys.version_info[1]}"
    jars = kernel / "site-packages/run_kotlin_kernel/jars"
    libraries = sorted(jars.glob("kotlin-stdlib-*.jar"))
    if not libraries:
        pytest.skip("no Kotlin compiler: pip install kotlin-jupyter-kernel")
    compiler = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"
    return Kotlin(["java", "-cp", f"{jars}/*", compiler], libraries[0])


@pytest.fixture(scope="session")
def android_json() -> Path:
    """Android's implementation of org.json."""
    if not JSON.exists():
        pytest.skip("no org.json: apt-get install libandroid-json-java")
    return JSON


APPS = cells_with_app("android")


def sources(cell: Cell, folder: Path) -> Path:
    """Return the Android sources of one cell, generated in the folder."""
    answers = project.Answers(names.derive("digits"), cell, "MIT")
    return project.generate(answers, folder) / "android/app/src"


@pytest.fixture
def app(cell: Cell, tmp_path: Path) -> Path:
    """The Android sources of one cell."""
    return sources(cell, tmp_path)


def resource_class(app: Path, folder: Path) -> Path:
    """Write the class R that Android's tools would generate, and return its file."""
    texts = "".join(file.read_text() for file in app.rglob("*.xml"))
    ids = set(re.findall(r'@\+id/(\w+)"', texts))
    strings = set(re.findall(r'<string name="(\w+)"', texts))
    members = {"id": ids, "string": strings, "layout": {"main"}}
    code = "package com.example.digits;\npublic final class R {\n"
    for kind, found in members.items():
        fields = "".join(f"public static final int {name} = 0;" for name in found)
        code += f"public static final class {kind} {{ {fields} }}\n"
    file = folder / "R.java"
    file.write_text(code + "}\n")
    return file


@pytest.mark.parametrize("cell", APPS, ids=lambda cell: cell.name)
def test_the_app_compiles(
    app: Path, kotlin: Kotlin, android_json: Path, tmp_path: Path
) -> None:
    """App, unit test and instrumentation test, against the API that they use."""
    files = [app, ANDROID_API, resource_class(app, tmp_path)]
    assert kotlin.compile(files, [android_json], tmp_path / "classes") == ""


@pytest.mark.parametrize("cell", APPS[:1], ids=lambda cell: cell.name)
def test_a_call_that_is_not_in_the_api_would_be_noticed(
    app: Path, kotlin: Kotlin, android_json: Path, tmp_path: Path
) -> None:
    classifier = next(app.rglob("Classifier.kt"))
    classifier.write_text(
        classifier.read_text() + "\nval wrong = Classifier::clasify\n"
    )
    files = [app, ANDROID_API, resource_class(app, tmp_path)]
    complaints = kotlin.compile(files, [android_json], tmp_path / "classes")
    assert "clasify" in complaints


@pytest.mark.xdist_group("keras")
def test_kotlin_and_python_preprocess_alike(
    smoked: Callable[..., Smoked], kotlin: Kotlin, android_json: Path, tmp_path: Path
) -> None:
    """Random pictures of many sizes, through both, by the same signature.json."""
    # One whose environment other tests need as well.
    cell = next(cell for cell in MOBILE if not cell.special_backend)
    done = smoked(cell.framework.name, cell.target.name, cell.format.name)
    artifacts = Path(shutil.copytree(done.path / "artifacts", tmp_path / "artifacts"))
    code = PICTURES.format(package=done.package)
    expected = json.loads(output([done.python, "-c", code, artifacts], done.path))

    (tmp_path / "Replay.kt").write_text(REPLAY)
    source = sources(APPS[0], tmp_path) / "main/kotlin/com/example/digits"
    files = [source / "Preprocessing.kt", source / "Signature.kt"]
    classes = tmp_path / "classes"
    assert not kotlin.compile([*files, tmp_path / "Replay.kt"], [android_json], classes)
    classpath = f"{classes}:{kotlin.library}:{android_json}"
    lines = output(["java", "-cp", classpath, "ReplayKt", artifacts], tmp_path)
    actual = [[float(word) for word in line.split()] for line in lines.splitlines()]
    assert len(actual) == len(expected) == 6
    for one, other in zip(actual, expected, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


QUANTISING = [
    cell
    for cell in MOBILE
    if "shared/int8" in [layer.label for layer in cell.layers("MIT")]
]


@pytest.fixture
def quantising(
    cell: Cell, smoked: Callable[..., Smoked], tmp_path: Path
) -> tuple[Smoked, Path]:
    """A smoked project, and a copy of it to change."""
    names = (cell.framework.name, cell.target.name, cell.format.name)
    done = smoked(*names, cell.backend_name)
    ignored = shutil.ignore_patterns(".venv", "__pycache__")
    return done, shutil.copytree(done.path, tmp_path / "copy", ignore=ignored)


@pytest.mark.parametrize("cell", QUANTISING, ids=lambda cell: cell.name)
def test_int8_is_exported_compared_and_held_to_its_contract(
    quantising: tuple[Smoked, Path],
) -> None:
    done, copy = quantising
    export = [done.python, "-m", f"{done.package}.export", "--quantize", "int8"]
    output(export, copy)
    output([done.python, "-m", "pytest", "-q", "tests/contract/test_artifact.py"], copy)
    variants = json.loads((copy / "reports/variants.json").read_text())
    eager, *_, exact, int8 = variants
    found = [variant["name"] for variant in (eager, exact, int8)]
    assert found == ["eager", "float32", "int8"]
    assert {variant["accuracy"] for variant in variants[:-1]} == {eager["accuracy"]}
    assert int8["accuracy"] >= eager["accuracy"] - 0.01
    artifact = json.loads((copy / "artifacts/signature.json").read_text())["artifact"]
    exported = (copy / "artifacts" / artifact).stat().st_size
    assert exported == pytest.approx(int8["kilobytes"] * 1000, rel=0.05)


@pytest.mark.parametrize("cell", QUANTISING, ids=lambda cell: cell.name)
def test_a_million_weights_take_a_third_in_int8(
    quantising: tuple[Smoked, Path], cell: Cell, tmp_path: Path
) -> None:
    done, copy = quantising
    # The package comes first: it says what Keras computes on.
    code = f"import {done.package}" + WIDE[cell.framework.name]
    code += SIZES.format(package=done.package)
    lines = output([done.python, "-c", code, tmp_path], copy).splitlines()
    exact, int8 = map(int, lines[-1].split())  # after what the export has to say
    assert exact > 3_900_000
    assert int8 <= 0.35 * exact


def output(command: list[object], folder: Path) -> str:
    """Return what a command prints; it must succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
