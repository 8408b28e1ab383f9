"""`python -m dlscaffold`."""

from dlscaffold.cli import main

main(prog_name="dlscaffold")
