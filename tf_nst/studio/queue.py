"""What is painted now and what waits: runs and sheets, one at a time by one painter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Task:
    """Something for the painter.

    Attributes:
      id: of the run or the sheet.
      order: what the painter is sent when its turn comes.
    """

    id: str
    order: Callable[[], dict[str, Any]]


class Queue:
    """First in, first out; the first one is being painted."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        """`send` gives the painter an order."""
        self._send = send
        self._tasks: list[Task] = []
        self.ready = False
        self._sent = False

    @property
    def current(self) -> str | None:
        """The id of what is being painted."""
        return self._tasks[0].id if self._sent else None

    def add(self, task: Task) -> None:
        """Appends a task; it begins at once where nothing else is painted."""
        self._tasks.append(task)
        self.advance()

    def place(self, name: str) -> int | None:
        """0 of what is painted, 1 of the next one; None of what is not here."""
        names = [task.id for task in self._tasks]
        return names.index(name) + (not self._sent) if name in names else None

    def remove(self, name: str) -> bool:
        """Takes out what waits; whether it did."""
        waiting = self._tasks[1:] if self._sent else self._tasks
        left = [task for task in waiting if task.id != name]
        self._tasks = [*(self._tasks[:1] if self._sent else ()), *left]
        return len(left) < len(waiting)

    def done(self, name: str) -> None:
        """What is painted is done, or died."""
        if self.current == name:
            self._tasks.pop(0)
            self._sent = False
        self.advance()

    def advance(self) -> None:
        """Begins the next one, where the painter is ready and free."""
        if self.ready and not self._sent and self._tasks:
            self._sent = True
            self._send(self._tasks[0].order())
