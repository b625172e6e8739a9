"""A request by HTTP: bounded in time and in bytes, and sent to no other address."""

import http.client
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

from tf_nst.errors import RunError, UserError
from tf_nst.serving.retries import Unavailable, too_slow, within
from tf_nst.serving.server import Endpoint, Server, tls_context

MOST_ANSWER_BYTES = 1 << 28
_MOST_ERROR_BYTES = 1 << 16


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the server that it was typed for."""

    def redirect_request(self, *_):
        """None: the redirection is an error, as any other status."""


class Connections:
    """The sockets of one request, which another thread may end while they are read."""

    def __init__(self):
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


class _Watched:
    """A handler whose connections are kept in `connections`."""

    connections: Connections

    def do_open(self, make: Callable[..., http.client.HTTPConnection], request, **options):
        """As the handler's, with a connection that is kept once it is made."""

        def make_watched(*arguments, **keywords):
            connection = make(*arguments, **keywords)
            connect = connection.connect

            def connect_watched():
                connect()
                self.connections.add(connection.sock)

            connection.connect = connect_watched
            return connection

        return super().do_open(make_watched, request, **options)


class _Http(_Watched, urllib.request.HTTPHandler):
    pass


class _Https(_Watched, urllib.request.HTTPSHandler):
    pass


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
    handlers = _Http(), _Https(context=tls_context(server))
    for handler in handlers:
        handler.connections = connections
    return urllib.request.build_opener(_NoRedirects, *handlers)


def _post(opener, request: urllib.request.Request, seconds: float) -> bytes:
    try:
        with _opened(opener, request, seconds) as response:
            body = response.read(MOST_ANSWER_BYTES + 1)
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise RunError(f"the server broke off its answer ({type(error).__name__})") from error
    if len(body) > MOST_ANSWER_BYTES:
        raise RunError(f"the answer: expected at most {MOST_ANSWER_BYTES} bytes, received more")
    return body


def _opened(opener, request: urllib.request.Request, seconds: float):
    """The response, of which the status and the headers are there."""
    try:
        return opener.open(request, timeout=seconds)
    except urllib.error.HTTPError as error:
        with error:
            text = error_text(error.read(_MOST_ERROR_BYTES))
        raise http_refusal(error.code, text, error.headers.get("Retry-After")) from error
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


def http_refusal(code: int, text: str, retry_after: str | None) -> Exception:
    """The error of a status of 400 or more; `retry_after` is its header, in seconds."""
    if code == 503:
        pause = float(retry_after) if re.fullmatch(r"[0-9]{1,9}", retry_after or "") else 0.0
        return Unavailable(f"is not ready (HTTP 503: {text})", pause)
    kind = UserError if code == 400 else RunError
    return kind(f"the server refused (HTTP {code}): {text}")


def error_text(body: bytes) -> str:
    """A server's message on an error, in one line."""
    try:
        text = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        text = body.decode(errors="replace")
    refused = re.search(r"assertion failed: \[(.*?)\]\s*(?:\[\[|$)", text, re.DOTALL)
    return " ".join((refused[1] if refused else text).split())[:500] or "nothing more"
