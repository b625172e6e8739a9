"""A process that paints jobs: `python -m tf_nst.batch.worker`. JSON lines in and out.

The first line in says with how many threads, where to, what the largest picture is, and the module
whose `make_painter` gives what paints a job; the first line out what that takes. Each line after
that is a job, and each line out is its result. `null` ends the process; if stdin ends without it,
the batch was killed and the process ends at once.
"""

import json
import os
import queue
import threading
from importlib import import_module
from typing import Any, BinaryIO

from tf_nst.cli.child import run_child


def main() -> None:
    """Serves the process that started this one."""
    run_child(lambda orders, answers: _serve(_lines(orders), answers))


def _serve(lines: queue.SimpleQueue[Any], answers: BinaryIO) -> None:
    start = lines.get()
    from tf_nst.cli.imports import import_tensorflow

    import_tensorflow()
    from tf_nst.batch.threads import use_threads

    use_threads(start["threads"])
    from tf_nst.batch.needs import needs_of

    paint = import_module(start["painter"]).make_painter(start["out"])
    _answer(answers, needs_of(start["largest"])._asdict())
    while (job := lines.get()) is not None:
        _answer(answers, paint(job))


def _answer(answers: BinaryIO, answer: object) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")


def _lines(stream: BinaryIO) -> queue.SimpleQueue[Any]:
    """The lines of a stream, read by a thread that ends the process where the stream ends."""
    lines: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(json.loads(line))
        from tf_nst.io.replacing import remove_unfinished

        remove_unfinished()
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    return lines


if __name__ == "__main__":
    main()
