"""The server's end of the process that paints: tf_nst/studio/worker.py. JSON lines in and out."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tf_nst.errors import RunError

_LONGEST_LINE = 2**24


class Painter:
    """One process; whoever has it starts another where it died."""

    def __init__(
        self, listen: Callable[[dict[str, Any]], None], died: Callable[[str], None]
    ) -> None:
        """`listen` is called with each message, `died` with how it ended against its orders."""
        self._listen, self._died = listen, died
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._questions = 0

    @property
    def pid(self) -> int:
        """Of the process; 0: there is none."""
        return self._process.pid if self._process else 0

    async def start(self, folder: Path) -> None:
        """Starts the process in a folder, at which the paths of its orders start.

        Raises:
          RunError: it cannot be started.
        """
        errors = tempfile.TemporaryFile()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "tf_nst.studio.worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=environment(),
                cwd=folder,
                limit=_LONGEST_LINE,
            )
        except OSError as error:
            errors.close()
            raise RunError(f"the painter does not start: {error.strerror or error}") from error
        self._reading = asyncio.create_task(self._read(self._process, errors))

    def send(self, message: dict[str, Any] | None) -> None:
        """Sends a message; what has died is noticed by `died`."""
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError, RuntimeError):
                self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a message.

        Raises:
          RunError: there is no process, it died, or no answer came in time.
        """
        if self._process is None:
            raise RunError("there is no painting process now; try again later")
        self._questions += 1
        number = self._questions
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self.send({**message, "question": number})
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise RunError("the painter is busy with a long step; try again in a moment") from None
        finally:
            del self._answers[number]

    async def close(self, seconds: float, hurry: Callable[[], bool]) -> None:
        """Has the process keep what it paints and end; kills it where that takes too long."""
        process, reading = self._process, self._reading
        if process is None or reading is None:
            return
        self._died = _nothing
        self.send(None)
        for _ in range(int(seconds / 0.1)):
            if process.returncode is not None or hurry():
                break
            await asyncio.sleep(0.1)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await reading

    async def _read(self, process: asyncio.subprocess.Process, errors: Any) -> None:
        with errors:
            while process.stdout and (line := await process.stdout.readline()).endswith(b"\n"):
                self._hear(json.loads(line))
            how = _ending(await process.wait(), errors)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(RunError(how))
        self._process = None
        self._died(how)

    def _hear(self, message: dict[str, Any]) -> None:
        if "answer" not in message:
            self._listen(message)
            return
        answer = self._answers.get(message["answer"])
        if answer is not None and not answer.done():
            answer.set_result(message)


def _nothing(how: str) -> None:
    """The end of a process that was asked to end."""


def _ending(code: int, errors: Any) -> str:
    """How a process ended, in one line."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    hint = ", possibly because memory ran out" if how == "SIGKILL" else ""
    return f"the painter died ({how}{hint})" + (f": {last[:300]}" if last else "")


def environment() -> dict[str, str]:
    """This process's, with the package where it is here."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")}
    return {**os.environ, **quiet, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
