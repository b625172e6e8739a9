"""The application closes its studio however it is ended."""

import asyncio

import pytest

pytest.importorskip("starlette")

from tf_nst.studio.app import make_app


class Studio:
    """What was done with it."""

    def __init__(self):
        self.done = []

    async def start(self):
        self.done.append("start")

    async def close(self, hurry):
        self.done.append("close")


@pytest.mark.parametrize("error", [asyncio.CancelledError, KeyError])
def test_a_server_that_breaks_off_closes_the_studio(error):
    studio = Studio()
    app = make_app(studio)

    async def serve():
        async with app.router.lifespan_context(app):
            raise error

    with pytest.raises(error):
        asyncio.run(serve())
    assert studio.done == ["start", "close"]
