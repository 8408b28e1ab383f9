"""What this machine can do for each legal pair."""

import itertools
from collections.abc import Iterator, Mapping

from dlscaffold.doctor.machine import Check, architecture, needs_of, python
from dlscaffold.layers.catalog import Cell, installed
from dlscaffold.layers.pythons import pythons_of

SERVER = "tensorflow_model_server"  # without which a container or a stand-in serves
NO_APP = "exports and tests here, but builds no Android app"
LICENSE = "MIT"  # any: a license needs nothing of a machine


def pair_checks(
    machine: Mapping[str, Check], pythons: Mapping[str, str]
) -> Iterator[Check]:
    """Yield for each legal pair the worst of what it needs here."""
    catalog = installed()
    for framework in catalog.frameworks():
        for target in catalog.targets():
            for cell in itertools.islice(catalog.cells_of(framework, target), 1):
                yield pair_check(cell, machine, pythons)


def pair_check(
    cell: Cell, machine: Mapping[str, Check], pythons: Mapping[str, str]
) -> Check:
    """Return what this machine can do for a pair, with its preferred format.

    Without the framework nothing works; without the target's tools the model is still
    trained, exported and tested.
    """
    framework, target = cell.framework, cell.target
    name = f"{framework.title} with {target.title}"
    base = [f"processor for {framework.title}", "disk"]
    interpreter = python(pythons_of(cell.layers(LICENSE)), pythons)
    found = [interpreter, *(machine[one] for one in base if one in machine)]
    for check in found:
        if check.state == "missing":
            return Check(name, "missing", f"{check.name}: {check.says}", check.fix)
    for tool in needs_of(target.name).get("tools", []):
        check = serving(machine) if tool == SERVER else machine[tool]
        if check.state != "fine":
            says = check.says if tool == SERVER else f"{NO_APP}: {check.says}"
            return Check(name, "warning", says, check.fix)
    for check in found:
        if check.state == "warning":
            return Check(name, "warning", f"{check.name}: {check.says}", check.fix)
    return Check(name, "fine", "trains, exports, tests and runs here")


def serving(machine: Mapping[str, Check]) -> Check:
    """Return whether TensorFlow Serving itself can run here."""
    engine, server = machine["container engine"], machine[SERVER]
    if server.state == "fine":
        return server
    if engine.state != "fine":
        says = f"no TensorFlow Serving here ({engine.says}): a local stand-in serves"
        return Check("serving", "warning", says, engine.fix)
    if architecture() != "x86_64":
        says = "the official image is for x86-64: it runs under emulation, if at all"
        fix = "serve with --target flask, or deploy to an x86-64 machine"
        return Check("serving", "warning", says, fix)
    return engine
