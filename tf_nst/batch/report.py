"""What a batch says of its pictures: a journal as it goes on, a report at its end."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tf_nst.errors import RunError, UserError
from tf_nst.io.locking import lock
from tf_nst.io.writing import check_replaceable, write_atomically

JOURNAL, REPORT = "journal.jsonl", "report.jsonl"
PAINTED, SKIPPED, FAILED, LEFT = "painted", "skipped", "failed", "left"
# How long a batch whose processes are just ending is waited for, and how often it is looked for.
PATIENCE, _PAUSE = 10.0, 0.1


class Result(NamedTuple):
    """What became of a job.

    Attributes:
      picture: its path in the folder that is written to.
      status: PAINTED; SKIPPED, it was there; FAILED; LEFT, the batch was stopped before.
      reason: why it failed.
      seconds: that it took.
      notes: for the user, one line each.
      attempts: 2 where the process of the first one died.
    """

    picture: str
    status: str
    reason: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    attempts: int = 1

    def line(self) -> str:
        """As a line of JSON, without what there is not to say."""
        return json.dumps({name: value for name, value in self._asdict().items() if value})


class Journal:
    """OUT/journal.jsonl: a line whenever a picture is begun, painted or failed, of all batches.

    Raises:
      UserError: it cannot be written, or another batch paints into the folder.
    """

    def __init__(self, out: str | os.PathLike[str], flag: str = "--out"):
        """Opens that of a folder; `flag` is what messages name."""
        path = Path(out, JOURNAL)
        check_replaceable(path, flag)
        try:
            self._file = open(path, "ab")
        except OSError as error:
            raise UserError(f"{flag}: {path} cannot be written ({error.strerror})") from error
        end = time.monotonic() + PATIENCE
        while lock(self._file.fileno()) is False:
            if time.monotonic() > end:
                self._file.close()
                raise UserError(
                    f"{flag}: expected a folder that no other run paints into, received {out}"
                )
            time.sleep(_PAUSE)

    @property
    def descriptor(self) -> int:
        """Of the file: while a process has it open no other batch paints into the folder."""
        return self._file.fileno()

    def write(self, picture: str, what: str, **more: object) -> None:
        """Appends a line; one that a full disk has no room for is lost."""
        line = json.dumps({"picture": picture, "what": what, **more}) + "\n"
        try:
            os.write(self._file.fileno(), line.encode())
        except OSError:
            return

    def close(self) -> None:
        """Lets other batches paint into the folder, once this one's processes have ended."""
        self._file.close()


def write_report(out: str, results: Iterable[Result]) -> None:
    """OUT/report.jsonl, a line for each picture of this batch, whole or not at all.

    Raises:
      RunError: it cannot be written.
    """
    lines = "".join(f"{result.line()}\n" for result in results)
    path = Path(out, REPORT)
    if path.is_dir():
        raise RunError(f"{path} is a folder; expected a place for the report")
    write_atomically(path, lines.encode())


def outlook(count: int, there: int, again: int) -> str:
    """Such as `12 pictures, 3 of them there already`, of which others are painted again."""
    parts = [f"{count} pictures"]
    if there:
        parts.append(f"{there} of them there already")
    if again:
        parts.append(f"{again} painted again, since their flags or files have changed")
    return ", ".join(parts)


def summary(results: Iterable[Result]) -> str:
    """Such as `12 painted, 3 skipped, 1 failed`."""
    counts = Counter(result.status for result in results)
    parts = [f"{counts[it]} {it}" for it in (PAINTED, SKIPPED, FAILED, LEFT) if counts[it]]
    return ", ".join(parts)
