"""The drawing page of the Flask service, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, pi, sin
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from e2e.browser import chromium
from e2e.conftest import Smoked
from e2e.service import Service, running

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("keras")]
Stroke = list[tuple[float, float]]

# Points from 0 to 1, from the left and from the top.
ZERO = [(0.5 + 0.22 * sin(t * pi / 6), 0.5 - 0.36 * cos(t * pi / 6)) for t in range(13)]
FOUR = [(0.55, 0.12), (0.28, 0.58), (0.72, 0.58)], [(0.6, 0.4), (0.6, 0.9)]
DIGITS: dict[str, list[Stroke]] = {"0": [ZERO], "4": list(FOUR)}


@pytest.fixture(scope="module")
def service(smoked: Callable[..., Smoked]) -> Iterator[Service]:
    with running(smoked("keras", "flask"), FLASK_WORKERS="1") as service:
        yield service


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as driver:
        yield driver


def draw(browser: webdriver.Chrome, strokes: list[Stroke]) -> None:
    canvas = browser.find_element(By.ID, "drawing")
    width, height = canvas.size["width"], canvas.size["height"]
    for stroke in strokes:
        mouse = ActionChains(browser, duration=10)
        for number, (x, y) in enumerate(stroke):
            right, down = int((x - 0.5) * width), int((y - 0.5) * height)
            mouse.move_to_element_with_offset(canvas, right, down)
            if number == 0:
                mouse.click_and_hold()
        mouse.release().perform()


def wait_for(browser: webdriver.Chrome, text: str) -> None:
    def says(driver: webdriver.Chrome) -> bool:
        return text in driver.find_element(By.ID, "answer").text

    WebDriverWait(browser, 30).until(says)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_drawn_digit_is_recognised(
    service: Service, browser: webdriver.Chrome, digit: str, tmp_path: Path
) -> None:
    browser.get(service.url)
    draw(browser, DIGITS[digit])
    wait_for(browser, f"This is {digit}")
    # All at once: the next answer changes them.
    meters = "return [...document.querySelectorAll('#bars meter')].map((m) => m.value)"
    values = browser.execute_script(meters)
    assert values.index(max(values)) == int(digit)
    assert abs(sum(values) - 1) < 0.01
    assert browser.save_screenshot(str(tmp_path / f"{digit}.png"))
    browser.find_element(By.ID, "clear").click()
    wait_for(browser, "Nothing drawn yet.")


def test_the_keyboard_draws_too(service: Service, browser: webdriver.Chrome) -> None:
    browser.get(service.url)
    canvas = browser.find_element(By.ID, "drawing")
    canvas.send_keys(Keys.SPACE, *[Keys.ARROW_DOWN] * 20)
    wait_for(browser, "This is")
    canvas.send_keys(Keys.DELETE)
    wait_for(browser, "Nothing drawn yet.")


def test_what_a_screen_reader_needs_is_there(
    service: Service, browser: webdriver.Chrome
) -> None:
    browser.get(service.url)
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    canvas = browser.find_element(By.ID, "drawing")
    assert canvas.accessible_name == "Drawing area"
    answer = browser.find_element(By.ID, "answer")
    assert answer.get_attribute("aria-live") == "polite"
    for meter in browser.find_elements(By.CSS_SELECTOR, "#bars meter"):
        assert meter.accessible_name
    tabs = browser.switch_to.active_element
    tabs.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "drawing"


def test_the_browser_has_nothing_to_complain_of(
    service: Service, browser: webdriver.Chrome
) -> None:
    browser.get_log("browser")  # of the tests before
    for path in ("/", "/docs"):
        browser.get(service.url + path)
        browser.find_element(By.TAG_NAME, "h1")
    assert browser.get_log("browser") == []
    script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
    for name in browser.execute_script(script):
        assert name.startswith(service.url)
