"""A studio whose server is a thread of the tests, and its painter a process."""

import http.client
import io
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from PIL import Image

from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard
from tf_nst.studio.studio import Studio

TOKEN = "a-token"
# In seconds: what comes is waited for, whatever the machine.
PATIENCE = 300.0


class Live:
    """A studio with a page's requests."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        scratch.mkdir()
        self.studio = Studio(folder, scratch)
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        app = Guard(make_app(self.studio), TOKEN, [self.host], self.port)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def close(self) -> None:
        """Ends the server and its painter."""
        self.server.should_exit = True
        self._thread.join()

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request of the studio's page."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {TOKEN}", "Origin": f"http://{self.host}"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def upload(self, seed: int) -> str:
        """The id of a picture of soft colours, 64 x 48 pixels."""
        coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(coarse).resize((64, 48)).save(buffer, "PNG")
        answer = self.ask("POST", "/api/pictures?name=court.png", buffer.getvalue())[1]
        return json.loads(answer)["id"]

    def get(self, path: str) -> Any:
        """What is at an address, read as JSON."""
        return json.loads(self.ask("GET", path)[1])

    def post(self, path: str, value: object = None) -> Any:
        """The JSON that a POST is answered with; a line where it is refused."""
        status, answer = self.ask("POST", path, json.dumps(value or {}).encode())
        answer = json.loads(answer)
        return answer if status == 200 else answer["error"]

    def state(self) -> dict[str, Any]:
        return self.get("/api/state")

    def run(self, name: str) -> dict[str, Any]:
        """A painting."""
        return next(run for run in self.state()["runs"] if run["id"] == name)

    def until(self, name: str, condition) -> dict[str, Any]:
        """The painting, once it meets a condition; it may not fail meanwhile."""
        for _ in range(int(PATIENCE / 0.1)):
            run = self.run(name)
            assert run["status"] != "failed", run["message"]
            if condition(run):
                return run
            time.sleep(0.1)
        raise AssertionError(f"expected another state, received {run}")

    def until_status(self, name: str, status: str) -> dict[str, Any]:
        return self.until(name, lambda run: run["status"] == status)

    def until_ready(self) -> None:
        """Waits for the painter."""
        for _ in range(int(PATIENCE / 0.1)):
            if self.state()["painter"]["status"] in ("ready", "busy"):
                return
            time.sleep(0.1)
        raise AssertionError(f"expected a painter, received {self.state()['painter']}")
