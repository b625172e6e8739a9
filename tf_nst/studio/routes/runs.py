"""Paintings and sheets."""

from starlette.requests import Request
from starlette.responses import Response

from tf_nst.studio.answers import body_of, done, whole
from tf_nst.studio.studio import Studio


def _id(request: Request) -> str:
    return str(request.path_params["id"])


async def add(studio: Studio, request: Request) -> Response:
    """POST /api/runs"""
    name = studio.runs.add(await body_of(request))
    studio.given = None  # from here on a page begins with what was painted last
    studio.wake()
    return done(studio, id=name)


async def weights(studio: Studio, request: Request) -> Response:
    """POST /api/runs/ID/weights"""
    studio.runs.change(_id(request), await body_of(request))
    return done(studio)


async def undo(studio: Studio, request: Request) -> Response:
    """POST /api/runs/ID/undo"""
    studio.runs.undo(_id(request))
    return done(studio)


async def stop(studio: Studio, request: Request) -> Response:
    """POST /api/runs/ID/stop"""
    studio.runs.stop(_id(request))
    return done(studio)


async def further(studio: Studio, request: Request) -> Response:
    """POST /api/runs/ID/further: {"steps": 100} or {"scale": 2}; the id of the run that goes on."""
    name = studio.runs.further(_id(request), await body_of(request))
    studio.wake()
    return done(studio, id=name)


async def resume(studio: Studio, request: Request) -> Response:
    """POST /api/runs/ID/resume"""
    studio.runs.resume(_id(request))
    studio.wake()
    return done(studio)


async def remove(studio: Studio, request: Request) -> Response:
    """DELETE /api/runs/ID"""
    studio.runs.remove(_id(request))
    return done(studio)


async def preview(studio: Studio, request: Request) -> Response:
    """GET /api/runs/ID/preview.png"""
    return await whole(studio.runs.preview_path(_id(request)))


async def add_sheet(studio: Studio, request: Request) -> Response:
    """POST /api/sheets"""
    name = studio.sheets.add(await body_of(request))
    studio.wake()
    return done(studio, id=name)


async def stop_sheet(studio: Studio, request: Request) -> Response:
    """POST /api/sheets/ID/stop"""
    studio.sheets.stop(_id(request))
    return done(studio)


async def tile(studio: Studio, request: Request) -> Response:
    """GET /api/sheets/ID/NUMBER.png"""
    return await whole(studio.sheets.path(_id(request), request.path_params["number"]))
