"""Keeps TensorFlow's own chatter from between our lines."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(debug: bool) -> Iterator[None]:
    """While inside, what C++ writes to descriptor 2 is dropped; Python's sys.stderr still shows.

    TensorFlow writes some lines before its log level is read, so that only the descriptor itself
    can be held back. With `debug` nothing is held back.
    """
    if debug:
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    shown, stream = os.dup(2), sys.stderr
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(shown, "w", buffering=1, closefd=False)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = stream
        os.dup2(shown, 2)
        os.close(shown)
