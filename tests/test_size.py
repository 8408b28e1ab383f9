"""The generator stays small: few lines in all, short modules, short functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dlscaffold

SOURCE = Path(dlscaffold.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 8_700  # docs/design-decisions.md says why it is not 8,000
LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
# What is longer for a reason: the length of the command line is options and help.
LONGER = {"cli.py": 350}


def name_of(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


def lines_of(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def long_functions(code: str) -> Iterator[str]:
    """Yield each function that has too many lines, with its signature and docstring."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name}: {lines} lines"


def test_the_source_is_small() -> None:
    assert sum(map(lines_of, MODULES)) <= MOST_LINES


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_modules_and_functions_are_short(file: Path) -> None:
    assert lines_of(file) <= LONGER.get(name_of(file), LONGEST_MODULE)
    assert list(long_functions(file.read_text("utf-8"))) == []


def test_a_long_function_is_found() -> None:
    body = "    pass\n" * LONGEST_FUNCTION
    assert list(long_functions(f"def f():\n{body}")) == ["f: 41 lines"]
    assert list(long_functions(f"def f():\n{body[9:]}")) == []
