"""Pages as a browser shows them: accessibility by axe, width, console, requests, search."""

import base64
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from documentation.browser import Browser

SCHEMES = ("light", "dark")
WIDTHS = (1280, 390)
_HEIGHT = 900
_AXE = """axe.run(document, {resultTypes: ["violations"]}).then(it => JSON.stringify(
  it.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id} (${rule.impact}): ${node.target.join(" ")}`))))"""
_WIDTH = "document.documentElement.scrollWidth"
_RESOURCES = """JSON.stringify(performance.getEntriesByType("resource")
  .map(it => it.name).filter(it => !it.startsWith("file:") && !it.startsWith("data:")))"""
# Until the search has listed what it found, at most 10 s.
_RESULTS = """new Promise(done => {
  const began = Date.now();
  const look = () => {
    const count = document.querySelectorAll("#search-results li").length;
    count || Date.now() - began > 10000 ? done(count) : setTimeout(look, 50);
  };
  look();
})"""


class View(NamedTuple):
    """A page of the built folder in one colour scheme at one width in pixels."""

    page: str
    scheme: str
    width: int


class Viewer:
    """Opens pages of a built folder, by file://."""

    def __init__(self, program: str, folder: Path, profile: Path):
        """`profile` is a new folder for the browser's files."""
        self._folder = folder.resolve()
        self._axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
        self._browser = Browser(program, profile)
        target = self._browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._browser.call("Target.attachToTarget", targetId=target, flatten=True)
        self._browser.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._browser.call(f"{domain}.enable")
        self._browser.call("Emulation.setScrollbarsHidden", hidden=True)

    def open(self, view: View, query: str = "") -> None:
        """Shows a page; `query` is the part of its address from the question mark on."""
        features = [{"name": "prefers-color-scheme", "value": view.scheme}]
        size = {"width": view.width, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self._browser.call("Emulation.setEmulatedMedia", features=features)
        self._browser.call("Emulation.setDeviceMetricsOverride", **size)
        self._browser.console.clear()
        address = f"{(self._folder / view.page).as_uri()}{query}"
        self._browser.call("Page.navigate", url=address)
        self._browser.wait("Page.loadEventFired")

    def problems(self, view: View) -> Iterator[str]:
        """A line for whatever is wrong with a page."""
        self.open(view)
        yield from (f"console: {line}" for line in self._browser.console)
        yield from (f"requests {address}" for address in json.loads(self._value(_RESOURCES)))
        width = self._value(_WIDTH)
        if width > view.width:
            yield f"is {width} pixels wide"
        self._value(f"{self._axe}; 0")
        yield from json.loads(self._value(_AXE))

    def hits(self, word: str) -> int:
        """How many results the search page lists for a word."""
        self.open(View("search.html", "light", WIDTHS[0]), f"?q={word}")
        return self._value(_RESULTS)

    def photograph(self, view: View, path: Path) -> None:
        """Saves a PNG of the first screen of a page."""
        self.open(view)
        taken = self._browser.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(taken["data"]))

    def close(self) -> None:
        """Ends the browser."""
        self._browser.close()

    def _value(self, expression: str):
        answer = self._browser.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"]["value"]
