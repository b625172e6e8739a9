"""Both ends of the painter's lines: its orders, and its reports."""

import json
import os
import queue
import threading
from typing import Any, BinaryIO

Message = dict[str, Any]


class Inbox:
    """The lines of a stream, read by a thread that ends the process where the stream ends.

    Attributes:
      ended: whether the last line said that there are no more.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._lines: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.ended = False
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def next(self) -> Message | None:
        """Waits for the next message; None: there are no more."""
        if self.ended:
            return None
        message = self._lines.get()
        self.ended = message is None
        return message

    def waiting(self) -> list[Message]:
        """The messages that are there, without waiting; the end only sets `ended`."""
        messages = []
        while not self.ended and not self._lines.empty():
            message = self.next()
            if message is not None:
                messages.append(message)
        return messages

    def _read(self, stream: BinaryIO) -> None:
        for line in stream:
            self._lines.put(json.loads(line))
        from tf_nst.io.replacing import remove_unfinished

        remove_unfinished()
        os._exit(1)


class Outbox:
    """Writes messages to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __call__(self, **message: Any) -> None:
        """One message."""
        self._stream.write(json.dumps(message).encode() + b"\n")
