"""Make the pictures of README.md: a terminal, the service's page, a report.

python docs/pictures.py      (needs chromium, chromedriver and `pip install pyte`)
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pexpect
import pyte
from rich.console import Console
from rich.text import Text
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By

DOCS = Path(__file__).parent
COLUMNS, LINES = 90, 30
COMMANDS = (
    "dlscaffold new shop-digits --framework keras --target flask",
    "dlscaffold smoke shop-digits",
)
# A seven, in shares of the drawing's width and height.
STROKE = [(0.28, 0.2), (0.72, 0.2), (0.6, 0.5), (0.48, 0.82)]


def main() -> None:
    """Generate a project, smoke-test it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        screens = [run(command, folder) for command in COMMANDS]
        draw_terminal(screens, DOCS / "terminal.svg")
        project = Path(folder) / "shop-digits"
        shutil.copyfile(project / "reports/confusion-matrix.png", DOCS / "report.png")
        take_page(project, DOCS / "page.png")


def run(command: str, folder: str) -> pyte.Screen:
    """Return the screen of a terminal after a command."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"}
    environment |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    child = pexpect.spawn(
        command,
        cwd=folder,
        env=environment,
        timeout=1200,
        dimensions=(LINES, COLUMNS),
    )
    while not child.eof():
        try:
            # Where the project lies says nothing to a reader.
            stream.feed(child.read_nonblocking(65536).replace(folder.encode(), b"~"))
        except pexpect.EOF:
            break
    child.close()
    if child.exitstatus:
        sys.exit(f"error: {command} failed: {screen.display}")
    return screen


def draw_terminal(screens: list[pyte.Screen], file: Path) -> None:
    """Write the commands and their screens as one SVG file."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for command, screen in zip(COMMANDS, screens, strict=True):
        console.print(Text(f"$ {command}", "bold"))
        last = max(n for n, line in enumerate(screen.display) if line.strip())
        for number in range(last + 1):
            console.print(line_of(screen, number))
    console.save_svg(str(file), title="dlscaffold")


def line_of(screen: pyte.Screen, number: int) -> Text:
    """Return one line of a screen with its styles."""
    text = Text()
    for column in range(COLUMNS):
        character = screen.buffer[number][column]
        color = "" if character.fg == "default" else character.fg
        text.append(character.data, f"{'bold ' if character.bold else ''}{color}")
    text.rstrip()
    return text


def take_page(project: Path, file: Path) -> None:
    """Serve the project, draw a digit on its page, and take a screenshot."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    python = project / ".venv/bin/python"
    command = [python, "-m", "shop_digits.serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            screenshot(f"http://127.0.0.1:{port}", file)
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    """Return once the URL answers; exit after two minutes."""
    for _ in range(240):
        try:
            with urlopen(url):  # noqa: S310
                return
        except URLError:
            time.sleep(0.5)
    sys.exit(f"error: no answer from {url}")


def screenshot(url: str, file: Path) -> None:
    """Draw on the page and save what it looks like then."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in ("--headless=new", "--no-sandbox", "--window-size=900,860"):
        options.add_argument(option)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options, service) as browser:
        browser.get(url)
        canvas = browser.find_element(By.ID, "drawing")
        mouse = ActionChains(browser, duration=10)
        for number, (x, y) in enumerate(STROKE):
            right = int((x - 0.5) * canvas.size["width"])
            down = int((y - 0.5) * canvas.size["height"])
            mouse.move_to_element_with_offset(canvas, right, down)
            if number == 0:
                mouse.click_and_hold()
        mouse.release().perform()
        time.sleep(2)
        browser.save_screenshot(str(file))


if __name__ == "__main__":
    main()
