"""Lessons of pairs, computed by processes beside the painter, one at a time, at low priority."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.errors import UserError
from tf_nst.studio.link import environment

COMPUTING, READY, FAILED = "computing", "ready", "failed"
# Of its pictures in pixels, and steps of each: about eight minutes on two cores.
SIZE, STEPS = 192, 60
_NICER = 10
_COMMAND = "from tf_nst.cli.main import console; console()"


class Pair(NamedTuple):
    """Paths of a photograph and a painting."""

    content: str
    style: str


class Lessons:
    """The lessons that were asked for, by the id of a run or of a finished picture."""

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        """Takes the folder of the pages, and what is called where a lesson changes."""
        self._folder, self._changed = folder, changed
        self._lessons: dict[str, dict[str, str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def shown(self) -> dict[str, Any]:
        """For the page."""
        return self._lessons

    def add(self, name: str, pair: Pair) -> None:
        """Computes the lesson of a pair, unless it is there or on its way.

        Raises:
          UserError: matplotlib is not installed.
        """
        if self._lessons.get(name, {}).get("status") in (COMPUTING, READY):
            return
        if find_spec("matplotlib") is None:
            raise UserError('lessons need matplotlib: pip install "tf_nst[viz]"')
        self._set(name, COMPUTING)
        task = asyncio.create_task(self._compute(name, pair))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def path(self, name: str) -> Path:
        """The page of a lesson. Raises UserError where it is not ready."""
        if self._lessons.get(name, {}).get("status") != READY:
            raise UserError(f"expected the id of a lesson that is ready, received {name!r}")
        return self._page(name)

    async def close(self) -> None:
        """Ends what is computed."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _page(self, name: str) -> Path:
        return self._folder / f"{name}.html"

    def _set(self, name: str, status: str, message: str = "") -> None:
        self._lessons[name] = {"status": status, "message": message}
        self._changed()

    async def _compute(self, name: str, pair: Pair) -> None:
        async with self._turn:
            code, line = await _run(lesson_arguments(pair, self._page(name)))
        if code:
            self._set(name, FAILED, line or f"the lesson ended with exit code {code}")
        else:
            self._set(name, READY)


def lesson_arguments(pair: Pair, page: Path) -> list[str]:
    """The command that computes a lesson."""
    flags = {"content": pair.content, "style": pair.style, "output": str(page)}
    flags |= {"size": str(SIZE), "steps": str(STEPS)}
    given = [f"--{name}={value}" for name, value in flags.items()]
    return ["-P", "-c", _COMMAND, "visualize", "explain", *given]


async def _run(arguments: list[str]) -> tuple[int, str]:
    """The exit code and the last line of what it says of its failure."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICER)
    try:
        _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = errors.decode(errors="replace").strip().splitlines()
    return process.returncode or 0, lines[-1].removeprefix("tf_nst: ")[:300] if lines else ""
