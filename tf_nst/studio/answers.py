"""What handlers of requests share."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from tf_nst.errors import UserError
from tf_nst.studio.studio import Studio

MOST_JSON_BYTES = 2**18

Handler = Callable[[Studio, Request], Awaitable[Response]]


def with_studio(studio: Studio, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a studio as Starlette's routes take it."""

    async def handle(request: Request) -> Response:
        return await handler(studio, request)

    return handle


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; empty of no body.

    Raises:
      UserError: anything else, or too many bytes.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_JSON_BYTES:
            raise UserError(f"expected at most {MOST_JSON_BYTES} bytes of JSON, received more")
    try:
        body = json.loads(data or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UserError("expected a JSON object, received something else")
    return body


def side_of(request: Request) -> int | None:
    """The long side in pixels that ?side= asks for; None: no number."""
    side = request.query_params.get("side", "")
    return int(side[:6]) if side.isascii() and side.isdigit() else None


def done(studio: Studio, **answer: Any) -> Response:
    """An answer to what changed something."""
    studio.board.change()
    return JSONResponse(answer)


async def whole(path: Path) -> Response:
    """A PNG that another one may take the place of at any moment, read at once.

    Raises:
      UserError: it is not there.
    """
    try:
        return Response(await asyncio.to_thread(path.read_bytes), media_type="image/png")
    except OSError as error:
        raise UserError(f"{path.name}: there is no picture yet ({error.strerror})") from error


async def file(path: Path, download: str | None = None) -> Response:
    """A file, by its extension's type; under a name to save it by.

    Raises:
      UserError: it is not there.
    """
    if not await asyncio.to_thread(path.is_file):
        raise UserError(f"expected a file that is there, received {path.name}")
    kinds = {".cfg": "text/plain", ".command": "text/plain"}
    return FileResponse(path, media_type=kinds.get(path.suffix), filename=download)
