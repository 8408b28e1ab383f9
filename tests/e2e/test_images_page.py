"""The upload page for pictures, in a real browser, with a model made of NumPy."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from PIL import Image
from projects.conftest import render
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from conftest import CATALOG
from dlscaffold.layers.finding import find_cell
from e2e.browser import chromium
from e2e.service import free_port

pytestmark = pytest.mark.e2e
LABELS = ["red", "green", "blue", "x" * 60, "<b>bold</b>", "sixth", "seventh"]

# The share of each colour, and a little for every other label.
RUNTIME = """
import numpy as np


class InputError(Exception):
    pass


class Runtime:
    def __init__(self, artifact, threads=1):
        pass

    def predict(self, inputs):
        colours = inputs["image"].mean(axis=(1, 2))
        scores = np.concatenate([colours, np.full((len(colours), 4), 0.01)], axis=1)
        scores = scores + np.arange(7, 0, -1) * 0.001
        return {"probabilities": (scores / scores.sum(1, keepdims=True)).astype("f4")}
"""
INSTALL = """
import json
from pathlib import Path
import numpy as np
from PACKAGE import contract
from PACKAGE.contract.runtime import Runtime

folder = Path("artifacts")
folder.mkdir()
(folder / "model").write_bytes(b"weights")
plain = {"height": 32, "width": 32, "channels": 3}
plain |= {"mean": [0.0] * 3, "deviation": [1.0] * 3}
labels = json.loads(LABELS)
contract.Signature(
    name="colours", format="onnx", artifact="model",
    sha256=contract.digest(folder / "model"), sources={},
    framework="keras", framework_version="3",
    inputs={"image": contract.TensorSpec("float32", (None, 32, 32, 3))},
    outputs={"probabilities": contract.TensorSpec("float32", (None, len(labels)))},
    batch=contract.FREE,
    task=contract.Task.take({"labels": labels, "preprocessing": plain}),
    tolerance=contract.Tolerance(),
).write(folder)
inputs = {"image": np.random.default_rng(1).random((3, 32, 32, 3), np.float32)}
contract.Golden(inputs, Runtime(folder).predict(inputs)).write(folder)
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service of a project for pictures."""
    cell = replace(find_cell(CATALOG, "keras", "flask"), start=CATALOG.start("images"))
    project = render(cell, tmp_path_factory.mktemp("page"))
    runtime = project.path / project.package / "contract" / "runtime.py"
    runtime.write_text(RUNTIME, "utf-8")
    install = INSTALL.replace("PACKAGE", project.package)
    install = install.replace("LABELS", repr(json.dumps(LABELS)))
    subprocess.run([sys.executable, "-c", install], cwd=project.path, check=True)
    port = free_port()
    command = [sys.executable, "-m", f"{project.package}.serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=project.path) as server:
        try:
            wait_until_ready(address, server)
            yield address
        finally:
            server.terminate()


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None
        try:
            if requests.get(f"{address}/readyz", timeout=10).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail("the service is not ready after a minute")


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(url: str, browser: webdriver.Chrome) -> webdriver.Chrome:
    browser.get(url)
    return browser


def picture(folder: Path, colour: str) -> str:
    """Return the path of a picture of several megabytes, as cameras make them."""
    file = folder / f"{colour}.png"
    Image.new("RGB", (3000, 2000), colour).save(file, compress_level=1)
    return str(file)


def wait_for(page: webdriver.Chrome, text: str) -> None:
    def says(driver: webdriver.Chrome) -> bool:
        return text in driver.find_element(By.ID, "answer").text

    WebDriverWait(page, 30).until(says)


def test_a_chosen_picture_is_shown_and_answered(
    page: webdriver.Chrome, tmp_path: Path
) -> None:
    """With the five most probable labels, as texts, whatever is in them."""
    page.find_element(By.ID, "file").send_keys(picture(tmp_path, "blue"))
    wait_for(page, "This is blue")
    labels = [one.text for one in page.find_elements(By.CSS_SELECTOR, "#bars .label")]
    assert labels[0] == "blue"
    assert len(labels) == 5
    assert labels[1:3] == ["x" * 60, "<b>bold</b>"]
    meters = "return [...document.querySelectorAll('#bars meter')].map((m) => m.value)"
    assert page.execute_script(meters)[0] > 0.9
    preview = page.find_element(By.CSS_SELECTOR, "#preview canvas")
    assert preview.is_displayed()
    assert page.save_screenshot(str(tmp_path / "page.png"))


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_can_be_dropped_and_pasted(page: webdriver.Chrome, way: str) -> None:
    page.execute_script(
        """
        const paper = document.createElement("canvas");
        const pen = paper.getContext("2d");
        pen.fillStyle = "lime";
        pen.fillRect(0, 0, paper.width, paper.height);
        paper.toBlob((blob) => {
          const data = new DataTransfer();
          data.items.add(new File([blob], "lime.png", { type: "image/png" }));
          const options = { bubbles: true, cancelable: true };
          document.body.dispatchEvent(arguments[0] === "drop"
            ? new DragEvent("drop", { dataTransfer: data, ...options })
            : new ClipboardEvent("paste", { clipboardData: data, ...options }));
        });
        """,
        way,
    )
    wait_for(page, "This is green")


def test_the_button_takes_the_keyboard(page: webdriver.Chrome) -> None:
    """The first Tab leads to it, and it shows that."""
    ActionChains(page).send_keys(Keys.TAB).perform()
    focused = page.switch_to.active_element
    assert focused.get_attribute("id") == "file"
    label = page.find_element(By.CSS_SELECTOR, "label.button")
    assert label.value_of_css_property("outline-style") == "solid"


def test_errors_are_announced(page: webdriver.Chrome, tmp_path: Path) -> None:
    """In the element that screen readers read aloud; an earlier answer is gone."""
    words, large = tmp_path / "words.png", tmp_path / "large.png"
    words.write_text("no picture")
    large.write_bytes(bytes(10_000_001))
    page.find_element(By.ID, "file").send_keys(picture(tmp_path, "red"))
    wait_for(page, "This is red")
    page.find_element(By.ID, "file").send_keys(str(words))
    wait_for(page, "Not an image")
    assert not page.find_elements(By.CSS_SELECTOR, "#bars li")
    page.find_element(By.ID, "file").send_keys(str(large))
    wait_for(page, "at most 10 MB")
    assert page.find_element(By.ID, "answer").get_attribute("role") == "status"


def test_the_camera_is_offered_on_touch_screens_alone(page: webdriver.Chrome) -> None:
    camera = page.find_element(By.CSS_SELECTOR, "label.camera")
    assert not camera.is_displayed()
    touch = "Emulation.setTouchEmulationEnabled"
    page.execute_cdp_cmd(touch, {"enabled": True})
    try:
        page.refresh()
        assert page.find_element(By.CSS_SELECTOR, "label.camera").is_displayed()
    finally:
        page.execute_cdp_cmd(touch, {"enabled": False})
    assert page.find_element(By.ID, "camera").get_attribute("capture") == "environment"
