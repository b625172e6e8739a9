"""The state, its changes, and what a painting would take."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from tf_nst.studio.answers import body_of
from tf_nst.studio.studio import Studio

# At most so often is the state sent, and at least so often a line, so that a page that is gone is
# noticed.
_LEAST_SECONDS, _MOST_SECONDS = 0.2, 15.0


async def state(studio: Studio, request: Request) -> Response:
    """GET /api/state"""
    return Response(studio.state(), media_type="application/json")


async def events(studio: Studio, request: Request) -> Response:
    """GET /api/events: the whole state now and after each change."""
    return StreamingResponse(_changes(studio), media_type="text/event-stream")


async def _changes(studio: Studio) -> AsyncIterator[str]:
    number = -1
    while True:
        if await studio.board.wait(number, _MOST_SECONDS):
            number = studio.board.number
            yield f"id: {number}\nevent: state\ndata: {studio.state()}\n\n"
        else:
            yield ": still here\n\n"
        await asyncio.sleep(_LEAST_SECONDS)


async def estimate(studio: Studio, request: Request) -> Response:
    """POST /api/estimate: seconds, bytes, size and steps, from the planner."""
    return JSONResponse(await studio.estimate(await body_of(request)))
