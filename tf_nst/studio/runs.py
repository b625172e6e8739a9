"""The paintings of the studio, and what the page may have done with them."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tf_nst.config.value_types import is_integer
from tf_nst.errors import UserError
from tf_nst.studio.history import History
from tf_nst.studio.lessons import Pair
from tf_nst.studio.pictures import Pictures
from tf_nst.studio.queue import Queue, Task
from tf_nst.studio.requests import doubled, pictures_of, settings_of
from tf_nst.studio.run import ACTIVE, CRASHED, ENDED, FAILED, PREPARING, QUEUED, Run
from tf_nst.studio.settings import Sources, arguments_of, checked_weights, flags_of, values_of
from tf_nst.studio.sources import kept_path, kept_sources, take_sources
from tf_nst.studio.unfinished import Unfinished, unfinished_runs
from tf_nst.studio.waiting import Waiting, has_begun

Send = Callable[[dict[str, Any]], None]
# Of runs that are over, so many stay on the page; their pictures are in the history.
MOST_OVER = 30
# Of those so many can go on by more steps: a state has some twenty-five pictures.
MOST_STATES = 4
MOST_WAITING = 50
MOST_MORE = 10_000


class Runs:
    """All runs of the studio, in the order in which they were asked for."""

    def __init__(
        self, pictures: Pictures, history: History, queue: Queue, scratch: Path, send: Send
    ) -> None:
        """Takes what it paints from, where pictures go, and what gives the painter an order."""
        self._pictures, self._history, self._queue = pictures, history, queue
        self._scratch, self._send = scratch, send
        self._count = 0
        self._runs: dict[str, Run] = {}
        self._waiting = Waiting(history.folder)
        for left in (*unfinished_runs(history.folder), *self._waiting.take_left()):
            self._take_over(left)

    def _take_over(self, left: Unfinished) -> None:
        """A run of an earlier studio, unless its pictures cannot be read any more."""
        with contextlib.suppress(UserError):
            run = self._new(self._again(left), left.arguments, left.name)
            run.state, run.step = left.state, left.step
            if not left.message:
                self._enqueue(run)
            else:
                run.status, run.message, run.resumable = CRASHED, left.message, True

    def close(self) -> None:
        """Leaves to the next studio what has not begun; the painter has ended."""
        self._waiting.close()

    def _again(self, left: Unfinished) -> dict[str, Any]:
        """The request of an earlier studio's run, its pictures being among those of this one."""
        folder = self._history.folder
        return {**left.request, **take_sources(left.arguments, left.names, folder, self._pictures)}

    def __getitem__(self, name: str) -> Run:
        """The run of an id. Raises UserError where there is none."""
        if name not in self._runs:
            raise UserError(f"expected the id of a painting, received {name!r}")
        return self._runs[name]

    def __contains__(self, name: str) -> bool:
        return name in self._runs

    def shown(self) -> list[dict[str, Any]]:
        """For the page."""
        return [run.shown(self._queue.place(run.id)) for run in self._runs.values()]

    def preview_path(self, name: str) -> Path:
        """Of the picture so far. Raises UserError where there is no such run."""
        return self[name].preview_path(self._scratch)

    def pair(self, name: str) -> Pair:
        """What a lesson is made of. Raises UserError where there is no such run."""
        run, folder = self[name], self._history.folder
        return Pair(*(str(folder / path) for path in (run.arguments["content"], run.first_style)))

    def arguments(self, body: Mapping[str, Any]) -> dict[str, str]:
        """{flag: text} of a request, from pictures as they were given.

        Raises:
          UserError: a picture that is not there, or a setting that cannot be used.
        """
        sources, _ = pictures_of(body, self._pictures)
        return arguments_of(sources, flags_of(settings_of(body)))

    def add(self, body: Mapping[str, Any]) -> str:
        """Queues a painting; its id. Raises as `arguments`, and RunError where the disk is full."""
        if sum(run.status == QUEUED for run in self._runs.values()) >= MOST_WAITING:
            raise UserError(f"expected at most {MOST_WAITING} paintings that wait, received more")
        flags = flags_of(settings_of(body))
        sources, request = pictures_of(body, self._pictures)
        kept = kept_sources(sources, self._history.folder)
        name, *others = (self._pictures[it].name for it in (request["content"], *request["styles"]))
        return self._add({**request, "name": name, "style_names": others}, kept, flags)

    def _add(self, request: dict[str, Any], sources: Sources, flags: dict[str, str]) -> str:
        arguments = arguments_of(sources, flags)
        run = self._new(request, arguments, self._new_name(request))
        try:
            values_of(arguments, run.output)
        except UserError:
            self._drop(run.id)
            raise
        self._enqueue(run)
        return run.id

    def _new(self, request: dict[str, Any], arguments: dict[str, str], name: str) -> Run:
        self._count += 1
        run = Run(f"r{self._count}", name, request, arguments, self._history.folder)
        self._runs[run.id] = run
        over = [it.id for it in self._runs.values() if it.status not in (QUEUED, *ACTIVE)]
        for old in over[:-MOST_OVER]:
            self._drop(old)
        return run

    def _drop(self, name: str) -> None:
        """A run leaves the page, with what is kept of it until the end."""
        run = self._runs.pop(name)
        self._waiting.drop(run.output)
        run.kept_path(self._scratch).unlink(missing_ok=True)
        run.preview_path(self._scratch).unlink(missing_ok=True)

    def _let_go(self) -> None:
        """States are large: those of the latest pictures stay."""
        ended = [run for run in self._runs.values() if run.status in ENDED and run.state]
        for run in ended[:-MOST_STATES]:
            run.kept_path(self._scratch).unlink(missing_ok=True)
            run.state = None

    def _new_name(self, request: Mapping[str, Any]) -> str:
        return self._history.new_name(request["name"], {run.name for run in self._runs.values()})

    def _enqueue(self, run: Run, name: str | None = None, more: int | None = None) -> None:
        run.wait(name or run.name, run.more if more is None else more)
        if run.state is None:
            run.notes += self._waiting.keep(run.output, run.request, run.arguments)

        def order() -> dict[str, Any]:
            run.status = PREPARING
            return run.order(self._scratch)

        self._queue.add(Task(run.id, order))

    def change(self, name: str, weights: object) -> None:
        """Weights for the picture that is being painted. Raises UserError where it is not."""
        self._order(name, {"do": "weights", "weights": checked_weights(weights)})

    def undo(self, name: str) -> None:
        """Back before the last change. Raises UserError where there is none."""
        if not self[name].undo:
            raise UserError("undo: expected a change of weights before, received none")
        self._order(name, {"do": "undo"})

    def stop(self, name: str) -> None:
        """Ends now, with the picture so far. Raises UserError where it is not being painted."""
        self._order(name, {"do": "stop"})

    def _order(self, name: str, message: dict[str, Any]) -> None:
        if self[name].status not in ACTIVE:
            raise UserError(f"{message['do']}: expected a painting that is being painted")
        self._send({**message, "run": name})

    def further(self, name: str, body: Mapping[str, Any]) -> str:
        """Goes on from where a run ended, by more steps or at twice the size; the run's id.

        Raises:
          UserError: neither is asked for, or the run has not ended.
        """
        run, more = self[name], body.get("steps")
        if run.status not in ENDED:
            raise UserError("further: expected a painting that has ended with a picture")
        if body.get("scale") == 2 and more is None:
            return self._double(run)
        if run.state is None:
            raise UserError(f"further: expected one of the latest {MOST_STATES} paintings")
        if not (is_integer(more) and 1 <= more <= MOST_MORE and "scale" not in body):
            raise UserError(f"further: expected steps from 1 to {MOST_MORE}, or scale 2")
        self._enqueue(run, self._new_name(run.request), more)
        return run.id

    def _double(self, run: Run) -> str:
        picture = self._history.path(run.history or "", "png")
        start = kept_path(picture, self._history.folder)
        request, arguments = doubled(run, start)
        larger = self._new(request, arguments, self._new_name(request))
        self._enqueue(larger)
        return larger.id

    def resume(self, name: str) -> None:
        """Goes on after a crash. Raises UserError where there is nothing to go on from."""
        run = self[name]
        if not run.resumable:
            raise UserError("resume: expected a painting that can be resumed")
        self._enqueue(run)

    def remove(self, name: str) -> None:
        """Takes a run out of the queue, or off the page; what waited to go on is what it was.

        Raises:
          UserError: it is being painted.
        """
        run = self[name]
        if run.status in ACTIVE:
            raise UserError("expected a painting that waits or is over; stop ends this one")
        self._queue.remove(name)
        if run.withdraw():
            return
        if run.resumable:
            run.output.with_suffix(".state").unlink(missing_ok=True)
        self._drop(name)

    def crash(self, name: str, how: str) -> None:
        """The painter died over a run, if it is one."""
        if name in self._runs:
            run = self._runs[name]
            kept = run.output.with_suffix(".state")
            run.state = kept if kept.exists() else run.state
            run.more = 0 if kept.exists() else run.more
            run.status, run.message, run.resumable = CRASHED, how, True
            self._wait_no_more(run)

    def _wait_no_more(self, run: Run) -> None:
        """What the next studio need not begin does not wait for it."""
        if run.status in (*ENDED, FAILED) or has_begun(run.output):
            self._waiting.drop(run.output)

    def receive(self, message: dict[str, Any]) -> None:
        """What the painter says of a run."""
        run = self._runs.get(message.get("run", ""))
        if run is None:
            return
        run.take(message)
        self._wait_no_more(run)
        if "state" in message:
            run.state, run.more = message["state"] and Path(message["state"]), 0
        if run.status in ENDED or message.get("has_picture"):
            run.history = run.name
            self._history.read(run.name)
            self._let_go()
        if run.status in (*ENDED, FAILED):
            self._queue.done(run.id)
