"""Chromium without a screen, driven through pipes by the DevTools protocol."""

import json
import os
import shutil
import subprocess
from pathlib import Path

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


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome on the PATH."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
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
        """Until an event has come; those before it are forgotten."""
        while event not in self._events:
            self._receive()
        self._events.clear()

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
