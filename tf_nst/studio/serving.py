"""Serves the page: its address, its first pictures, its end."""

import ipaddress
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from tf_nst.cli.command import Terminated
from tf_nst.cli.parsing import Values
from tf_nst.cli.stop import SIGNALS, heeded
from tf_nst.cli.terminal import say
from tf_nst.config.paths import split_paths
from tf_nst.errors import UserError
from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard, hosts_at
from tf_nst.studio.studio import Studio

_LOCAL = "127.0.0.1"
_ANY = ("0.0.0.0", "::")
# Pages that listen for changes are let go after so many seconds.
_SECONDS_OF_PAGES = 1


def serve(values: Values) -> int:
    """Serves until a signal comes, and then raises it.

    Raises:
      UserError: a picture, a folder, a host or a port that cannot be used.
    """
    listener = listen(values.host, values.port)
    folder, scratch = folder_of(values.folder), Path(tempfile.mkdtemp(prefix="tf_nst-studio-"))
    try:
        studio = Studio(folder, scratch)
        add_pictures(studio, values)
        _run(studio, listener, values)
    except (KeyboardInterrupt, Terminated) as error:
        error.add_note(f"studio ended, finished pictures are in {folder}")
        raise
    finally:
        listener.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


def folder_of(given: str | None) -> Path:
    """The folder of finished pictures."""
    if given:
        return Path(given).absolute()
    pictures = Path.home() / "Pictures"
    return (pictures if pictures.is_dir() else Path.home()) / "tf-nst"


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address of this machine.

    Raises:
      UserError: it is not this machine's, or the port is another program's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UserError(
            f"--host: expected an address of this machine, received {host!r}"
        ) from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UserError(
            f"--host and --port: expected an address of this machine and a free port, received "
            f"{host} and {port} ({error.strerror})"
        ) from error
    return listener


def hosts_of(host: str, port: int) -> list[str]:
    """The values of `Host` by which a page may ask: the names of the address that is served."""
    names = [host]
    if host in _ANY:
        name = socket.gethostname()
        names = [name, *_addresses_of(name), _LOCAL]
    if _LOCAL in names:
        names.append("localhost")
    return [value for name in names for value in hosts_at(name, port)]


def _addresses_of(name: str) -> list[str]:
    """Those of a name; none where nothing knows it, such as without a network."""
    try:
        return sorted({str(it[4][0]) for it in socket.getaddrinfo(name, None)})
    except (OSError, UnicodeError):
        return []


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def add_pictures(studio: Studio, values: Values) -> None:
    """Those of the command line, which are refused before anything is served."""
    content = _take(studio, "--content", values.content) if values.content else None
    paths = split_paths(values.style) if values.style else []
    styles = [_take(studio, "--style", path) for path in paths]
    if content or styles:
        studio.given = {"content": content, "styles": styles}


def _take(studio: Studio, flag: str, source: str) -> str:
    """The id of a picture of the command line."""
    try:
        return studio.pictures.take(Path(source), os.path.basename(source)).id
    except UserError as error:
        raise UserError(f"{flag}: {error}") from error


def _run(studio: Studio, listener: socket.socket, values: Values) -> None:
    port = listener.getsockname()[1]
    token, ticket = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    hosts = hosts_of(values.host, port)
    config = uvicorn.Config(
        Guard(make_app(studio, lambda: server.force_exit), token, hosts, port, ticket),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_OF_PAGES,
        ws="none",
    )
    server = uvicorn.Server(config)
    studio.ends = lambda: server.should_exit
    address = f"http://{hosts[0]}/?token="
    if not _is_local(values.host):
        say(
            f"warning: --host={values.host} can be reached from elsewhere, and what is sent is not "
            "encrypted: whoever sees the address below may paint on this machine"
        )
    say(f"studio   {address}{token}")
    say(f"         finished pictures: {studio.history.folder}; Ctrl-C ends the studio")
    if values.browser and _has_display():
        # Everyone on this machine can see with what a browser is started: a ticket opens one page.
        opens = (f"{address}{ticket}",)
        threading.Thread(target=webbrowser.open, args=opens, daemon=True).start()
    _run_until_signal(server, listener)


def _run_until_signal(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serves until a signal comes, and raises it; uvicorn alone would not heed SIGHUP."""
    heard: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        server.should_exit = True

    numbers = heeded(tuple(it for it in SIGNALS if it not in HANDLED_SIGNALS))
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in heard[:1]:
        signal.raise_signal(number)


def _has_display() -> bool:
    """Whether a browser would have a window of its own, and not this terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
