"""Where a server is and how it is asked, and what of that no message may show. No network here."""

import base64
import ipaddress
import re
import ssl
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tf_nst.errors import NstError, UserError

MAX_SECONDS = 86_400.0
_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9._-]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)?")
_MODEL = re.compile(r"[A-Za-z0-9._-]+")
_HEADER = re.compile(r"([A-Za-z0-9._-]+):[ \t]*([ -~]*[!-~])[ \t]*")
# Headers that the client writes itself, and names with a meaning of their own in gRPC.
_TAKEN = re.compile(r"host|content-.*|transfer-encoding|connection|te|grpc-.*|.*-bin")
# Shorter values of a query are no secrets, and their letters stand in every message.
_LEAST_SECRET = 4


class Server(NamedTuple):
    """A server, and how long to wait for it.

    Attributes:
      address: of REST `http://host:port` or https, of gRPC `host:port`.
      model: its name there.
      timeout: seconds for everything: all attempts and the pauses between them.
      retries: further attempts where no connection is made, or the server is not ready.
      headers: (name, value) pairs of HTTP headers, which are gRPC's metadata.
      tls: whether gRPC is encrypted; of REST the address says it.
      ca_file: certificates that are trusted in place of the system's, in PEM.
    """

    address: str
    model: str = "nst"
    timeout: float = 300.0
    retries: int = 3
    headers: tuple[tuple[str, str], ...] = ()
    tls: bool = False
    ca_file: str | None = None

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        return redacted(self.address)


class Endpoint(NamedTuple):
    """What is asked by HTTP: an address without a password in it, and its headers."""

    url: str
    headers: dict[str, str]


def rest_endpoint(server: Server) -> Endpoint:
    """Where a server takes REST requests. The user and password of its address become a header.

    Raises:
      UserError: an address, a model's name or a file of certificates that cannot be used.
    """
    parts = _split(server.address)
    if parts is None or parts.scheme not in ("http", "https"):
        raise UserError(f"--url: expected http://HOST:PORT, received {server.shown!r}")
    if server.ca_file and parts.scheme == "http":
        raise UserError("--ca_file: has no effect with http://, expected https:// in --url")
    _check(server)
    headers = dict(server.headers)
    for credentials in _credentials(parts):
        headers["Authorization"] = f"Basic {credentials}"
    path = f"{parts.path.rstrip('/')}/v1/models/{server.model}:predict"
    place = parts.netloc.rpartition("@")[2]
    url = urllib.parse.urlunsplit((parts.scheme, place, path, parts.query, ""))
    return Endpoint(url, headers)


def grpc_target(server: Server) -> str:
    """`HOST:PORT` of a server that takes gRPC requests. Raises UserError as `rest_endpoint`."""
    parts = _split(f"//{server.address}")
    if parts is None or parts.port is None or parts.netloc != server.address or "@" in parts.netloc:
        raise UserError(f"--grpc: expected HOST:PORT, received {server.shown!r}")
    if server.ca_file and not server.tls:
        raise UserError("--ca_file: has no effect without --tls, expected both or neither")
    _check(server)
    return server.address


def _split(address: str) -> urllib.parse.SplitResult | None:
    """The parts of an address that has a host; None of anything else."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, port = parts.hostname or "", parts.port
        usable = _PRINTABLE.fullmatch(address) and (port is None or port > 0)
        if ":" in host:
            ipaddress.ip_address(host.partition("%")[0])
        elif not _HOST.fullmatch(host):
            return None
    except ValueError:
        return None
    return parts if usable else None


def _check(server: Server) -> None:
    if not _MODEL.fullmatch(server.model):
        raise UserError(
            f"--model: expected letters, digits, '.', '_' and '-', received {server.model!r}"
        )
    if server.ca_file:
        tls_context(server)


def tls_context(server: Server) -> ssl.SSLContext:
    """Trusts the server's `ca_file`, or the system's certificates.

    Raises:
      UserError: the file cannot be read, or holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ValueError) as error:
        reason: str | None = "no certificate in it"
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
            reason = error.strerror
        raise UserError(
            f"--ca_file: expected a PEM file of certificates, received {server.ca_file} ({reason})"
        ) from None


def parse_header(text: str, flag: str) -> tuple[str, str]:
    """The name and the value of `NAME: VALUE`.

    Raises:
      UserError: another text, which the message does not show, or a name that the client sets.
    """
    match = _HEADER.fullmatch(text)
    if not match:
        raise UserError(f"{flag}: expected NAME: VALUE in ASCII, received another text")
    if _TAKEN.fullmatch(match[1].lower()):
        raise UserError(f"{flag}: expected a name that is not reserved, received {match[1]!r}")
    return match[1], match[2]


def redacted(address: str) -> str:
    """The address with *** in place of a user and password, and of a query."""
    match = _SCHEME.match(address)
    scheme = match[0] if match else ""
    credentials, at, rest = address[len(scheme) :].rpartition("@")
    if "?" in credentials:
        return f"{scheme}***"
    return re.sub(r"\?.*", "?***", f"{scheme}{at and '***@'}{rest}", flags=re.DOTALL)


@contextmanager
def secrets_hidden(server: Server) -> Iterator[None]:
    """Whatever an error quotes of the server's answer, the request's secrets are *** in it."""
    try:
        yield
    except NstError as error:
        text = str(error)
        for secret in sorted(_secrets(server), key=len, reverse=True):
            text = text.replace(secret, "***")
        raise type(error)(text) from None


def _secrets(server: Server) -> set[str]:
    values = [part for _, value in server.headers for part in (value, *value.split())]
    parts = _split(server.address)
    if parts:
        values += [parts.query, parts.password or "", _unquoted(parts.password)]
        values += [value for _, value in urllib.parse.parse_qsl(parts.query)]
        values += _credentials(parts)
    return {value for value in values if len(value) >= _LEAST_SECRET}


def _credentials(parts: urllib.parse.SplitResult) -> list[str]:
    """The base64 of a user and password, where an address has them."""
    if parts.username is None:
        return []
    pair = f"{_unquoted(parts.username)}:{_unquoted(parts.password)}"
    return [base64.b64encode(pair.encode()).decode()]


def _unquoted(text: str | None) -> str:
    return urllib.parse.unquote(text or "")
