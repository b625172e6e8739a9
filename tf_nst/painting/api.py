"""Painting from Python."""

import logging
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config import config_from_options
from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Note
from tf_nst.engine.job import Job
from tf_nst.engine.loop import stylize as run
from tf_nst.engine.state import RunState
from tf_nst.errors import UserError
from tf_nst.io.areas import Places
from tf_nst.io.given import Source
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs
from tf_nst.io.planes import Plane
from tf_nst.io.styles import Styles
from tf_nst.ops.color import as_float
from tf_nst.ops.resample import resize
from tf_nst.painting.preparation import Painting, prepare

_LOGGER = logging.getLogger("tf_nst")


def stylize(
    content: Source,
    style: Styles,
    *,
    listeners: tuple[Callable[[Event], None], ...] = (),
    report: Callable[[str], None] = _LOGGER.warning,
    engine: Engine | None = None,
    state: RunState | None = None,
    **options: Any,
) -> Image:
    """Paints `content` in the manner of `style`.

    Args:
      content: a path, an Image, Pillow's image, or an array or tensor [H, W, 3], [1, H, W, 3],
        grey [H, W] or with alpha [H, W, 4]; uint8 and floats in 0..1 give 8 bits, uint16 16.
      style: the same, or a folder; or a list of styles, each alone or as (style, weight).
      listeners: each is called with every event (tf_nst/engine/events.py).
      report: called with plain lines, which by default go to the logger "tf_nst".
      engine: a `tf_nst.Engine`, which keeps network, compiled steps and the styles' statistics.
      state: from `event.snapshot()` in a run with the same pictures and options, to continue it.
      **options: the command's flags without their dashes, such as size=512; masks: see `Places`.

    Returns:
      The picture, with `.show()`, `.save("out.png")` and `numpy.asarray(image)`.

    Raises:
      UserError: an argument that cannot be used.
      NonFiniteLossError: a loss became NaN or infinite.
      DivergedError: ten losses in a row were over ten times the first one of their size.
    """
    began = time.perf_counter()
    _check_arguments(listeners, report, engine, state)
    places = {name: options.pop(name) for name in Places._fields if name in options}
    config = config_from_options(options, Places._fields)
    inputs = read_inputs(config, content, style, Places(**places))
    for note in inputs.notes:
        report(note)
    painting = prepare(config, inputs, report, began=began, engine=engine)
    job, listeners = painting.job, (_reporter(report), *listeners)
    return finished(painting, run(job, listeners, painting.engine, _fitting(state, job)))


def _check_arguments(listeners: object, report: object, engine: object, state: object) -> None:
    if not (isinstance(listeners, tuple | list) and all(map(callable, listeners))):
        raise UserError(f"listeners: expected a tuple of functions, received {listeners!r}")
    if not callable(report):
        raise UserError(f"report: expected a function, received {report!r}")
    if not isinstance(engine, Engine | None):
        raise UserError(f"engine: expected a tf_nst.Engine, received {engine!r}")
    if not isinstance(state, RunState | None):
        raise UserError(
            "state: expected what event.snapshot() gave to a listener, received "
            f"{type(state).__name__}"
        )


def _fitting(state: RunState | None, job: Job) -> RunState | None:
    """The state; raises UserError where it is of a run with other sizes or another optimiser."""
    if state is None or state.progress is None:
        return state
    progress, index = state.progress, min(state.scale, len(job.scales) - 1)
    optimizer = job.fallback if state.fallback else job.optimizers[index]
    expected = [len(job.initial), *job.scales[index][:2], 3]
    received, other = list(progress.image.shape), ""
    try:
        tf.nest.assert_same_structure(optimizer.init(tf.zeros([1, 2, 2, 3])), progress.state)
    except (TypeError, ValueError):
        other = " of another optimiser"
    if received != expected or other:
        raise UserError(
            "state: expected that of a run with the same pictures and options, with a picture of "
            f"{expected}, received {received}{other}"
        )
    return state


def _reporter(report: Callable[[str], None]) -> Callable[[Event], None]:
    """A listener that reports the lines of notes."""

    def listen(event: Event) -> None:
        if isinstance(event, Note):
            report(event.line)

    return listen


def finished(
    painting: Painting, picture: tf.Tensor | NDArray[np.float32], depth: int | None = None
) -> Image:
    """The Image of [1, h, w, 3] float in 0..1, with the content's size, alpha and profile.

    `depth` is 8 or 16 bits, by default the content's.

    A picture of an earlier scale is enlarged. Its colours are those that --color asks for; where
    nothing was painted its pixels are the photograph's.
    """
    content, painted = painting.inputs.content, painting.inputs.areas.painted
    # numpy() would copy; the size is the content's already, but for previews of earlier scales.
    picture = resize(tf.convert_to_tensor(picture), *content.size)
    mode = COLOR_MODES[painting.config.color]
    if mode.from_paint:
        with tf.device("CPU:0"):
            photograph = as_float(content.pixels[None])
            picture = mode.result(picture, photograph, _weights(content.mask, painted))
    pixels = np.asarray(picture)[0]
    if painted is not None:
        share = painted[..., None]
        pixels = share * pixels + (1 - share) * content.to_float()
    return Image.from_float(pixels, depth or content.depth, content.alpha, content.profile)


def _weights(*planes: Plane | None) -> Plane | None:
    """The product of planes [h, w] as weights of positions [1, h, w, 1]; None of none."""
    given = [plane for plane in planes if plane is not None]
    return math.prod(given[1:], start=given[0])[None, :, :, None] if given else None
