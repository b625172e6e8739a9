"""The studio's server as a process, and its page in Chromium."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, FileChooser, Route, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from documentation.browser import PROGRAMS, find_chromium

ROOT = Path(__file__).resolve().parents[2]
_COMMAND = "from tf_nst.cli.main import console; console()"
# In milliseconds; a page waits for what comes, and asserts no time.
PATIENCE = 300_000
# Of a page: whether there are fewer paintings than so many.
FEWER = "count => document.querySelectorAll('#paintings button').length < count"
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
TELEPHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
}


class Server:
    """`tf-nst studio` with a folder of finished pictures."""

    def __init__(self, folder: Path) -> None:
        """Returns once the page can be opened."""
        arguments = ["studio", f"--folder={folder}", "--browser=false"]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *arguments],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.address = self._address()

    def _address(self) -> str:
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "http://" in line:
                return line[line.index("http://") :].strip()
        raise AssertionError("".join(lines))

    def close(self) -> None:
        """Ends it as Ctrl-C does."""
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium; without one the test is skipped."""
    program = find_chromium()
    if program is None:
        pytest.skip(f"no browser: expected one of {', '.join(PROGRAMS)} on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Studio:
    """A page of a server, with all that it complained of.

    Attributes:
      complaints: of the console, and requests that leave the server.
      choosers: of files, that have opened. They are listened for before the page is there: under
        load Chromium loses one that opens soon after.
    """

    def __init__(self, browser: Browser, server: Any, screen: dict[str, Any]) -> None:
        self.complaints: list[str] = []
        self.choosers: list[FileChooser] = []
        self.base, self.width = server.address.partition("/?")[0], screen["viewport"]["width"]
        self.context = browser.new_context(**screen, reduced_motion="reduce")
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("filechooser", lambda chooser: self.choosers.append(chooser))
        self.page.route("**/*", self._let_through)
        self.page.goto(server.address)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _let_through(self, route: Route) -> None:
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.complaints.append(f"requests {route.request.url}")
            route.abort()

    def state(self) -> dict[str, Any]:
        """The server's."""
        return self.context.request.get(f"{self.base}/api/state").json()

    def run(self) -> dict[str, Any]:
        """The latest painting."""
        return self.state()["runs"][-1]

    def paint(self, press=None) -> None:
        """Presses Paint, by default with the mouse, and waits for another painting."""
        count = len(self.state()["runs"])
        (press or (lambda: self.page.click("#paint")))()
        self.wait(lambda: len(self.state()["runs"]) > count, "another painting")

    def wait(self, condition, what: str) -> None:
        """Waits until something is so."""
        for _ in range(PATIENCE // 200):
            if condition():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"expected {what}, received none")

    def until(self, condition, what: str) -> dict[str, Any]:
        """Waits for the latest painting to meet a condition; the painting."""
        for _ in range(PATIENCE // 200):
            run = self.run()
            assert run["status"] != "failed", run["message"]
            if condition(run):
                return run
            self.page.wait_for_timeout(200)
        raise AssertionError(f"expected {what}, received {run}")

    def check(self) -> None:
        """Nothing was complained of, nothing is too wide, and axe finds nothing serious."""
        assert not self.complaints
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width
        found = Axe().run(self.page).response["violations"]
        serious = [it for it in found if it["impact"] in ("serious", "critical")]
        assert not serious, [(it["id"], it["nodes"][0]["target"]) for it in serious]

    def close(self) -> None:
        """Closes the page."""
        self.context.close()


def small_picture(source: str, path: Path, side: int) -> Path:
    """One of the examples at a long side in pixels, as a JPEG."""
    picture = Image.open(ROOT / "examples" / source)
    picture.thumbnail((side, side))
    picture.save(path, quality=95)
    return path
