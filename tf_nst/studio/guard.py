"""Who may ask: the token, the host and the origin of every request, before anything else."""

import hmac
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "tf_nst_studio"
_USUAL_PORT = 80
_READING = ("GET", "HEAD")
_CONTENT = "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'"
# A lesson is one page with its pictures and its style in it.
_LESSON = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Lets through what has the token and comes from the studio's own page.

    The token alone would not do: another site's page makes the browser send the cookie along
    (`Origin` says whose page asks), and a name that leads to this machine makes another site's page
    one of this host (`Host` says which name was asked for).
    """

    def __init__(
        self, app: ASGIApp, token: str, hosts: Iterable[str], port: int, ticket: str = ""
    ) -> None:
        """Takes the application, the token, and the names of this host with their port.

        Args:
          ticket: stands for the token in one address, once; empty: there is none.

        The address at which a request arrives is one of them, too: no name leads to it.
        """
        self._app, self._token, self._port, self._ticket = app, token, port, ticket
        self._hosts, self._cookie = frozenset(map(str.lower, hosts)), f"{COOKIE}_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"expected a request by HTTP, received {scope['type']}")
        answer = self._answer(scope)
        sending = _with_headers(send, scope["path"])
        await (answer or self._app)(scope, receive, sending)

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered here; None: the request may go on."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if host not in self._hosts and host not in hosts_at(_address(scope), self._port):
            return _refused("Host: expected the address at which the studio is served")
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[-1]
        if scope["path"] == "/" and scope["method"] in _READING:
            if self._matches(given) or (scope["method"] == "GET" and self._redeems(given)):
                return self._entered()
        if not self._has_token(headers):
            return _refused("expected the address with its token, which `tf-nst studio` printed")
        if scope["method"] not in _READING and _origin(headers) != f"http://{host}":
            return _refused("Origin: expected the studio's own page")
        return None

    def _redeems(self, ticket: str) -> bool:
        """Whether this is the ticket, which is worth nothing from then on."""
        if not (self._ticket and hmac.compare_digest(ticket.encode(), self._ticket.encode())):
            return False
        self._ticket = ""
        return True

    def _entered(self) -> Response:
        """Keeps the token in a cookie and out of the address."""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._token, path="/", httponly=True, samesite="strict")
        return answer

    def _has_token(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._matches(token):
            return True
        cookies = headers.get("cookie", "").split(";")  # those of other programs may be odd
        pairs = (cookie.strip().partition("=") for cookie in cookies)
        return any(name == self._cookie and self._matches(value) for name, _, value in pairs)

    def _matches(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())


def hosts_at(name: str, port: int) -> list[str]:
    """The values of `Host` by which browsers ask at a name or an address; none for no name."""
    name = f"[{name}]" if ":" in name else name.lower()
    # Browsers leave out the port that is usual.
    return [f"{name}:{port}", *([name] if port == _USUAL_PORT else [])] if name else []


def _address(scope: Scope) -> str:
    """That of this machine at which a request arrived; empty where it is not known."""
    try:
        address = ip_address((scope.get("server") or [""])[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _origin(headers: Headers) -> str:
    return headers.get("origin", "").lower()


def _refused(line: str) -> Response:
    return JSONResponse({"error": line}, 403)


def _with_headers(send: Send, path: str) -> Send:
    """A `send` that adds what browsers are to keep to."""
    policy = _LESSON if path.startswith("/api/lessons/") else _CONTENT

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**_HEADERS, "Content-Security-Policy": policy})
            if path.startswith("/api/"):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
