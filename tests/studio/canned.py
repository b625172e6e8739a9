"""The studio's page with a server whose state a test writes, and that notes what it is asked."""

import asyncio
import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from pages import DESKTOP, Studio
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import tf_nst
from tf_nst.studio.settings import SETTINGS

PAGE = Path(tf_nst.__file__).parent / "studio/data"


def picture(name: str, width: int = 120, height: int = 90) -> dict[str, Any]:
    """A picture of the state."""
    return {"id": name, "name": f"{name}.jpg", "width": width, "height": height}


def run(name: str, **changes: Any) -> dict[str, Any]:
    """A painting of p1 by p2, of which ten steps are made."""
    usual = {"status": "painting", "place": 0, "content": "p1", "styles": ["p2"], "settings": {}}
    sizes = {"size": [90, 120], "step": 10, "steps": 40, "scale": None, "steps_per_second": 2.0}
    losses = {"style": [[1, 9.0], [10, 0.5]], "content": [[1, 0.1], [10, 0.2]]}
    weights = {"style_weight": 270.0, "content_weight": 1.0, "tv_weight": 0.001}
    rest = {"undo": 0, "traces": 1, "preview": 1, "notes": [], "message": "", "resumable": False}
    rest |= {"has_state": False}
    mine = {"id": name, "name": "p1.jpg", "seconds_left": 15.0, "history": None, "masks": None}
    return {**usual, **sizes, "losses": losses, "weights": weights, **rest, **mine, **changes}


class Canned:
    """Serves the page at `address` with `state`, and keeps requests as (method, path, body).

    Attributes:
      answers: {path: JSON} of what is answered in a way of its own.
    """

    def __init__(self, **state: Any) -> None:
        self.state = {
            "painter": {"status": "ready", "message": ""},
            "limits": {"upload_bytes": 10**6, "upload_pixels": 10**6},
            "options": [setting.shown() for setting in SETTINGS.values()],
            "presets": [],
            "pictures": [picture("p1"), picture("p2"), picture("p3")],
            "given": None,
            "runs": [],
            "sheet": None,
            "history": [],
            "lessons": {},
            **state,
        }
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, Any] = {}
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(self._app(), log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()

    def _app(self) -> Starlette:
        every = ["GET", "POST", "DELETE"]
        routes = [
            Route("/api/events", self._events),
            Route("/api/{rest:path}", self._answer, methods=every),
        ]
        return Starlette(routes=[*routes, Mount("/", StaticFiles(directory=PAGE, html=True))])

    async def _events(self, request: Request) -> Response:
        async def changes():
            while not self._server.should_exit:
                yield f"event: state\ndata: {json.dumps(self.state)}\n\n"
                await asyncio.sleep(0.1)

        return StreamingResponse(changes(), media_type="text/event-stream")

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        if request.method == "GET":
            return Response(png(), media_type="image/png")
        is_json = request.headers.get("content-type") == "application/json"
        self.asked.append(
            (request.method, str(request.url.path), json.loads(body) if is_json else body)
        )
        if request.url.path == "/api/estimate":
            return JSONResponse(
                {"seconds": 9, "bytes": 10**8, "size": [90, 120], "steps": 40, "notes": []}
            )
        usual = {"id": f"new{len(self.asked)}", "width": 120, "height": 90}
        return JSONResponse(self.answers.get(request.url.path, usual))

    def bodies(self, path: str) -> list[Any]:
        """What was posted to a path."""
        return [body for _, asked, body in self.asked if asked == path]

    def asked_for(self, path: str) -> list[str]:
        """The methods by which a path was asked for."""
        return [method for method, asked, _ in self.asked if asked == path]

    def close(self) -> None:
        """Ends the server."""
        self._server.should_exit = True
        self._thread.join(timeout=10)


def png(color: str = "grey") -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (12, 9), color).save(target, "PNG")
    return target.getvalue()


@contextmanager
def canned_pages(browser) -> Iterator[Any]:
    """(state) -> a page, and its server; at the end none has complained."""
    pairs = []

    def open_page(**state):
        server = Canned(**state)
        pairs.append((Studio(browser, server, DESKTOP), server))
        return pairs[-1][0].page, server

    yield open_page
    for studio, server in pairs:
        assert not studio.complaints
        studio.close()
        server.close()


def until(page, condition) -> None:
    """Waits for what the server hears."""
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page did not ask")


def painted(page, server):
    """Presses Paint; what is asked for."""
    page.click("#paint")
    until(page, lambda: server.bodies("/api/runs"))
    return server.bodies("/api/runs")[0]


def mask(body):
    """A PNG that was posted, 0 or 255 in [height, width]."""
    return np.asarray(Image.open(io.BytesIO(body)).convert("L"))
