"""Requests to an application of the studio without a server: ASGI by hand."""

import asyncio
import json
from typing import Any, NamedTuple

TOKEN, PORT = "a-token", 8123
HOST = f"127.0.0.1:{PORT}"
HOME = {"host": HOST, "origin": f"http://{HOST}", "authorization": f"Bearer {TOKEN}"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(app, method: str, target: str, headers=None, body: bytes | list[bytes] = b"") -> Answer:
    """One request; `headers` beside those of the studio's page, None takes one of these away."""
    path, _, query = target.partition("?")
    given = {name: it for name, it in (HOME | (headers or {})).items() if it is not None}
    scope = {
        **{"type": "http", "method": method, "path": path, "raw_path": path.encode()},
        **{"query_string": query.encode(), "http_version": "1.1", "scheme": "http"},
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    chunks = body if isinstance(body, list) else [body]
    messages = [{"type": "http.request", "body": it, "more_body": True} for it in chunks]
    messages[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive():
        if not messages:
            await asyncio.Event().wait()  # the page stays
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], answered, b"".join(it.get("body", b"") for it in sent[1:]))


def post(app, target: str, value: object = None) -> Answer:
    """A POST with JSON."""
    return ask(app, "POST", target, body=json.dumps(value or {}).encode())
