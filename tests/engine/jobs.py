"""What tests of the loop share: a small loss, and what a run's events hold."""

import numpy as np
import tensorflow as tf
from reference import counting

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.engine.events import Finished, Note, ScaleStarted, StepsDone
from tf_nst.engine.steps import paint_scale
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import Term
from tf_nst.optim.adam import adam
from tf_nst.optim.optimizer import Optimizer

# By Gram matrices, whose rounding does not grow from step to step as that of roots does, so that
# runs on other devices, and from a snapshot, can be compared digit by digit.
CONFIG = ObjectiveConfig(
    content_layers=(Weighted("block2_conv1"),),
    style_layers=(Weighted("block1_conv1"), Weighted("block2_conv1")),
    style_statistic=(Weighted("gram"),),
    style_weight=10.0,
    tv_weight=1e-5,
)
SIZE = (20, 28)
ADAM = adam(0.02, epsilon=1.0)


def pictures(height: int, width: int, dtype="float64") -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """A content, a style of another size and a picture between them, [1, ., ., 3] in 0..1."""
    ramp = np.linspace(0.0, 0.7, width)[None, :, None]
    content = 0.3 * counting(height, width) + ramp
    image = np.clip(content[:, ::-1] + 0.1 * counting(height, width, start=5), 0, 1)
    style = counting(67, 59, start=91)
    return tuple(tf.constant(it[None].astype(dtype)) for it in (content, style, image))


def steps_done(events) -> list[StepsDone]:
    return [event for event in events if isinstance(event, StepsDone)]


def notes(events) -> list[str]:
    return [event.line for event in events if isinstance(event, Note)]


def started(events) -> list[ScaleStarted]:
    return [event for event in events if isinstance(event, ScaleStarted)]


def picture(events) -> np.ndarray:
    """The picture of a finished run."""
    assert isinstance(events[-1], Finished)
    return events[-1].image.numpy()


def history(events) -> dict[str, np.ndarray]:
    """{term: values of all steps}."""
    done = steps_done(events)
    return {name: np.concatenate([it.values[name] for it in done]) for name in done[0].values}


def make_term(statistic: str, layer: str, weight: float = 1.0) -> Term:
    """A term of the picture that a config would name for this statistic."""
    role = "style"
    if STATISTICS[statistic].paired:
        role = "content"
    if statistic in ("squared", "absolute"):
        role = "variation"
    of = None if role == "variation" else role
    return Term(f"{role}/{statistic}/{layer}", of, layer, weight, statistic)


def compile_steps(objective, optimizer: Optimizer, *, decay: float = 0.0, xla: bool = False):
    """Several steps as one compiled function: progress, count -> progress, report."""

    @tf.function(autograph=False, jit_compile=xla)
    def run(progress, count):
        return paint_scale(objective, optimizer, progress, count, decay=decay)

    return run


def failing(optimizer: Optimizer, after: int) -> Optimizer:
    """An optimiser that sees no way on after so many steps, and stays where it is."""

    def update(evaluation, image, state):
        updated, inner = optimizer.update(evaluation, image, state[0])
        steps = state[1] + 1
        return tf.where(steps[0] >= after, image, updated), (inner, steps)

    def init(image):
        return optimizer.init(image), tf.zeros([image.shape[0]], tf.int32)

    return Optimizer(
        init, update, lambda state, image: init(image), lambda state: state[1] >= after
    )
