"""Delete old versions, but neither the newest nor those with a label."""

import argparse
import shutil
import sys

from . import model_config
from .messages import ConfigError


def prune(keep: int) -> list[int]:
    """Delete versions and return them; the newest `keep` and named ones stay.

    Named are the versions of labels, and those that a version policy lists.
    """
    pruned = sorted({*model_config.versions()[:-keep]} - model_config.named())
    paths = model_config.version_paths(model_config.VERSIONS)
    for version in pruned:
        # Renamed first, so that no server finds half a version.
        hidden = paths[version].with_name(f".{version}")
        shutil.rmtree(paths[version].rename(hidden))
    return pruned


def main() -> None:
    """Prune from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=int, default=3, help="how many of the newest")
    options = parser.parse_args()
    if options.keep < 1:
        parser.error("--keep must be at least 1: the newest version is served.")
    try:
        print("Deleted:", prune(options.keep))
    except (ConfigError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
