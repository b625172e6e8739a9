"""The application: what is served at which address."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tf_nst.errors import NstError, RunError
from tf_nst.studio.answers import Handler, with_studio
from tf_nst.studio.routes import history, live, pictures, runs
from tf_nst.studio.studio import Studio

PAGE = Path(__file__).parent / "data"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/state", live.state),
    ("GET", "/api/events", live.events),
    ("POST", "/api/estimate", live.estimate),
    ("POST", "/api/pictures", pictures.upload),
    ("GET", "/api/pictures/{id}.png", pictures.shown),
    ("POST", "/api/presets/{name}", pictures.preset),
    ("GET", "/api/presets/{name}.jpg", pictures.thumbnail),
    ("POST", "/api/runs", runs.add),
    ("POST", "/api/runs/{id}/weights", runs.weights),
    ("POST", "/api/runs/{id}/undo", runs.undo),
    ("POST", "/api/runs/{id}/stop", runs.stop),
    ("POST", "/api/runs/{id}/further", runs.further),
    ("POST", "/api/runs/{id}/resume", runs.resume),
    ("DELETE", "/api/runs/{id}", runs.remove),
    ("GET", "/api/runs/{id}/preview.png", runs.preview),
    ("POST", "/api/sheets", runs.add_sheet),
    ("POST", "/api/sheets/{id}/stop", runs.stop_sheet),
    ("GET", "/api/sheets/{id}/{number:int}.png", runs.tile),
    ("POST", "/api/lessons/{id}", history.add_lesson),
    ("GET", "/api/lessons/{id}.html", history.lesson),
    ("GET", "/api/history/{id}.{extension}", history.download),
    ("POST", "/api/history/{id}/pictures", history.pictures),
    ("DELETE", "/api/history/{id}", history.remove),
)


def make_app(studio: Studio, hurry: Callable[[], bool] = bool) -> Starlette:
    """The application of a studio.

    Args:
      hurry: whether the end is not to wait for the picture in hand.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await studio.start()
        try:
            yield
        finally:
            await studio.close(hurry)

    routes: list[BaseRoute] = [
        Route(path, with_studio(studio, handler), methods=[method])
        for method, path, handler in _ROUTES
    ]
    routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
    handlers = {NstError: _failed, HTTPException: _refused}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


def _failed(request: Request, error: Exception) -> Response:
    code = 503 if isinstance(error, RunError) else 400
    return JSONResponse({"error": " ".join(str(error).split())}, code)


def _refused(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "an error"
    return JSONResponse({"error": detail}, code)
