"""The form that the Flask service of a given model shows, in a real browser."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from e2e import given_models
from e2e.browser import chromium
from e2e.conftest import Smoked
from e2e.service import Service, running

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]

Serve = Callable[[str], Service]


@pytest.fixture(scope="module")
def serve(
    smoked: Callable[..., Smoked], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serve]:
    """Return a function from the name of a model to its running service."""
    root = tmp_path_factory.mktemp("forms")
    python = smoked("keras", "flask", "onnx").python
    models = given_models.write("write_onnx.py", python, root / "models")
    services: dict[str, Service] = {}
    with ExitStack() as stack:

        def serve_once(name: str) -> Service:
            if name not in services:
                own = models / f"{name}.onnx"
                model = own if own.exists() else given_models.RANKER
                project = given_models.export(model, python, root)
                service = running(project, FLASK_WORKERS="1")
                services[name] = stack.enter_context(service)
            return services[name]

        yield serve_once


@pytest.fixture(scope="module")
def browser(serve: Serve) -> Iterator[webdriver.Chrome]:  # noqa: ARG001 (for its end)
    """A browser that ends before the services do, which wait for its connections."""
    with chromium() as driver:
        yield driver


@pytest.fixture
def open_form(serve: Serve, browser: webdriver.Chrome) -> Serve:
    """Return a function that shows a model's form, with the example filled in."""

    def open_filled(name: str) -> Service:
        service = serve(name)
        browser.get(service.url)
        filled = "return [...document.querySelectorAll('textarea, [type=number]')]"
        wait_until(browser, f"{filled}.every((one) => one.value !== '')")
        return service

    return open_filled


def wait_until(browser: webdriver.Chrome, script: str) -> None:
    WebDriverWait(browser, 30).until(lambda driver: driver.execute_script(script))


def field(browser: webdriver.Chrome, name: str) -> WebElement:
    (found,) = [
        one
        for one in browser.find_elements(By.TAG_NAME, "fieldset")
        if one.get_attribute("data-name") == name
    ]
    return found


def boxes(browser: webdriver.Chrome, name: str) -> list[WebElement]:
    return field(browser, name).find_elements(By.CSS_SELECTOR, ".boxes input")


def write(box: WebElement, text: str) -> None:
    box.clear()
    box.send_keys(text)


def predict(browser: webdriver.Chrome) -> str:
    """Send the form, and return what the status says then."""
    browser.execute_script("document.querySelector('#answer').textContent = ''")
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    wait_until(browser, "return document.querySelector('#answer').textContent !== ''")
    return browser.find_element(By.ID, "answer").text


def ask(service: Service, body: dict[str, Any]) -> Any:
    headers = {"Content-Type": "application/json"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(service.predict_url, data, headers)  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310 (a server of ours)
        fields = json.load(answer)
    return fields["outputs"] if "inputs" in body else fields["predictions"][0]


def table(browser: webdriver.Chrome, number: int = 0) -> list[list[str]]:
    rows = browser.find_elements(By.TAG_NAME, "table")[number]
    return [
        [cell.text for cell in row.find_elements(By.TAG_NAME, "td")]
        for row in rows.find_elements(By.TAG_NAME, "tr")
    ]


def texts(values: list[Any]) -> list[str]:
    """Return values as JavaScript writes them."""
    return [json.dumps(value).removesuffix(".0") for value in values]


def test_a_changed_example_is_answered_as_the_service_does(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    service = open_form("ranker")
    with urllib.request.urlopen(f"{service.url}/example") as answer:  # noqa: S310
        (example,) = json.load(answer)["instances"]
    for name, values in example.items():
        shown = [box.get_attribute("value") for box in boxes(browser, name)]
        assert [float(one or "") for one in shown] == values
    write(boxes(browser, "item")[1], "17")
    example["item"][1] = 17
    assert "answered" in predict(browser)
    expected = ask(service, {"instances": [example]})
    score, group = expected.values()
    assert table(browser) == [texts(score)]
    meters = browser.find_elements(By.CSS_SELECTOR, "#outputs meter")
    values = [float(meter.get_attribute("value") or "nan") for meter in meters]
    assert values == pytest.approx(group, abs=1e-6)
    command = browser.find_element(By.CSS_SELECTOR, "#request pre")
    said = command.get_attribute("textContent") or ""
    assert said.startswith(f"curl {service.predict_url} ")
    assert json.loads(said.split("-d ")[1].strip("'")) == {"instances": [example]}


def test_what_the_service_refuses_is_said(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    open_form("ranker")
    status = browser.find_element(By.ID, "answer")
    assert status.get_attribute("aria-live") == "polite"
    write(boxes(browser, "price")[0], "1e39")
    assert "'price' has a number outside the range of float32." in predict(browser)
    write(boxes(browser, "price")[0], "1")
    write(boxes(browser, "item")[0], "999")  # of fifty
    assert "cannot take these values" in predict(browser)
    browser.find_element(By.CSS_SELECTOR, "[type=reset]").click()
    wait_until(browser, "return document.querySelector('input').value < 50")
    assert "answered" in predict(browser)


def test_what_is_no_number_is_not_sent(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    open_form("ranker")
    boxes(browser, "item")[0].clear()
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    assert browser.find_element(By.ID, "answer").text == "Nothing sent yet."
    invalid = browser.switch_to.active_element
    assert invalid.accessible_name == "item 0"


@pytest.mark.parametrize("white", [1, 255])
def test_an_image_fills_the_field(
    open_form: Serve, browser: webdriver.Chrome, tmp_path: Path, white: int
) -> None:
    open_form("picture")
    image = Image.new("RGB", (100, 80), "blue")
    image.paste("red", (0, 0, 50, 80))
    image.save(tmp_path / "flag.png")
    picker = field(browser, "image")
    Select(picker.find_element(By.TAG_NAME, "select")).select_by_value(f"0 {white}")
    picker.find_element(By.CSS_SELECTOR, "[type=file]").send_keys(
        str(tmp_path / "flag.png")
    )
    preview = picker.find_element(By.TAG_NAME, "canvas")
    WebDriverWait(browser, 30).until(lambda _: preview.is_displayed())
    predict(browser)
    left, right = [white] * 4, [0] * 4  # the middle is between the colours
    red, green, blue = ([float(cell) for cell in row] for row in table(browser))
    assert (red[:4], red[-4:]) == (left, right)
    assert (blue[:4], blue[-4:]) == (right, left)
    assert green == [0] * 10


def test_what_is_no_image_is_said(
    open_form: Serve, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    open_form("picture")
    (tmp_path / "words.png").write_text("words")
    file = field(browser, "image").find_element(By.CSS_SELECTOR, "[type=file]")
    file.send_keys(str(tmp_path / "words.png"))
    WebDriverWait(browser, 30).until(
        lambda driver: "words.png is not an image" in driver.page_source
    )


def test_text_that_is_not_json_is_said(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    open_form("picture")
    write(field(browser, "image").find_element(By.TAG_NAME, "textarea"), "[1, 2")
    assert predict(browser).startswith("image is not JSON")


def test_booleans_are_ticked(open_form: Serve, browser: webdriver.Chrome) -> None:
    service = open_form("rows")
    row: dict[str, list[Any]] = {"wanted": [], "count": [7, 8, 9], "weight": [0.5] * 3}
    for box in boxes(browser, "wanted"):
        box.send_keys(Keys.SPACE)
        row["wanted"].append(box.is_selected())
    for name in ("count", "weight"):
        for box, value in zip(boxes(browser, name), row[name], strict=True):
            write(box, str(value))
    predict(browser)
    expected = ask(service, {"instances": [row]})
    for number, values in enumerate(expected.values()):
        assert table(browser, number) == [texts(values)]


def test_without_a_batch_everything_is_one_example(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    open_form("scalar")
    values = field(browser, "values").find_element(By.TAG_NAME, "textarea")
    write(values, "[1, 2, 3.5]")
    write(boxes(browser, "factor")[0], "2")
    predict(browser)
    assert table(browser) == [["2", "4", "7"]]
    assert browser.find_elements(By.CSS_SELECTOR, "#outputs p")[0].text == "13"


def test_a_fixed_batch_is_filled(open_form: Serve, browser: webdriver.Chrome) -> None:
    open_form("fixed")
    assert "sent 2 times" in browser.find_element(By.TAG_NAME, "header").text
    assert "answered" in predict(browser)


def test_what_a_screen_reader_needs_is_there(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    for name in ("ranker", "picture", "rows"):
        open_form(name)
        shown = [
            one
            for one in browser.find_elements(By.CSS_SELECTOR, "form *")
            if one.tag_name in ("input", "select", "textarea", "button")
        ]
        assert shown
        names = [one.accessible_name for one in shown if one.is_displayed()]
        assert all(names)


def test_the_browser_has_nothing_to_complain_of(
    open_form: Serve, browser: webdriver.Chrome
) -> None:
    browser.get_log("browser")  # of the tests before
    for name in ("ranker", "picture"):
        service = open_form(name)
        predict(browser)
        script = "return performance.getEntriesByType('resource').map(one => one.name)"
        for resource in browser.execute_script(script):
            assert resource.startswith(service.url)
        browser.get(f"{service.url}/docs")
        browser.find_element(By.TAG_NAME, "h1")
    assert browser.get_log("browser") == []
