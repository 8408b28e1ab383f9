"""How a run went: its steps, and what the project's tests reported."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree


@dataclass
class Step:
    """One step: waiting, running, passed or failed, and how long it took."""

    name: str
    status: str = "waiting"
    seconds: float = 0.0


@dataclass
class Tests:
    """What the project's tests came to; a skipped test has its name and reason.

    `properties` are what the tests recorded about themselves, such as the server that
    answered.
    """

    passed: int = 0
    failed: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether no test failed and at least one passed."""
        return not self.failed and self.passed > 0


@dataclass
class Result:
    """A whole run.

    `installer` is `uv` or `pip`, None where nothing was installed; `resume` is the
    command that continues after a failure.
    """

    project: str
    steps: list[Step]
    log: str
    installer: str | None = None
    tests: Tests | None = None
    resume: str | None = None

    @property
    def ok(self) -> bool:
        """Whether every step that was requested passed."""
        return all(step.status == "passed" for step in self.steps)

    @property
    def failed(self) -> str | None:
        """The name of the step that failed, if one did."""
        names = (step.name for step in self.steps if step.status == "failed")
        return next(names, None)

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {"ok": self.ok, **asdict(self)}


# Called whenever something changed, with the newest line of output.
Watcher = Callable[[Result, str], None]


def read_tests(report: Path) -> Tests:
    """Return the counts of a JUnit report; all are 0 if it cannot be read."""
    tests = Tests()
    try:
        tree = ElementTree.parse(report)  # noqa: S314
    except (OSError, ElementTree.ParseError):
        return tests
    for note in tree.iterfind("testsuite/properties/property"):
        tests.properties[note.get("name", "")] = note.get("value", "")
    for case in tree.iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            name = f"{case.get('classname')}.{case.get('name')}"
            tests.skipped.append({"test": name, "reason": skip.get("message", "")})
        elif case.find("failure") is not None or case.find("error") is not None:
            tests.failed += 1
        else:
            tests.passed += 1
    return tests
