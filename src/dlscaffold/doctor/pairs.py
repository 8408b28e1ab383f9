"""How far this machine can take each legal pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dlscaffold.doctor.check import Check, needs_of
from dlscaffold.doctor.machine import architecture
from dlscaffold.layers.catalog import installed
from dlscaffold.layers.layer import Framework, Target, shared_formats


def pair_checks(machine: Mapping[str, Check]) -> Iterator[Check]:
    """Yield for each legal pair the worst of what it needs here."""
    catalog = installed()
    for framework in catalog.frameworks():
        for target in catalog.targets():
            if shared_formats(framework, target):
                yield pair_check(framework, target, machine)


def pair_check(
    framework: Framework, target: Target, machine: Mapping[str, Check]
) -> Check:
    """Return how far this machine can take a pair.

    Without the framework nothing works; without the target's tools the model is still
    trained, exported and tested.
    """
    name = f"{framework.title} with {target.title}"
    base = [f"Python for {framework.title}", f"processor for {framework.title}", "disk"]
    found = [machine[part] for part in base if part in machine]
    for check in found:
        if check.state == "missing":
            return Check(name, "missing", f"{check.name}: {check.says}", check.mend)
    for tool in needs_of(target.name).get("tools", []):
        check = TOOLS[tool](machine)
        if check.state != "fine":
            return Check(name, "warning", check.says, check.mend)
    for check in found:
        if check.state == "warning":
            return Check(name, "warning", f"{check.name}: {check.says}", check.mend)
    return Check(name, "fine", "trains, exports, tests and runs here")


def serving(machine: Mapping[str, Check]) -> Check:
    """Return whether TensorFlow Serving itself can run here."""
    engine, server = machine["container engine"], machine["tensorflow_model_server"]
    if server.state == "fine":
        return server
    if engine.state != "fine":
        says = f"no TensorFlow Serving here ({engine.says}): a local stand-in serves"
        return Check("serving", "warning", says, engine.mend)
    if architecture() != "x86_64":
        says = "the official image is for x86-64: it runs under emulation, if at all"
        mend = "serve with --target flask, or deploy to an x86-64 machine"
        return Check("serving", "warning", says, mend)
    return engine


def app(tool: str) -> Callable[[Mapping[str, Check]], Check]:
    """Return the look-up of a tool that only building the app takes."""

    def look(machine: Mapping[str, Check]) -> Check:
        check = machine[tool]
        if check.state == "fine":
            return check
        says = f"exports and tests here, but builds no Android app: {check.says}"
        return Check(check.name, check.state, says, check.mend)

    return look


# What the guidance's `tools` stand for.
TOOLS: dict[str, Callable[[Mapping[str, Check]], Check]] = {
    "serving": serving,
    "java": app("Java"),
    "android": app("Android SDK"),
}
