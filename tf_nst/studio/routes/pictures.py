"""Pictures that are given: uploads and presets."""

import asyncio
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from tf_nst.errors import RunError, UserError
from tf_nst.studio.answers import done, file, side_of
from tf_nst.studio.pictures import MOST_BYTES, SIDES
from tf_nst.studio.presets import picture_paths, preset_settings
from tf_nst.studio.studio import Studio


async def upload(studio: Studio, request: Request) -> Response:
    """POST /api/pictures?name=court.jpg: the file is the body; &mask=1: it only says where."""
    _check_length(request.headers.get("content-length", "0"))
    path = studio.pictures.new_path()
    try:
        await _receive(request, path)
    except ClientDisconnect:
        path.unlink(missing_ok=True)
        return Response(status_code=400)  # nobody reads it
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    query = request.query_params
    name, is_mask = query.get("name", ""), query.get("mask") == "1"
    async with studio.decoding:
        picture = await asyncio.to_thread(studio.pictures.add, path, name, is_mask=is_mask)
    return done(studio, **picture.shown())


def _check_length(text: str) -> None:
    if text.isascii() and text.isdigit() and int(text[:18]) > MOST_BYTES:
        raise _too_long()


def _too_long() -> UserError:
    return UserError(f"picture: expected at most {MOST_BYTES // 2**20} MiB, received more")


async def _receive(request: Request, path: Path) -> None:
    """Writes the body to a new file; no more than is allowed is ever read."""
    count = 0
    try:
        with open(path, "xb") as target:
            async for chunk in request.stream():
                count += len(chunk)
                if count > MOST_BYTES:
                    raise _too_long()
                await asyncio.to_thread(target.write, chunk)
    except OSError as error:
        raise RunError(f"picture: cannot be kept: {error.strerror or error}") from error


async def shown(studio: Studio, request: Request) -> Response:
    """GET /api/pictures/ID.png?side=320: upright; by default as large as it is shown."""
    side = side_of(request)
    pixels = SIDES[-1] if side is None else side
    return await file(studio.pictures.shown_path(request.path_params["id"], pixels))


async def preset(studio: Studio, request: Request) -> Response:
    """POST /api/presets/NAME: its pictures, if it has some, and its settings."""
    name = request.path_params["name"]
    settings, ids = preset_settings(name), {}
    for flag, source in picture_paths(name).items():
        async with studio.decoding:
            ids[flag] = (await asyncio.to_thread(studio.pictures.take, source, source.name)).id
    styles = [ids["style"]] if "style" in ids else []
    return done(studio, content=ids.get("content"), styles=styles, settings=settings)


async def thumbnail(studio: Studio, request: Request) -> Response:
    """GET /api/presets/NAME.jpg: its painting."""
    paths = picture_paths(request.path_params["name"])
    if "style" not in paths:
        return JSONResponse({"error": "this recipe has no pictures"}, 404)
    return await file(paths["style"])
