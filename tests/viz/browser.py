"""What a page looks like in Chromium, and what it complains of."""

import base64
import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from documentation.browser import PROGRAMS, Browser, find_chromium

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
    program = find_chromium()
    if program is None:
        pytest.skip(f"no browser: expected one of {', '.join(PROGRAMS)} on the PATH")
    browser = Browser(program, profile)
    try:
        return _page_state(browser, page, width, screenshot)
    finally:
        browser.close()


def _page_state(browser: Browser, page: Path, width: int, screenshot: Path | None) -> PageState:
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
