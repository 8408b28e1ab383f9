"""The phone projects' Swift: compiled, and its tests run on this computer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import MOBILE, cells_with_app
from dlscaffold.layers.catalog import Cell
from dlscaffold.project import names
from dlscaffold.project import rendering as project
from e2e.conftest import Smoked
from e2e.test_mobile import PICTURES, output

pytestmark = pytest.mark.e2e

# Signatures of what the apps use of Apple's and the runtimes' public API.
IOS_API = Path(__file__).parents[1] / "ios_api"
SWIFT_6 = ("-swift-version", "6", "-warnings-as-errors", "-parse-as-library")

REPLAY = """
import Foundation

struct Picture: Decodable {
    let width: Int
    let pixels: [UInt8]
}

@main
struct Replay {
    static func main() throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[1])
        let preprocessing = try Signature.read(from: folder).preprocessing
        let json = try Data(contentsOf: folder.appending(path: "pictures.json"))
        for picture in try JSONDecoder().decode([Picture].self, from: json) {
            let (pixels, width) = (picture.pixels, picture.width)
            print(preprocessing.input(from: pixels, pictureWidth: width))
        }
    }
}
"""

# A classifier that has learnt the golden examples by heart.
STAND_IN = """
import Foundation

final class Classifier {
    private var answers: [[Float]: [Float]] = [:]

    init(model: URL, shape _: [Int]) throws {
        let file = model.deletingLastPathComponent().appending(path: "golden.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let golden = json as! [String: [String: [Any]]]
        let images = golden["inputs"]!["image"]! as! [[[Double]]]
        let outputs = golden["outputs"]!["probabilities"]! as! [[Double]]
        for (image, output) in zip(images, outputs) {
            answers[image.flatMap { $0 }.map { Float($0) }] = output.map { Float($0) }
        }
    }

    func classify(_ input: [Float]) throws -> [Float] {
        answers[input]!.map { $0 * FACTOR }
    }
}
"""


class Swift:
    """A Swift compiler; what it complains of is an error."""

    def __init__(self, command: str) -> None:
        self._command = command

    def compile(self, *words: object) -> str:
        """Run the compiler; return its complaints."""
        done = subprocess.run(
            [self._command, *SWIFT_6, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or "error:" in done.stderr, done.stderr
        return "\n".join(re.findall(r"^\S+: error: .*", done.stderr, re.MULTILINE))


@pytest.fixture(scope="session")
def swift() -> Swift:
    command = shutil.which("swiftc")
    if command is None:
        pytest.skip("no Swift compiler: swift.org, or swiftlang on Ubuntu 26.04")
    return Swift(command)


@pytest.fixture(scope="session")
def modules(swift: Swift, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API that the apps use, as the compiler reads it."""
    folder = tmp_path_factory.mktemp("modules")
    for name in ("ExecuTorch", "LiteRT", "SwiftUI"):
        module = folder / f"{name}.swiftmodule"
        words = ["-emit-module", "-emit-module-path", module, "-module-name", name]
        assert not swift.compile(*words, IOS_API / f"{name}.swift")
    return folder


APPS = cells_with_app("ios")


def generate(cell: Cell, folder: Path) -> Path:
    """Return the iOS project of one cell, generated in the folder."""
    answers = project.Answers(names.derive("digits"), cell, "MIT")
    return project.generate(answers, folder) / "ios"


@pytest.fixture
def ios(cell: Cell, tmp_path: Path) -> Path:
    """The iOS project of one cell."""
    return generate(cell, tmp_path)


def app_sources(ios: Path) -> list[Path]:
    """Return the app's sources, and how Swift sees the Objective-C among them."""
    sources = [*(ios / "App").iterdir(), *(ios / "Model").iterdir()]
    bridged = [IOS_API / file.with_suffix(".swift").name for file in ios.rglob("*.h")]
    return [*(file for file in sources if file.suffix == ".swift"), *bridged]


@pytest.mark.parametrize("cell", APPS, ids=lambda cell: cell.name)
def test_the_app_compiles(ios: Path, swift: Swift, modules: Path) -> None:
    sources = app_sources(ios)
    words = ["-typecheck", "-I", modules, "-module-name", "Digits"]
    assert swift.compile(*words, *sources) == ""


@pytest.mark.parametrize("cell", APPS, ids=lambda cell: cell.name)
def test_a_call_that_is_not_in_the_api_would_be_noticed(
    ios: Path, swift: Swift, modules: Path
) -> None:
    classifier = ios / "Model/Classifier.swift"
    text = classifier.read_text()
    wrong = re.sub(r"\.(forward|run)\(", r".\1Wrongly(", text)
    assert wrong != text
    classifier.write_text(wrong)
    words = ["-typecheck", "-I", modules, "-module-name", "Digits"]
    assert "Wrongly" in swift.compile(*words, *app_sources(ios))


@pytest.fixture
def artifacts(smoked: Callable[..., Smoked], tmp_path: Path) -> tuple[Smoked, Path]:
    """A smoked project, and a copy of its artifacts, where the app's tests look."""
    # One whose environment other tests need as well.
    cell = next(cell for cell in MOBILE if not cell.special_backend)
    done = smoked(cell.framework.name, cell.target.name, cell.format.name)
    return done, Path(shutil.copytree(done.path / "artifacts", tmp_path / "artifacts"))


def xctests(swift: Swift, ios: Path, folder: Path, factor: float) -> Path:
    """Return a program that runs the app's tests, with a stand-in for the runtime."""
    (folder / "Classifier.swift").write_text(STAND_IN.replace("FACTOR", str(factor)))
    model = [f for f in (ios / "Model").glob("*.swift") if f.name != "Classifier.swift"]
    module = ["-enable-testing", "-module-name", "Digits", "-emit-module"]
    place = ["-emit-module-path", folder / "Digits.swiftmodule"]
    library = ["-emit-library", "-static", "-o", folder / "libDigits.a"]
    sources = [*model, folder / "Classifier.swift"]
    assert not swift.compile(*module, *place, *library, *sources)

    tests = sorted((ios / "Tests").glob("*.swift"))
    cases = ", ".join(
        f'testCase([("{test}", {file.stem}.{test})])'
        for file in tests
        for test in re.findall(r"func (test\w+)\(\)", file.read_text())
    )
    main = folder / "Main.swift"
    main.write_text(
        "import XCTest\n"
        f"@main struct Main {{ static func main() {{ XCTMain([{cases}]) }} }}"
    )
    program = folder / "tests"
    words = ["-I", folder, "-L", folder, "-lDigits", "-o", program]
    assert not swift.compile(*words, *tests, main)
    return program


@pytest.mark.xdist_group("keras")
@pytest.mark.parametrize(("factor", "status"), [(1.0, 0), (1.01, 1)])
@pytest.mark.usefixtures("artifacts")
def test_the_tests_pass_and_notice_another_model(
    swift: Swift, tmp_path: Path, factor: float, status: int
) -> None:
    """All of the preprocessing; the golden examples with a model known by heart."""
    app = generate(APPS[0], tmp_path)
    program = xctests(swift, app, tmp_path, factor)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "Executed 6 tests" in ran.stdout
    assert "Golden: median of 200 calls:" in ran.stdout
    failed = set(re.findall(r"Test Case '([\w.]+)' failed", ran.stdout))
    assert failed == (
        {"GoldenTests.testReproducesTheTrainedModel"} if status else set()
    )


@pytest.mark.xdist_group("keras")
def test_swift_and_python_preprocess_alike(
    artifacts: tuple[Smoked, Path], swift: Swift, tmp_path: Path
) -> None:
    """Random pictures of many sizes, through both, by the same signature.json."""
    done, folder = artifacts
    code = PICTURES.format(package=done.package)
    expected = json.loads(output([done.python, "-c", code, folder], done.path))
    (tmp_path / "Replay.swift").write_text(REPLAY)
    model = generate(APPS[0], tmp_path) / "Model"
    sources = [model / "Preprocessing.swift", model / "Signature.swift"]
    program = tmp_path / "replay"
    assert not swift.compile("-o", program, *sources, tmp_path / "Replay.swift")
    lines = output([program, folder], tmp_path).splitlines()
    assert len(lines) == len(expected) == 6
    for line, numbers in zip(lines, expected, strict=True):
        assert json.loads(line) == pytest.approx(numbers, abs=1e-6)


@pytest.mark.xdist_group("pytorch")
def test_the_bridge_compiles(smoked: Callable[..., Smoked], tmp_path: Path) -> None:
    """Objective-C++ between Swift and torch, against torch's headers and GNUstep's."""
    if shutil.which("clang++") is None:
        pytest.skip("no Objective-C++ compiler: apt-get install clang")
    if not Path("/usr/include/GNUstep/Foundation/Foundation.h").exists():
        pytest.skip("no Foundation: apt-get install libgnustep-base-dev")
    done = smoked("pytorch", "pytorch-mobile")
    (cell,) = [cell for cell in APPS if cell.target.name == "pytorch-mobile"]
    code = "import torch, pathlib; print(pathlib.Path(torch.__file__).parent)"
    torch = output([done.python, "-c", code], done.path).strip()
    (*_, objc) = sorted(Path("/usr/lib/gcc").glob("*/*/include/objc"))
    headers = [f"{torch}/include", "/usr/include/GNUstep", objc.parent]
    output(
        [
            *("clang++", "-fsyntax-only", "-Wall", "-Werror"),
            *("-x", "objective-c++", "-std=c++20", "-fobjc-runtime=gnustep-1.9"),
            *("-fexceptions", "-fobjc-exceptions", "-DGNU_RUNTIME=1"),
            "-fconstant-string-class=NSConstantString",
            *(f"-isystem{folder}" for folder in headers),
            generate(cell, tmp_path) / "Model/LiteModule.mm",
        ],
        done.path,
    )
