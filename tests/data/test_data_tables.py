"""Tables, and texts in tables: how they are written, and what their columns hold."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from data_files import HEADER, refusal, rows, table

from dlscaffold.data import Data, read
from dlscaffold.data.columns import Label

Row = list[str]


def read_table(path: Path, label: str = "kind") -> Data:
    found = read(path, None, label, None)
    assert found.task == "table"
    json.dumps(found.options)
    return found


def test_a_table(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", rows())
    found = read_table(path)
    assert (found.goal, found.examples, found.warnings) == ("classification", 40, [])
    assert found.size == path.stat().st_size
    assert found.options == {
        "label": "kind",
        "delimiter": ",",
        "encoding": "utf-8",
        "decimal": ".",
        "missing": found.options["missing"],
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings(
    delimiter: str, ending: str, tmp_path: Path
) -> None:
    path = table(tmp_path / "t.csv", rows(), delimiter=delimiter)
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode()))
    found = read_table(path)
    assert (found.options["delimiter"], found.examples) == (delimiter, 40)


def test_quoted_delimiters_do_not_mislead(tmp_path: Path) -> None:
    body = [[row[0], f'"a, b, c{row[0]}, d"', row[2]] for row in rows()]
    path = table(tmp_path / "t.csv", body, ["size", '"x, y"', "kind"], ";")
    assert read_table(path).options["delimiter"] == ";"


def test_a_tsv_is_separated_by_tabs(tmp_path: Path) -> None:
    path = table(tmp_path / "t.tsv", rows())
    assert "single column" in refusal(path, "kind")


def test_lines_in_quotes_and_blank_lines(tmp_path: Path) -> None:
    body = [[row[0], '"two\nlines"', row[2]] for row in rows()]
    path = table(tmp_path / "t.csv", [*body, [""], [""]])
    assert read_table(path).examples == 40


ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16": b"",
    "utf-32": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "cp1252": b"",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str, tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", rows(), ["size", "größe", "kind"])
    data = path.read_text("utf-8").encode(encoding)
    path.write_bytes(ENCODINGS[encoding] + data)
    expected = encoding.removesuffix("-le").removesuffix("-be")
    assert read_table(path).options["encoding"] == expected
    assert '"größe"' in refusal(path, "grösse")


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    return data.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "a mark alone": (codecs.BOM_UTF8, "single column"),
    "xlsx": (zipped(), "Excel workbook or another ZIP archive: save it as CSV"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Excel workbook: save it as CSV"),
    "parquet": (b"PAR1\x15\0", "a Parquet file: save it as CSV"),
    "gzip": (gzip.compress(b"a,b"), "compressed with gzip: save it as CSV"),
    "json": (b'{"a": 1}', "a JSON file: save it as CSV"),
    "binary": (b"\1\2\3\0\4", "NUL bytes"),
    "a later NUL": (b"a,kind\n1,\0\n", "NUL bytes"),
    "a NUL in Latin-1": (b"\xe4,kind\n1,\0\n", "NUL bytes"),
    "a wrong mark": (codecs.BOM_UTF8 + b"a,\xff\n", "save it as UTF-8"),
    "bytes of no encoding": (b"a,kind\n1,\x81\xff\n", "save it as UTF-8"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + b"a", "save it as UTF-8"),
    "blank lines": (b"\n\n\n", "single column"),
    "one column": (b"a\n" + b"1\n" * 30, "separate columns by comma"),
    "an odd delimiter": (b"a^b\n" + b"1^2\n" * 30, "separate columns by comma"),
    "a header alone": (b"a,kind\n", 'Only 0 rows have a value in "kind"'),
    "few rows": (b"a,kind\n" + b"1,a\n" * 19, "Only 19 rows"),
    "numbers for names": (b"1,2,3\n" + b"4,5,6\n" * 30, "add a line with the names"),
    "a row for names": (b"5.1,3.5,iris\n" * 30, "add a line with the names"),
    "German numbers for names": (b"5,1;3,5;iris\n" * 30, "add a line with the names"),
    "a name twice": (b"a,b,a,b,kind\n", "the same name (a, b): rename them"),
    "a name missing": (b"a,,kind\n", "column 2 has no name"),
    "a name of blanks": (b"a, ,kind\n", "column 2 has no name"),
    "a steering name": (b"\x1b[2J,kind\n", "column 1 has control characters"),
    "a name of two lines": (b'a,"b\nc",kind\n', "column 2 has control characters"),
    "a short row": (b"a,b,kind\n" + b"1,2,a\n" * 40 + b"1,2\n", "Line 42 has 2 values"),
    "a long row": (b"a,kind\n" + b"1,a\n" * 40 + b"1,a,2\n", "Line 42 has 3 values"),
    "an open quote": (b"a,kind\n" + b"1,a\n" * 40 + b'1,"a', "Line 42 cannot be"),
    "a quote inside": (b"a,kind\n" + b"1,a\n" * 40 + b'"1"2,a\n', "Line 42 cannot be"),
    "an open quote in the header": (b'"a,b\n1,2\n', "Line 2 cannot be"),
    "an endless value": (
        b"a,kind\n" + b'"' + b"a\n" * 600_000 + b'",a\n',
        "cannot be parsed",
    ),
    "an endless line": (b"a,kind\n" + b"1," * 2_000_001, "more than 4,000,000"),
    "an endless row": (b"a,kind\n" + b'"\n",' * 1_000_001, "more than 4,000,000"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    data, words = FILES[case]
    (tmp_path / "t.csv").write_bytes(data)
    assert words in refusal(tmp_path / "t.csv", "kind")


def test_years_may_be_names(tmp_path: Path) -> None:
    body = [["7", "8", "9", kind] for *_, kind in rows()]
    path = table(tmp_path / "t.csv", body, ["2018", "2019", "2020", "kind"])
    assert read_table(path).examples == 40


def test_very_many_columns_are_answered_at_once(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", [["1"] * 100_000] * 20, map(str, range(100_000)))
    path.write_bytes(b"x" + path.read_bytes())
    tracemalloc.start()
    start = time.process_time()
    message = refusal(path, "kind")
    taken, memory = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "it has 100,000 columns: save it with 2,000 at most" in message
    assert taken < 5
    assert memory < 64 << 20


def test_two_thousand_columns_are_read(tmp_path: Path) -> None:
    header = [f"c{number}" for number in range(1_999)]
    body = [["1"] * 1_999 + [kind] for *_, kind in rows()]
    assert read_table(table(tmp_path / "t.csv", body, [*header, "kind"])).examples == 40


def test_a_larger_table_takes_no_more_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlscaffold.data.tables.CHUNK", 30_000)
    monkeypatch.setattr("dlscaffold.data.tables.LONGEST_ROW", 1 << 14)
    peaks = []
    for count in (5_000, 50_000):
        body = [[f"{n / 7}", f"words {n}", "ab"[n % 2]] for n in range(count)]
        path = table(tmp_path / "t.csv", body)
        tracemalloc.start()
        assert read_table(path).examples == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


# The label.


def test_no_label(tmp_path: Path) -> None:
    header = [f"c{number}" for number in range(12)]
    path = table(tmp_path / "t.csv", [["1"] * 12] * 30, header)
    message = refusal(path)
    assert "with --label: c0, c1, " in message
    assert message.endswith("c9 and 2 more.")


@pytest.mark.parametrize(
    ("label", "words"),
    [("kinds", 'did you mean "kind"?'), ("price", "choose one of size, colour, kind")],
)
def test_an_unknown_label(label: str, words: str, tmp_path: Path) -> None:
    message = refusal(table(tmp_path / "t.csv", rows()), label)
    assert f'There is no column "{label}"' in message
    assert words in message


def test_a_hostile_label(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", rows())
    assert "\\x1b[2J" in refusal(path, "\x1b[2J\n")
    assert "..." in refusal(path, "x" * 100_000)


def of_label(*values: str) -> Callable[[int], str]:
    return lambda number: values[number % len(values)]


GOALS: dict[str, tuple[Callable[[int], str], str]] = {
    "words": (of_label("a", "b"), "classification"),
    "few whole numbers": (of_label("1", "2", "3"), "classification"),
    "twenty whole numbers": (lambda n: str(n % 20), "classification"),
    "more whole numbers": (lambda n: str(n % 21), "regression"),
    "fractions": (of_label("1.5", "2"), "regression"),
    "whole numbers as fractions": (of_label("1.0", "2.0", "1"), "classification"),
    "exponents": (of_label("1e-3", "2e5"), "regression"),
    "words and numbers": (of_label("1", "2", "other"), "classification"),
    "a rare word": (lambda n: "x" if n in (1, 2) else str(n % 2), "classification"),
}


@pytest.mark.parametrize("case", GOALS)
def test_the_goal_follows_from_the_labels(case: str, tmp_path: Path) -> None:
    label, goal = GOALS[case]
    body = [[*row[:2], label(number)] for number, row in enumerate(rows(60))]
    assert read_table(table(tmp_path / "t.csv", body)).goal == goal


LABELS: dict[str, tuple[Callable[[int], str], list[str]]] = {
    "unique": (lambda n: f"name {n}", ["different in each row"]),
    "one class": (of_label("a"), ["same value in all rows"]),
    "one number": (of_label("7"), ["same value in all rows"]),
    "single rows": (
        lambda n: f"rare {n}" if n < 3 else "ab"[n % 2],
        ["a single row for each of 3 classes", "join them"],
    ),
    "mixed": (
        lambda n: "unknown" if n == 30 else str(n),
        ["has numbers, but not in line 32", "correct that row"],
    ),
    "too large": (
        lambda n: "1e999" if n == 30 else str(n),
        ["has numbers, but not in line 32"],
    ),
    "a long text": (of_label("word " * 50), ["has long texts", "--label"]),
    "all missing": (of_label("", "NA", " ", "nan"), ["Only 0 rows"]),
    "mostly missing": (lambda n: "ab"[n % 2] if n < 19 else "", ["Only 19 rows"]),
    "steering": (of_label("a", "\x1b[2J"), ["control characters", "remove them"]),
}


@pytest.mark.parametrize("case", LABELS)
def test_a_label_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    label, words = LABELS[case]
    body = [[*row[:2], label(number)] for number, row in enumerate(rows(60))]
    message = refusal(table(tmp_path / "t.csv", body), "kind")
    assert [word for word in words if word not in message] == []


def test_too_many_classes(tmp_path: Path) -> None:
    body = [["1", "x", f"class {number % 12_000}"] for number in range(36_000)]
    message = refusal(table(tmp_path / "t.csv", body), "kind")
    assert "more than 10,000 classes" in message


def test_few_labels_are_kept_of_very_many() -> None:
    label = Label("kind")
    for start in range(0, 100_000, 1_000):
        lines = range(start, start + 1_000)
        label.add([str(number) for number in lines], lines)
    assert (label.filled, len(label.values)) == (100_000, 11_000)


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    body = [*rows(), ["1", "red", ""], ["2", "red", "NA"]]
    found = read_table(table(tmp_path / "t.csv", body))
    assert found.examples == 40
    assert found.warnings == ['2 rows have no value in "kind" and are left out.']


# Numbers.


def with_sizes(path: Path, size: Callable[[int], str], delimiter: str = ";") -> Path:
    body = [[size(number), *row[1:]] for number, row in enumerate(rows(60))]
    return table(path, body, delimiter=delimiter)


@pytest.mark.parametrize(
    ("size", "decimal"),
    [
        (of_label("1,5", "", "12"), ","),
        (of_label("0,125", "1,375"), ","),
        (of_label("1,25e-3"), ","),
        (of_label("1.5", "12"), "."),
        (of_label("1.234"), "."),
        (of_label("12"), "."),
        (of_label("NA", "1.5"), "."),
        (of_label("1,5", "red"), "."),  # no numbers, but a category
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimals(
    size: Callable[[int], str], decimal: str, delimiter: str, tmp_path: Path
) -> None:
    path = with_sizes(tmp_path / "t.csv", size, delimiter)
    assert read_table(path).options["decimal"] == decimal


def test_a_label_with_decimal_commas(tmp_path: Path) -> None:
    found = read_table(with_sizes(tmp_path / "t.csv", of_label("1,5", "2,0")), "size")
    assert (found.goal, found.options["decimal"]) == ("regression", ",")


def test_decimal_commas_far_from_the_start(tmp_path: Path) -> None:
    body = [["12", "x", "ab"[number % 2]] for number in range(120_000)]
    body[110_000][0] = "1,5"
    path = table(tmp_path / "t.csv", body, delimiter=";")
    assert read_table(path).options["decimal"] == ","
    body[10][0] = body[100_000][0] = "1.5"
    message = refusal(table(tmp_path / "t.csv", body, delimiter=";"), "kind")
    assert "line 12 has a decimal point where others have a comma" in message


@pytest.mark.parametrize(
    "size",
    ["1,234", "1,234,567", "1.234.567", "1,234.5", "1.234,5", "1'234", "1\u202f234,5"],
)
def test_thousands_separators(size: str, tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", lambda n: size if n == 40 else "7")
    message = refusal(path, "kind")
    assert 'The column "size" has numbers, but line 42 has a thousands' in message
    assert size not in message


def test_thousands_in_quotes(tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", of_label('"1,234"', "20"), ",")
    assert "a thousands separator" in refusal(path, "kind")


def test_decimal_commas_in_quotes_between_commas(tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", of_label('"1,5"', "20"), ",")
    assert "line 2 has a decimal comma" in refusal(path, "kind")


def test_two_styles(tmp_path: Path) -> None:
    header = ["size", "weight", "kind"]
    body = [["1,5", "2.5", kind] for *_, kind in rows()]
    message = refusal(table(tmp_path / "t.csv", body, header, ";"), "kind")
    assert 'column "weight" has numbers, but line 2 has a decimal point' in message


@pytest.mark.parametrize("word", ["forty", "-", "1e999", "1_000", "inf", "12 kg", "१२"])
def test_a_word_among_numbers(word: str, tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", lambda n: word if n == 40 else str(n))
    message = refusal(path, "kind")
    assert 'The column "size" has numbers, but line 42 has something else' in message
    assert "leave it empty" in message
    assert word == "-" or word not in message


def test_one_word_in_twenty_makes_a_category(tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", lambda n: "x" if n % 20 == 5 else str(n))
    assert read_table(path).examples == 60


def test_a_very_long_number_is_quick(tmp_path: Path) -> None:
    start = time.process_time()
    path = with_sizes(tmp_path / "t.csv", lambda n: "9" * 900_000 if n == 4 else "1")
    assert "line 6" in refusal(path, "kind")
    assert time.process_time() - start < 5


# Texts in a table.


def reviews(path: Path, *more: str) -> Path:
    body = [
        [f'"très bon, séjour {number} 😀"', *more, "good" if number % 2 else "bad"]
        for number in range(40)
    ]
    return table(path, body, ["review", *more, "mood"])


def test_texts_are_recognized(tmp_path: Path) -> None:
    found = read(reviews(tmp_path / "t.csv"), None, "mood", None)
    assert (found.task, found.goal, found.examples) == ("text", "classification", 40)
    assert (found.options["text"], found.options["label"]) == ("review", "mood")
    assert found.warnings == []


def test_the_task_is_taken_as_given(tmp_path: Path) -> None:
    path = reviews(tmp_path / "t.csv")
    assert read(path, "table", "mood", None).task == "table"
    words = table(tmp_path / "w.csv", [[*row[1:]] for row in rows()], HEADER[1:])
    assert read(words, None, "kind", None).task == "table"
    assert read(words, "text", "kind", None).options["text"] == "colour"


def test_several_columns_of_texts(tmp_path: Path) -> None:
    path = reviews(tmp_path / "t.csv", "place")
    assert "with --text: review, place." in refusal(path, "mood", "text")
    found = read(path, None, "mood", "review")
    assert (found.task, found.options["text"]) == ("text", "review")
    assert found.warnings == ["Not used, beside text and label: place."]
    assert 'did you mean "review"' in refusal(path, "mood", "text", "reviews")


def test_columns_beside_the_text_may_hold_anything(tmp_path: Path) -> None:
    path = with_sizes(tmp_path / "t.csv", lambda n: "x" if n == 40 else "1,234")
    assert read(path, "text", "kind", "colour").examples == 60


@pytest.mark.parametrize(
    ("label", "task", "text", "words"),
    [
        ("mood", "text", "mood", "--text and --label are the same"),
        ("mood", "table", "review", "A table takes no --text"),
        ("mood", "images", None, "give a folder with a sub-folder for each"),
        (None, "text", None, "to predict with --label: review, mood"),
    ],
)
def test_options_that_do_not_fit(
    label: str, task: str, text: str | None, words: str, tmp_path: Path
) -> None:
    assert words in refusal(reviews(tmp_path / "t.csv"), label, task, text)


def test_texts_with_numbers_for_labels_are_refused(tmp_path: Path) -> None:
    """Texts are sorted into classes; a few whole numbers are classes, too."""
    body = [["a text of words", f"{number}.5"] for number in range(40)]
    path = table(tmp_path / "t.csv", body, ["review", "score"])
    assert "sorted into classes" in refusal(path, "score", "text")
    stars = [["a text of words", str(number % 5)] for number in range(40)]
    path = table(tmp_path / "s.csv", stars, ["review", "stars"])
    assert read(path, "text", "stars", None).goal == "classification"


def test_a_text_of_many_characters(tmp_path: Path) -> None:
    path = reviews(tmp_path / "t.csv")
    with path.open("a") as file:
        file.write("good " * 190_000 + ",good\n")
    assert read(path, None, "mood", None).examples == 41
