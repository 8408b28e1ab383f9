"""Delete old versions: all but the newest ones and those that are told to be served."""

import argparse
import shutil
import sys

from . import model_config
from .messages import ConfigError

KEEP = 3


def prune(keep: int = KEEP) -> list[int]:
    """Delete versions, and return them; the newest `keep` stay, and what is named.

    Named are the versions of labels, and those that a version policy lists.
    """
    newest = sorted(model_config.versions())[-keep:]
    pruned = sorted({*model_config.versions()} - {*newest} - model_config.named())
    paths = model_config.version_paths(model_config.VERSIONS)
    for version in pruned:
        # Out of the servers' sight at once: they must not find half a version.
        folder = paths[version]
        shutil.rmtree(folder.rename(folder.with_name(f".{version}")))
    return pruned


def main() -> None:
    """Prune from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=int, default=KEEP, help="how many of the newest")
    options = parser.parse_args()
    if options.keep < 1:
        parser.error("--keep must be at least 1: the newest version is served.")
    try:
        pruned = prune(options.keep)
    except (ConfigError, OSError) as error:
        sys.exit(f"error: {error}")
    print("Deleted:", ", ".join(map(str, pruned)) or "nothing")


if __name__ == "__main__":
    main()
