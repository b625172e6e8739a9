"""Finished pictures, and lessons."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tf_nst.errors import UserError
from tf_nst.studio.answers import done, file, side_of
from tf_nst.studio.studio import Studio

_EXTENSIONS = ("png", "json", "cfg", "command")


async def download(studio: Studio, request: Request) -> Response:
    """GET /api/history/ID.png, .json, .cfg or .command; ?download=1 saves it.

    Of a picture, ?side=320 shows a small one.
    """
    name, extension = request.path_params["id"], request.path_params["extension"]
    if extension not in _EXTENSIONS:
        raise UserError(f"expected {', '.join(_EXTENSIONS)}, received {extension!r}")
    path, side = studio.history.path(name, extension), side_of(request)
    if extension == "png" and side is not None:
        async with studio.decoding:
            data = await asyncio.to_thread(studio.thumbnails.read, path, side)
        return Response(data, media_type="image/png")
    if extension == "command":
        return PlainTextResponse(studio.history.about(name)["command"] + "\n")
    return await file(path, path.name if "download" in request.query_params else None)


async def pictures(studio: Studio, request: Request) -> Response:
    """POST /api/history/ID/pictures: those that it was painted of, which can be used again."""
    async with studio.decoding:
        ids = await asyncio.to_thread(studio.again, request.path_params["id"])
    return done(studio, **ids)


async def remove(studio: Studio, request: Request) -> Response:
    """DELETE /api/history/ID"""
    studio.history.remove(request.path_params["id"])
    return done(studio)


async def add_lesson(studio: Studio, request: Request) -> Response:
    """POST /api/lessons/ID, of a run or a finished picture"""
    name = request.path_params["id"]
    studio.lessons.add(name, studio.pair(name))
    return done(studio)


async def lesson(studio: Studio, request: Request) -> Response:
    """GET /api/lessons/ID.html"""
    return await file(studio.lessons.path(request.path_params["id"]))
