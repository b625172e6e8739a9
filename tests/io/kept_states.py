"""Checkpoints of a clock that is set by hand, and what they are shown."""

from types import SimpleNamespace

from run_events import COARSE, SCALE, done

from tf_nst.engine.events import ScaleStarted
from tf_nst.engine.state import RunState
from tf_nst.io.checkpoints import Checkpoints
from tf_nst.io.listeners import History

START = ScaleStarted(0, COARSE, lambda: RunState())


def keep(folder, seconds=60.0, **options) -> SimpleNamespace:
    """.checkpoints of out.state in a folder, .path, .clock, .lines, and .show(event, at), which
    shows an event at a time to the history and to them."""
    clock, lines, history = SimpleNamespace(now=0.0), [], History((COARSE, SCALE))
    path, options = folder / "out.state", {"clock": lambda: clock.now, **options}
    listener = Checkpoints(
        path, seconds, lambda: {"version": "1"}, history, lines.append, **options
    )

    def show(event, at=0.0):
        clock.now = at
        history(event)
        listener(event)

    return SimpleNamespace(checkpoints=listener, clock=clock, lines=lines, show=show, path=path)


def steps_done(step: int, scale=COARSE):
    """So many steps are done."""
    return done(step, scale=scale)._replace(snapshot=lambda: RunState(step=step))


def finish_writing(kept: SimpleNamespace) -> None:
    """Waits for what is being written."""
    kept.checkpoints.close()
