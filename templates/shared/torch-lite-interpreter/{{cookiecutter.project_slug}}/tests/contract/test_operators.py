"""The report of the model's operators."""

from {{ cookiecutter.package_name }}.contract import Signature, lite
from {{ cookiecutter.package_name }}.settings import ARTIFACTS, REPORTS


def test_operators_are_listed() -> None:
    """A report, of the exact or of the int8 model, holds those of the file."""
    reports = [file.read_text("utf-8") for file in REPORTS.glob("operators*.txt")]
    operators = lite.check(Signature.read(ARTIFACTS).verify(ARTIFACTS))
    assert operators
    assert operators in [report.split() for report in reports]
