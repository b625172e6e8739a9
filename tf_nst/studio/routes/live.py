"""The state, its changes, and what a painting would take."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from tf_nst.studio.answers import body_of
from tf_nst.studio.studio import Studio

# The state is sent at most so often; whether the studio ends is looked at so often; and a page that
# is gone is noticed after so many of these looks.
_LEAST_SECONDS, _LOOK_SECONDS, _LOOKS = 0.2, 0.5, 30


async def state(studio: Studio, request: Request) -> Response:
    """GET /api/state"""
    return Response(studio.state(), media_type="application/json")


async def events(studio: Studio, request: Request) -> Response:
    """GET /api/events: the whole state now and after each change."""
    return StreamingResponse(_changes(studio), media_type="text/event-stream")


async def _changes(studio: Studio) -> AsyncIterator[str]:
    number, looks = -1, 0
    while not studio.ends():
        if await studio.board.wait(number, _LOOK_SECONDS):
            number, looks = studio.board.number, 0
            yield f"id: {number}\nevent: state\ndata: {studio.state()}\n\n"
            await asyncio.sleep(_LEAST_SECONDS)
        elif (looks := looks + 1) % _LOOKS == 0:
            yield ": still here\n\n"


async def estimate(studio: Studio, request: Request) -> Response:
    """POST /api/estimate: seconds, bytes, size and steps, from the planner."""
    return JSONResponse(await studio.estimate(await body_of(request)))
