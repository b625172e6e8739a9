"""Chromium without a screen, spoken to through pipes: what a page looks like and complains of."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_LOOK = """JSON.stringify({
  images: document.images.length,
  missing: [...document.images].filter(it => !it.complete || !it.naturalWidth).length,
  width: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight,
  formulas: document.querySelectorAll("math").length,
  outside: [...document.querySelectorAll("main *")]
    .filter(it => it.getBoundingClientRect().right > document.documentElement.clientWidth + 1
      || it.matches(".formula, pre, div") && it.scrollWidth > it.clientWidth + 1)
    .map(it => it.outerHTML.slice(0, 80)),
})"""


class PageState(NamedTuple):
    """A page as the browser shows it at a width in pixels.

    `console` is all that reached the console, `outside` what reaches past the right border of the
    page or of its box.
    """

    images: int
    missing: int
    width: int
    height: int
    formulas: int
    outside: list[str]
    console: list[str]


def look_at(page: Path, width: int, profile: Path, screenshot: Path | None = None) -> PageState:
    """Opens a page in a window of this width; `profile` is a new folder for Chromium's files.

    Without Chromium the test is skipped.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser: expected one of {', '.join(PROGRAMS)} on the PATH")
    browser = _Browser(program, profile)
    try:
        return _page_state(browser, page, width, screenshot)
    finally:
        browser.close()


def _page_state(browser: "_Browser", page: Path, width: int, screenshot: Path | None) -> PageState:
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
    browser.session = attached["sessionId"]
    for domain in ("Page", "Runtime", "Log"):
        browser.call(f"{domain}.enable")
    browser.call("Emulation.setScrollbarsHidden", hidden=True)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    browser.call("Page.navigate", url=page.resolve().as_uri())
    browser.wait("Page.loadEventFired")
    answer = browser.call("Runtime.evaluate", expression=_LOOK, returnByValue=True)
    state = json.loads(answer["result"]["value"])
    if screenshot:
        taken = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        screenshot.write_bytes(base64.b64decode(taken["data"]))
    return PageState(**state, console=browser.console)


class _Browser:
    """The DevTools protocol over descriptors 3 and 4: JSON, each message ended by a zero byte."""

    def __init__(self, program: str, profile: Path):
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()
        flags = " ".join((*FLAGS, f"--user-data-dir='{profile}'"))
        line = f"exec '{program}' {flags} 3<&{to_read} 4>&{to_write}"
        self._process = subprocess.Popen(
            ["bash", "-c", line],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer, self._sent, self.session = b"", 0, None
        self._events: list[str] = []
        self.console: list[str] = []

    def call(self, method: str, **parameters) -> dict:
        """Sends a command and waits for its answer."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._sent:
                return answer["result"]

    def wait(self, event: str) -> None:
        """Until an event has come."""
        while event not in self._events:
            self._receive()

    def _receive(self) -> dict:
        while b"\0" not in self._buffer:
            part = os.read(self._in, 1 << 20)
            if not part:
                raise ConnectionError("chromium ended before it answered")
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(text)
        self._events.append(message.get("method", ""))
        if message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.console.append(text.decode())
        if message.get("method") == "Log.entryAdded":
            self.console.append(message["params"]["entry"]["text"])
        return message

    def close(self) -> None:
        """Closes Chromium by its protocol, so that its helper processes end as well."""
        os.write(self._out, b'{"id": 0, "method": "Browser.close"}\0')
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)
