"""Paints one run: its events become messages, and orders act on it between calls."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.cli.command import reason
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Finished, Note, ScaleStarted, StepsDone
from tf_nst.engine.failures import UnfinishedError
from tf_nst.engine.loop import iterate
from tf_nst.engine.restart import with_new_objective
from tf_nst.engine.state import RunState
from tf_nst.errors import NstError, UserError
from tf_nst.io.state_file import is_state, state_path
from tf_nst.painting import Painting
from tf_nst.painting.reweighting import reweight
from tf_nst.studio.inbox import Inbox, Message, Outbox
from tf_nst.studio.progress import points_of, scale_of
from tf_nst.studio.results import write_last_good, write_results
from tf_nst.studio.session import Session, begin, weights_of

MOST_UNDO = 20


class Moment(NamedTuple):
    """Where a run was before a change of its weights.

    Attributes:
      weights: of then.
      state: of the run, without its progress.
      picture: [1, h, w, 3] float32 in 0..1, the picture so far.
      history: see `History.to_arrays`.
    """

    weights: dict[str, float]
    state: RunState
    picture: NDArray[np.float32]
    history: tuple[dict[str, Any], NDArray[np.float32]]


def paint(
    order: Message, engine: Engine, inbox: Inbox, report: Outbox, answer: Callable[[Message], None]
) -> None:
    """Paints what is ordered; a failure is a message.

    Args:
      answer: gives what is asked meanwhile.
    """
    session: Session | None = None
    try:
        session = begin(order, engine, report)
        run = LiveRun(session, inbox, answer)
        run.paint()
        write_results(session, run.image, stopped=run.stopped, keeps_state=inbox.ended)
    except UnfinishedError as error:
        _give_up(order, session, error, report)
    except Exception as error:
        _fail(order, error, report)
    finally:
        if session is not None:
            session.checkpoints.close()


def _give_up(
    order: Message, session: Session | None, failure: UnfinishedError, report: Outbox
) -> None:
    """The last good picture, and no state: it would only fail again."""
    error: Exception = failure
    has_picture = False
    if session is not None:
        session.checkpoints.remove()
        try:
            has_picture = write_last_good(session, failure)
        except NstError as lost:
            error = lost
    _fail(order, error, report, has_picture=has_picture)


def _fail(order: Message, error: Exception, report: Outbox, *, has_picture: bool = False) -> None:
    """One message, and whether there is a picture, or a state to go on from."""
    state = state_path(order["output"])
    kept = {"state": str(state), "resumable": True} if is_state(state) else {}
    about = {"message": reason(error), "has_picture": has_picture, "seconds_left": None}
    report(run=order["run"], status="failed", **about, **kept)


def merged(messages: list[Message]) -> list[Message]:
    """The messages, changes of a run's weights that follow each other being one: a slider's way."""
    result: list[Message] = []
    for message in messages:
        last: Message = result[-1] if result else {"do": "", "weights": {}}
        same = [message["do"], message.get("run")] == [last["do"], last.get("run")]
        if same and message["do"] == "weights":
            result[-1] = {**last, "weights": {**last["weights"], **message["weights"]}}
        else:
            result.append(message)
    return result


class LiveRun:
    """A run that can be changed while it paints.

    Attributes:
      stopped: whether it was ended early.
      image: [1, h, w, 3] the picture so far.
    """

    def __init__(self, session: Session, inbox: Inbox, answer: Callable[[Message], None]) -> None:
        self._session, self._inbox, self._answer = session, inbox, answer
        self._undo: list[Moment] = []
        self.stopped = False
        self.image: tf.Tensor | None = None

    def paint(self) -> None:
        """Paints to the end, or until an order stops it."""
        state, goes_on = self._session.take_state(), True
        while goes_on:
            state, goes_on = self._until_changed(state)

    def _until_changed(self, state: RunState | None) -> tuple[RunState | None, bool]:
        """Paints until something changes: the state from which it goes on, and whether it does.

        A run that was changed and stopped at once ends where the change leads, before a step: its
        picture, its weights and its history are of one moment.
        """
        session = self._session
        events = iterate(session.painting.job, state, session.painting.engine)
        del state
        for event in events:
            self._listen(event)
            if self.stopped and isinstance(event, ScaleStarted):
                self.image = cast(Callable[[], RunState], event.snapshot)().begun.image
                return None, False
            if isinstance(event, StepsDone):
                self.image = event.image
                changed = self._follow_orders(event)
                if self.stopped or changed is not None:
                    return changed, changed is not None
        self.image = cast(Finished, event).image
        return None, False

    def _listen(self, event: Event) -> None:
        session = self._session
        session.history(event)
        session.checkpoints(event)
        if isinstance(event, Note):
            session.report(notes=[event.line])
        elif isinstance(event, ScaleStarted):
            self._begin_scale(event)
        elif isinstance(event, StepsDone):
            self._show(event)

    def _begin_scale(self, event: ScaleStarted) -> None:
        session, snapshot = self._session, event.snapshot
        session.pace.begin(event)
        if not session.previews.number and snapshot is not None:
            # The start is a picture already, and the first call has to be compiled.
            session.previews.write(session.painting, snapshot().begun.image)
        session.report(
            scale=scale_of(event.index, event.scale, len(session.painting.job.scales)),
            preview=session.previews.number,
        )

    def _show(self, event: StepsDone) -> None:
        session, painting = self._session, self._session.painting
        session.pace.steps(event, painting.job.scales)
        session.previews.offer(painting, event.image)
        session.report(
            status="painting",
            step=event.step,
            steps_per_second=round(session.pace.rate, 3),
            seconds_left=round(session.pace.seconds_left, 1),
            points=points_of(painting.job.terms, event),
            preview=session.previews.number,
            traces=painting.engine.traces,
        )

    def _follow_orders(self, event: StepsDone) -> RunState | None:
        """What was said meanwhile: the state from which the run goes on, None: as it was."""
        changed: RunState | None = None
        for message in merged(self._inbox.waiting()):
            if message["do"] == "estimate":
                self._answer(message)
            elif message.get("run") == self._session.id:
                changed = self._change(message, event, changed) or changed
        self.stopped |= self._inbox.ended
        return changed

    def _change(
        self, message: Message, event: StepsDone, changed: RunState | None
    ) -> RunState | None:
        if message["do"] == "stop":
            self.stopped = True
        elif message["do"] == "weights":
            return self._reweight(message["weights"], event, changed)
        elif message["do"] == "undo" and self._undo:
            return self._back(self._undo.pop())
        return None

    def _reweight(
        self, weights: dict[str, float], event: StepsDone, changed: RunState | None
    ) -> RunState | None:
        """Other weights from here on; nothing is traced or measured anew."""
        session = self._session
        try:
            painting = reweight(session.painting, weights)
        except UserError as error:
            session.report(notes=[str(error)])
            return None
        state = changed or cast(Callable[[], RunState], event.snapshot)()
        picture = np.asarray(state.begun.track.picture)
        moment = Moment(
            weights_of(session.painting),
            state._replace(progress=None, last_good=None),
            picture,
            session.history.to_arrays(),
        )
        self._undo = [*self._undo, moment][-MOST_UNDO:]
        return self._with(painting, with_new_objective(painting.job, state))

    def _back(self, moment: Moment) -> RunState:
        """The picture and the weights before the last change."""
        session = self._session
        painting = reweight(session.painting, moment.weights)
        session.history.restore(*moment.history)
        state = with_new_objective(painting.job, moment.state, moment.picture)
        session.previews.write(painting, tf.convert_to_tensor(moment.picture))
        session.report(step=state.step, back_to=state.step, preview=session.previews.number)
        return self._with(painting, state)

    def _with(self, painting: Painting, state: RunState) -> RunState:
        self._session.painting = painting
        self._session.report(weights=weights_of(painting), undo=len(self._undo))
        return state
