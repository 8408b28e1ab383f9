"""Export the model to `artifacts/`: the model for the app, and its contract."""

import argparse
import functools

from .contract import exporting
from .contract.forms import TOLERANCE, write_int8
from .evaluation import variants


def main() -> None:
    """Run the export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quantize", choices=["int8"], help="a smaller, rougher model")
    export = exporting.export
    if parser.parse_args().quantize:
        export = functools.partial(exporting.export, write_int8, TOLERANCE)
    exporting.run(export)
    print(variants.write_report())


if __name__ == "__main__":
    main()
