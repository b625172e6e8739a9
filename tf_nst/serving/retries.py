"""Attempts at a server until one succeeds, or patience or time ends."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from tf_nst.errors import RunError
from tf_nst.serving.server import Server, secrets_hidden

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
Result = TypeVar("Result")


class Unavailable(Exception):
    """The server did not begin to work on the request; `pause`: seconds it asks to wait."""

    def __init__(self, text: str, pause: float = 0.0) -> None:
        super().__init__(text)
        self.pause = pause


def with_retries(server: Server, attempt: Callable[[float], Result]) -> Result:
    """What the first attempt returns that does not raise Unavailable.

    Each pause is twice as long as the one before, or what the server asks for; never longer than
    LONGEST_PAUSE, and never past the server's `timeout`. Secrets of the server are *** in errors.

    Args:
      attempt: called with the seconds that are left.

    Raises:
      RunError: no attempt succeeded.
    """
    with secrets_hidden(server):
        return _attempted(server, attempt)


def _attempted(server: Server, attempt: Callable[[float], Result]) -> Result:
    end = time.monotonic() + server.timeout
    for number in range(1, server.retries + 2):
        try:
            return attempt(max(end - time.monotonic(), 0.001))
        except Unavailable as error:
            reason = error
        pause = min(max(FIRST_PAUSE * 2.0 ** (number - 1), reason.pause), LONGEST_PAUSE)
        if number > server.retries or time.monotonic() + pause >= end:
            break
        time.sleep(pause)
    times = "once" if number == 1 else f"{number} times"
    raise RunError(f"the server at {server.shown} {reason}; tried {times}")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises, in a thread that is left where it takes longer.

    Raises:
      TimeoutError: it did.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)


def too_slow(server: Server) -> RunError:
    """The error of a server that did not answer in time."""
    return RunError(f"no answer in {server.timeout:g} s; expected one, or a larger --timeout")
