"""Settings, from environment variables such as FLASK_PORT=8080."""

import contextlib
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Config

DEFAULTS: dict[str, Any] = {
    "HOST": "127.0.0.1",
    "PORT": 8501,
    "WORKERS": 0,  # processes; 0: as many as there are processors for them
    "THREADS": 1,  # of each process, inside one prediction
    "MAX_CONTENT_LENGTH": {{ "{:_}".format(cookiecutter._body_limit) }},  # bytes of a request's body
    "QUEUE_LIMIT": 64,  # predictions that one process takes at a time; more get a 503
    "TIME_LIMIT": 10.0,  # seconds to send a body, and to wait for the model
    "DRAIN_SECONDS": 0.0,  # of serving on after a SIGTERM, but not ready
    "LOG_LEVEL": "INFO",  # INFO logs every request, WARNING does not
}

LIMITS: dict[str, tuple[float, float]] = {
    "PORT": (1, 65_535),
    "WORKERS": (0, 1024),
    "THREADS": (1, 1024),
    "MAX_CONTENT_LENGTH": (1, 2**40),
    "QUEUE_LIMIT": (1, 1_000_000),
    "TIME_LIMIT": (0.1, 86_400),
    "DRAIN_SECONDS": (0, 86_400),
}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ConfigError(Exception):
    """A setting cannot be used; the message names it."""


def load(overrides: Mapping[str, Any] | None = None) -> Config:
    """Return the defaults, overridden by FLASK_* variables, overridden by `overrides`.

    Raises ConfigError for a value that cannot be used.
    """
    config = Config(Path(__file__).parent, DEFAULTS)
    try:
        config.from_prefixed_env()
    except TypeError as error:  # a name with two underscores goes into a setting
        message = "A FLASK_ variable with two underscores names no setting."
        raise ConfigError(message) from error
    config.from_mapping(overrides or {})
    for name, default in DEFAULTS.items():
        if isinstance(default, float) and type(config[name]) is int:
            config[name] = float(config[name])
        _check(name, config[name], type(default))
    if not config["WORKERS"]:
        config["WORKERS"] = max(1, usable_processors() // config["THREADS"])
    return config


def _check(name: str, value: Any, kind: type[Any]) -> None:
    if type(value) is not kind:
        message = f"FLASK_{name} must be of type {kind.__name__}, not {value!r}."
        raise ConfigError(message)
    if name in LIMITS:
        least, most = LIMITS[name]
        if not least <= value <= most:  # also refuses NaN
            raise ConfigError(f"FLASK_{name} must be from {least} to {most}.")
    if name == "LOG_LEVEL" and value not in LEVELS:
        raise ConfigError(f"FLASK_LOG_LEVEL must be one of {', '.join(LEVELS)}.")


def usable_processors(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Return how many processors this process may keep busy.

    A container's limit is in its control group; the processors that the system shows
    are those of the whole machine.
    """
    visible = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        visible = len(os.sched_getaffinity(0))
    return max(1, math.floor(min(visible, _quota(cgroup))))


def _quota(cgroup: Path) -> float:
    """Return the control group's limit in processors, infinity if it has none."""
    with contextlib.suppress(OSError, ValueError):  # version 2; "max" is no limit
        quota, period = (cgroup / "cpu.max").read_text().split()
        return int(quota) / int(period)
    with contextlib.suppress(OSError, ValueError):  # version 1; -1 is no limit
        cpu = cgroup / "cpu"
        quota = (cpu / "cpu.cfs_quota_us").read_text()
        if int(quota) > 0:
            return int(quota) / int((cpu / "cpu.cfs_period_us").read_text())
    return math.inf
