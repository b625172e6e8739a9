"""What tests of the loop share: a small loss, and what a run's events hold."""

import numpy as np
import tensorflow as tf
from reference import counting

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.engine.events import Finished, Note, ScaleStarted, StepsDone
from tf_nst.optim.optimizers import Optimizer, adam

CONFIG = ObjectiveConfig(
    content_layers=(Weighted("block2_conv1"),),
    style_layers=(Weighted("block1_conv1"), Weighted("block2_conv1")),
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


def failing(optimizer: Optimizer, after: int) -> Optimizer:
    """An optimiser that sees no way on after so many steps."""

    def step(value_and_grad, image, state):
        image, inner, found = optimizer.step(value_and_grad, image, state[0])
        return image, (inner, state[1] + 1), found

    return Optimizer(
        lambda image: (optimizer.init(image), np.int32(0)),
        step,
        lambda state, image: (optimizer.resample(state[0], image), np.int32(0)),
        lambda state: state[1] >= after,
    )
