"""Painting from Python."""

import logging
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_nst.config import config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Note
from tf_nst.engine.loop import stylize as run
from tf_nst.engine.state import RunState
from tf_nst.io.images import Image
from tf_nst.io.inputs import Source, read_inputs
from tf_nst.ops.resample import resize
from tf_nst.painting.preparation import Painting, prepare

_LOGGER = logging.getLogger("tf_nst")


def stylize(
    content: Source,
    style: Source,
    *,
    listeners: tuple[Callable[[Event], None], ...] = (),
    report: Callable[[str], None] = _LOGGER.warning,
    engine: Engine | None = None,
    state: RunState | None = None,
    **options,
) -> Image:
    """Paints `content` in the manner of `style`.

    Args:
      content, style: each a path, an Image, Pillow's image, or an array or tensor [H, W, 3], uint8,
        uint16 or floating in 0..1; also [1, H, W, 3], grey [H, W], with alpha [H, W, 4].
      listeners: each is called with every event (tf_nst/engine/events.py).
      report: called with plain lines; by default they go to the logger "tf_nst".
      engine: a `tf_nst.Engine`, which keeps network, compiled steps and the style's statistics.
      state: as `event.snapshot()` gave it to a listener in a run of the same pictures and options,
        which goes on to the same pixels.
      **options: the command's flags without their dashes, such as size=512, steps=300,
        style_layers="conv1_1,conv2_1:2" or init="noise"; `tf-nst --help` has their ranges.

    Returns:
      An Image: `.show()`, `.save("out.png")`, `numpy.asarray(image)`.

    Raises:
      UserError: an argument that cannot be used.
      NonFiniteLossError: a loss became NaN or infinite.
      DivergedError: ten losses in a row were over ten times the first one of their size.
    """
    began = time.perf_counter()
    config = config_from_options(options)
    inputs = read_inputs(config, content, style)
    for note in inputs.notes:
        report(note)
    painting = prepare(config, inputs, report, began=began, engine=engine)
    picture = run(painting.job, (_reporter(report), *listeners), painting.engine, state)
    return finished(painting, picture)


def _reporter(report: Callable[[str], None]) -> Callable[[Event], None]:
    """A listener that reports the lines of notes."""

    def listen(event: Event) -> None:
        if isinstance(event, Note):
            report(event.line)

    return listen


def finished(
    painting: Painting, picture: tf.Tensor | np.ndarray, depth: int | None = None
) -> Image:
    """The Image of [1, h, w, 3] float in 0..1, with the content's size, alpha and profile.

    `depth` is 8 or 16 bits, by default the content's.

    A picture of an earlier scale is enlarged.
    """
    content = painting.inputs.content
    # numpy() would copy; the size is the content's already, but for previews of earlier scales.
    pixels = np.asarray(resize(tf.convert_to_tensor(picture), *content.size))[0]
    return Image.from_float(pixels, depth or content.depth, content.alpha, content.profile)
