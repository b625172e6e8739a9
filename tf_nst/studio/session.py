"""What a run has while it is painted: the painting, its history, its state on the disk."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tf_nst.cli.flags import config_from_flags, places_from_flags, styles_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests
from tf_nst.config import StylizeConfig, options_from_config
from tf_nst.engine.arrays import from_arrays
from tf_nst.engine.engine import Engine
from tf_nst.engine.state import RunState
from tf_nst.io.areas import Places
from tf_nst.io.checkpoints import Checkpoints
from tf_nst.io.inputs import Inputs, read_inputs
from tf_nst.io.listeners import History
from tf_nst.io.manifest import check_sidecars
from tf_nst.io.resume import Resumed, check_digests, describe_run, resume_run
from tf_nst.io.state_file import read_arrays, refusing_damage, state_path
from tf_nst.io.writing import check_output, check_size
from tf_nst.painting import Painting, prepare
from tf_nst.painting.lengthening import lengthen
from tf_nst.painting.reweighting import WEIGHTS
from tf_nst.studio.history import STUDIO
from tf_nst.studio.inbox import Message, Outbox
from tf_nst.studio.previews import Previews
from tf_nst.studio.progress import Pace
from tf_nst.studio.settings import values_of

# How often a state is written, from which a run goes on after a crash.
SECONDS_PER_STATE = 20.0


@dataclass
class Session:
    """A run while it is painted.

    Attributes:
      order: of the server.
      values: of the painting command's flags.
      painting: with the weights of now.
      began: its time.perf_counter(), earlier by the time of the runs before it.
      report: sends a message about this run.
      config: as the flags have it.
      state: where it goes on; None: it begins, or the state was taken.
      checkpoints: keep its state on the disk.
    """

    order: Message
    values: Values
    painting: Painting
    history: History
    previews: Previews
    pace: Pace
    began: float
    report: Callable[..., None]
    config: StylizeConfig
    state: RunState | None = None
    checkpoints: Checkpoints = field(init=False)

    def __post_init__(self) -> None:
        self.checkpoints = Checkpoints(
            state_path(self.path),
            SECONDS_PER_STATE,
            self.describe,
            self.history,
            lambda line: self.report(notes=[line]),
            background=self.painting.plan.background,
            takes_over=True,
        )

    @property
    def id(self) -> str:
        """Of the run."""
        return str(self.order["run"])

    @property
    def path(self) -> Path:
        """Of the picture."""
        return Path(self.values.output)

    @property
    def changed_weights(self) -> dict[str, float]:
        """{option: weight} of those that are not the flags' any more."""
        flags = options_from_config(self.config)
        weights = weights_of(self.painting)
        return {name: it for name, it in weights.items() if it != flags[name]}

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.began

    def take_state(self) -> RunState | None:
        """The state, which is not kept here: its pictures go as the run goes on."""
        state, self.state = self.state, None
        return state

    def describe(self) -> dict[str, Any]:
        """What a state says of the run now."""
        painting, memory = self.painting, self.painting.limits.bytes / 1e9
        description = describe_run(
            self.config,
            painting.config,
            steps=tuple(scale.steps for scale in painting.job.scales),
            gigabytes=memory if memory < math.inf else 0.0,
            digests=digests(painting),
        )
        about = {name: self.order[name] for name in ("request", "arguments")}
        return {**description, "seconds": self.seconds, STUDIO: about}


def weights_of(painting: Painting) -> dict[str, float]:
    """{option: weight} of the losses of a painting."""
    options = options_from_config(painting.config)
    return {name: float(str(options[name])) for name in WEIGHTS.values()}


def begin(order: Message, engine: Engine, report: Outbox) -> Session:
    """Everything before the first step.

    Raises as `read_inputs`, `prepare` and `resume_run`.
    """
    began = time.perf_counter()

    def say(**message: Any) -> None:
        report(run=order["run"], **message)

    values = values_of(order["arguments"], order["output"])
    config = config_from_flags(values)
    resumed = resume_run(Path(order["from"]), config) if order["from"] else None
    wanted = resumed.config if resumed else config
    inputs = _read(values, wanted)
    say(status="preparing", size=list(inputs.content.size), notes=list(inputs.notes))
    painting = prepare(
        wanted, inputs, lambda line: say(notes=[line]), states=True, began=began, engine=engine
    )
    history, state = History(painting.job.scales), None
    if resumed:
        painting, state = _gone_on(painting, resumed, history)
        began -= resumed.description["seconds"]
        painting = lengthen(painting, state, order["more"]) if order["more"] else painting
    previews, pace = Previews(Path(order["preview"]), order["previews"]), _pace(painting, state)
    step, steps = (state.step if state else 0), sum(scale.steps for scale in painting.job.scales)
    say(steps=steps, step=step, back_to=step, weights=weights_of(painting), undo=0)
    return Session(order, values, painting, history, previews, pace, began, say, config, state)


def _pace(painting: Painting, state: RunState | None) -> Pace:
    """That of the plan, for the steps that are left."""
    steps = sum(scale.steps for scale in painting.job.scales)
    return Pace(painting.plan.seconds * (1 - (state.step if state else 0) / steps))


def _gone_on(painting: Painting, resumed: Resumed, history: History) -> tuple[Painting, RunState]:
    """The painting of a state, and the state; its history is restored."""
    painting = painting._replace(config=resumed.recorded)
    check_digests(resumed, digests(painting))
    with refusing_damage(resumed.path):
        arrays = read_arrays(resumed.path)
        state = from_arrays(painting.job, arrays)
        history.restore(resumed.description["history"], arrays["losses"])
    return painting, state


def _read(values: Values, config: StylizeConfig) -> Inputs:
    """The pictures, where the output can be written."""
    check_output(values.output)
    check_sidecars(values.output)
    places: dict[str, Any] = places_from_flags(values)
    inputs = read_inputs(config, values.content, styles_from_flags(values), Places(**places))
    check_size(values.output, inputs.content.height, inputs.content.width)
    return inputs
