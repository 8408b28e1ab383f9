"""The whole report: the machine, each pair on it, and the project if there is one."""

from dataclasses import dataclass
from pathlib import Path

from dlscaffold.doctor.generated import project_checks
from dlscaffold.doctor.machine import Check, machine_checks
from dlscaffold.doctor.pairs import pair_checks
from dlscaffold.running.interpreters import find_pythons
from dlscaffold.running.metadata import MANIFEST


@dataclass(frozen=True)
class Report:
    """All checks; `project` is empty outside a generated project."""

    machine: tuple[Check, ...]
    pairs: tuple[Check, ...]
    project: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is missing in the project or, outside one, any pair works."""
        checks = self.project or self.pairs
        missing = [check.state == "missing" for check in checks]
        return not any(missing) if self.project else not all(missing)


def examine(path: Path) -> Report:
    """Return the checks of this machine, and of the folder if it is a project."""
    pythons = find_pythons()
    machine = {check.name: check for check in machine_checks(path, pythons)}
    generated = (path / MANIFEST).exists()
    return Report(
        machine=tuple(machine.values()),
        pairs=tuple(pair_checks(machine, pythons)),
        project=tuple(project_checks(path, pythons)) if generated else (),
    )
