"""Keras' ImageNet files: where they are cached and how they are fetched. No TensorFlow here."""

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from tf_nst.errors import RunError, UserError
from tf_nst.model.networks import Network

OFFLINE_CHOICES = (
    "without a download: --weights=imagenet (VGG19, in the package), --weights=random, "
    "--weights=PATH"
)


class KerasFile(NamedTuple):
    """A file of keras.applications: address and md5."""

    url: str
    md5: str


KERAS_FILES = {
    "vgg16": KerasFile(
        "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
    ),
    "vgg19": KerasFile(
        "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
    ),
}

_CHUNK_BYTES = 1 << 18


class _Timeouts(NamedTuple):
    """Seconds: until a connection stands, and between two arrivals of bytes on it."""

    connect: float
    stall: float


class _Broken(Exception):
    """What arrived is not the expected file."""


def cache_path(network: Network) -> str:
    """Where Keras caches the network's ImageNet file: an absolute path, whether it exists or not.

    Raises:
      UserError: there are no ImageNet weights for this network.
    """
    if network.name not in KERAS_FILES:
        raise UserError(
            f"--weights=keras: expected a network among {', '.join(KERAS_FILES)}, "
            f"received {network.name}; {OFFLINE_CHOICES}"
        )
    home = os.path.expanduser(os.environ.get("KERAS_HOME", os.path.join("~", ".keras")))
    file_name = KERAS_FILES[network.name].url.rsplit("/", 1)[1]
    return os.path.join(os.path.abspath(home), "models", file_name)


def by_hand(network: Network) -> str:
    """Where Keras' own file is and where it belongs, for messages; empty if there is none."""
    if network.name not in KERAS_FILES:
        return ""
    return f"Keras' own file is {KERAS_FILES[network.name].url}, its place {cache_path(network)}; "


def is_cached(network: Network) -> bool:
    """Whether Keras' cache holds the network's ImageNet file, readable and with Keras' md5.

    Raises:
      UserError: there are no ImageNet weights for this network.
    """
    path = cache_path(network)
    try:
        return checksum(path, "md5") == KERAS_FILES[network.name].md5
    except OSError:
        return False


def checksum(path: str, algorithm: str) -> str:
    """The file's digest in hexadecimal; `algorithm` is a name that hashlib knows.

    Raises:
      OSError: the file is not there or cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def download(
    url: str,
    path: str | os.PathLike[str],
    *,
    md5: str,
    report: Callable[[str], None],
    connect_timeout: float = 10.0,
    stall_timeout: float = 30.0,
) -> None:
    """Fetches `url` to `path`, which exists afterwards only if length and checksum are right.

    Proxies are taken from the environment as urllib does. `report` gets a line at the start, one
    about every second (megabytes done, in all, and per second) and one at the end. Both timeouts
    are in seconds; `stall_timeout` is the longest wait for the next bytes, not for the file.

    Raises:
      RunError: it cannot be fetched or written; nothing is left behind in the folder.
    """
    path, timeouts = Path(path), _Timeouts(connect_timeout, stall_timeout)
    report(f"downloading {url} to {path}")
    try:
        with _replacing(path) as file, _opener(timeouts).open(url, timeout=connect_timeout) as body:
            _check_checksum(_copy(body, file, report, path.name), md5)
    except (OSError, http.client.HTTPException, ValueError, _Broken) as error:
        raise RunError(
            f"--weights=keras: cannot download {url}: {_reason(error, timeouts)}; put the file at "
            f"{path} by hand; {OFFLINE_CHOICES}"
        ) from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its place if all goes well and is removed if not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class _Stalling(http.client.HTTPConnection):
    """A connection with another timeout once it stands; urllib's own has one for both."""

    def __init__(self, stall_timeout: float, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._stall_timeout = stall_timeout

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._stall_timeout)


class _StallingTls(_Stalling, http.client.HTTPSConnection):
    """The same by TLS."""


def _opener(timeouts: _Timeouts) -> urllib.request.OpenerDirector:
    class Http(urllib.request.HTTPHandler):
        def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(partial(_Stalling, timeouts.stall), request)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(partial(_StallingTls, timeouts.stall), request)

    return urllib.request.build_opener(Http, Https)


def _copy(
    body: http.client.HTTPResponse, file: BinaryIO, report: Callable[[str], None], name: str
) -> str:
    """Writes the body into the file and returns its md5."""
    total = int(body.headers.get("Content-Length", 0))
    digest, done, began = hashlib.md5(usedforsecurity=False), 0, time.monotonic()
    reported = began
    while chunk := body.read1(_CHUNK_BYTES):
        file.write(chunk)
        digest.update(chunk)
        done, now = done + len(chunk), time.monotonic()
        if now - reported >= 1.0:
            report(_progress(name, done, total, now - began))
            reported = now
    if done < total:
        raise _Broken(f"truncated: {done} of {total} bytes arrived")
    report(_progress(name, done, total, time.monotonic() - began))
    return digest.hexdigest()


def _progress(name: str, done: int, total: int, seconds: float) -> str:
    of_total = f" of {total / 1e6:.1f}" if total else ""
    return f"{name}: {done / 1e6:.1f}{of_total} MB, {done / 1e6 / max(seconds, 1e-3):.1f} MB/s"


def _check_checksum(received: str, expected: str) -> None:
    if received != expected:
        raise _Broken(f"wrong checksum: expected md5 {expected}, received {received}")


def _reason(error: Exception, timeouts: _Timeouts) -> str:
    """The failure in one line; closes the response that an HTTPError holds open."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP error {error.code} {error.reason}"
    connecting = isinstance(error, urllib.error.URLError)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        if connecting:
            return f"no connection within {timeouts.connect:g} s"
        return f"no bytes for {timeouts.stall:g} s"
    return " ".join(str(cause).split())
