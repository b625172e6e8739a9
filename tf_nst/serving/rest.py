"""Asks by HTTP, bounded in time and in bytes, and sends to no other address. No TensorFlow here."""

import base64
import http.client
import json
import re
import socket
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from typing import Any

from tf_nst.errors import RunError
from tf_nst.serving.client import (
    INVALID,
    MOST_ANSWER_BYTES,
    Answer,
    Request,
    error_text,
    refusal,
)
from tf_nst.serving.retries import Unavailable, too_slow, with_retries, within
from tf_nst.serving.server import Endpoint, Server, rest_endpoint, tls_context

_MOST_ERROR_BYTES = 1 << 16


def ask_rest(server: Server, request: Request) -> Answer:
    """Asks by HTTP: the columnar form, since the row form would batch every input.

    Raises:
      UserError: the server refused the request; the message quotes it.
      RunError: no server, no answer in time, or none that can be read.
    """
    endpoint = rest_endpoint(server)
    body = {"signature_name": request.signature, "inputs": as_json(request.inputs)}
    data = json.dumps(body).encode()
    return with_retries(server, lambda seconds: _rest_answer(post(server, endpoint, data, seconds)))


def as_json(value: object) -> object:
    """Bytes as TensorFlow Serving takes them in JSON."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    return value


def _rest_answer(body: bytes) -> Answer:
    try:
        outputs = json.loads(body)["outputs"]
        image = base64.b64decode(outputs["image_bytes"][0]["b64"], validate=True)
        return Answer(image, [float(value) for value in outputs["losses"][0]])
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise RunError(INVALID) from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the server that it was typed for."""

    def redirect_request(self, *_: Any) -> None:
        """None: the redirection is an error, as any other status."""


class Connections:
    """The sockets of one request, which another thread may end while they are read."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._ended = False

    def add(self, connected: socket.socket) -> None:
        """One more; it is ended at once where the others were."""
        self._sockets.append(connected)
        if self._ended:
            self.end()

    def end(self) -> None:
        """Whoever reads them reads their end."""
        self._ended = True
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


class _Watched(http.client.HTTPConnection):
    """A connection that is kept in `connections` once it is made."""

    def __init__(self, connections: Connections, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._connections = connections

    def connect(self) -> None:
        super().connect()
        self._connections.add(self.sock)


class _WatchedTls(_Watched, http.client.HTTPSConnection):
    """The same by TLS."""


class _Http(urllib.request.HTTPHandler):
    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._make = partial(_Watched, connections)

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._make, request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, connections: Connections, trusted: ssl.SSLContext) -> None:
        super().__init__(context=trusted)
        self._make, self._trusted = partial(_WatchedTls, connections), trusted

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._make, request, context=self._trusted)


def post(server: Server, endpoint: Endpoint, data: bytes, seconds: float) -> bytes:
    """The body of the answer to JSON `data`.

    Raises:
      UserError: the server refused the request.
      RunError: no answer in `seconds`, or one that is no use.
      Unavailable: there is no server, or it is not ready.
    """
    connections = Connections()
    opener = _opener(server, connections)
    headers = endpoint.headers | {"Content-Type": "application/json"}
    request = urllib.request.Request(endpoint.url, data, headers)
    try:
        return within(seconds, lambda: _post(opener, request, seconds))
    except TimeoutError:
        connections.end()
        raise too_slow(server) from None


def _opener(server: Server, connections: Connections) -> urllib.request.OpenerDirector:
    handlers = _Http(connections), _Https(connections, tls_context(server))
    return urllib.request.build_opener(_NoRedirects, *handlers)


def _post(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float
) -> bytes:
    try:
        with _opened(opener, request, seconds) as response:
            body: bytes = response.read(MOST_ANSWER_BYTES + 1)
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise RunError(f"the server broke off its answer ({type(error).__name__})") from error
    if len(body) > MOST_ANSWER_BYTES:
        raise RunError(f"the answer: expected at most {MOST_ANSWER_BYTES} bytes, received more")
    return body


def _opened(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float
) -> Any:
    """The response, of which the status and the headers are there."""
    try:
        return opener.open(request, timeout=seconds)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(_MOST_ERROR_BYTES)
        raise http_refusal(error.code, body, error.headers.get("Retry-After")) from error
    except urllib.error.URLError as error:
        raise _unreachable(error.reason) from error
    except ConnectionError as error:
        raise Unavailable(f"broke off ({type(error).__name__})") from error
    except http.client.HTTPException as error:
        raise RunError(f"the server's answer is not HTTP ({type(error).__name__})") from error


def _unreachable(reason: object) -> Exception:
    if isinstance(reason, TimeoutError):
        return reason
    if isinstance(reason, ConnectionError):
        return Unavailable(f"cannot be reached ({reason})")
    return RunError(f"the server cannot be reached ({reason})")


def http_refusal(code: int, body: bytes, retry_after: str | None) -> Exception:
    """The error of a status of 400 or more; `retry_after` is its header, in seconds."""
    if code == 503:
        seconds = re.fullmatch(r"[0-9]{1,9}", retry_after or "")
        pause = float(seconds[0]) if seconds else 0.0
        return Unavailable(f"is not ready (HTTP 503: {error_text(body)})", pause)
    return refusal(f"HTTP {code}", body, of_request=code == 400)
