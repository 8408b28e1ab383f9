"""Export the model to `artifacts/`: the model for the app, and its contract."""

import argparse

from .contract import exporting
from .evaluation import variants


def main() -> None:
    """Run the export from the command line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    exporting.run(exporting.export)
    print(variants.write_report())


if __name__ == "__main__":
    main()
