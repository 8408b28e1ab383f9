"""Export the model to `artifacts/`: what will be deployed, and its contract."""

import argparse

from .contract import exporting


def main() -> None:
    """Run the export from the command line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    exporting.run(exporting.export)


if __name__ == "__main__":
    main()
