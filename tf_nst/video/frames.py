"""Paints one frame after the other by one engine."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Finished, Note
from tf_nst.engine.loop import iterate
from tf_nst.io.areas import Places, read_painted
from tf_nst.io.depth import quantise
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs, read_inputs, read_one
from tf_nst.io.listeners import History
from tf_nst.io.styles import Styles
from tf_nst.ops.resample import carried, resize
from tf_nst.painting import Painting, finished, prepare
from tf_nst.planning.schedule import LEAST_SIDE
from tf_nst.video.settings import FilmConfig
from tf_nst.video.temporal import Warped, start_from, temporal_extras, uncovered

# How much of a frame's start is its neighbour's picture rather than its own of the sweep before
# (Ruder et al. 2016, section 4.4, delta).
BLEND = np.float32(0.5)
# The least share of a frame for which what is uncovered is painted beforehand.
LEAST_UNCOVERED = 1e-3


class Painted(NamedTuple):
    """A painted frame.

    Attributes:
      paint: 16 bits, in the colours in which it is painted: what other frames are held to. Its
        alpha is how much of each pixel is painted; None: all of it.
      picture: as it is shown.
      painting: the job, and what a record says of it.
      history: of its steps.
      seconds: that it took.
    """

    paint: Image
    picture: Image
    painting: Painting
    history: History
    seconds: float


class FramePainter:
    """Paints frames of one film, of one size."""

    def __init__(
        self,
        config: StylizeConfig,
        film: FilmConfig,
        report: Callable[[str], None],
        engine: Engine | None = None,
    ) -> None:
        """`report` is called with plain lines; by default the engine is a new one."""
        self._config, self._film, self._report = config, film, report
        self.engine = engine or Engine()

    def fitted(self, pixels: NDArray[np.uint8], name: str = "frame") -> Image:
        """A frame at the size at which it is painted. Raises UserError where it is too small."""
        return read_one(self._config, Image(pixels, name=name), "--content")

    def painted_share(self, frame: Image, places: Places) -> NDArray[np.float32] | None:
        """[H, W] float32 in 0..1: how much of each pixel of a frame masks leave to paint; None: all
        of it. Raises NothingToPaintError where that is nothing."""
        return read_painted(self._config, places, frame)

    def paint(
        self,
        content: Image,
        styles: Styles,
        places: Places,
        warped: Mapping[int, Warped],
        before: NDArray[np.float32] | None = None,
    ) -> Painted:
        """A frame.

        Args:
          content: see `fitted`.
          styles, places: as `read_inputs` takes them.
          warped: by lag, as `longer_where_no_shorter` returns it; empty: the frame is painted as a
            picture alone.
          before: [H, W, 3] float32 in 0..1, its paint of the sweep before.
        """
        began = time.perf_counter()
        alone = not warped and before is None
        config = self._config if alone else self._of_frames()
        inputs = read_inputs(config, content, styles, places)
        extras = temporal_extras(warped, content.size, self._film.temporal_weight)
        painting = prepare(config, inputs, self._report, engine=self.engine, extras=extras)
        if not alone:
            filling = self._filling(inputs, painting, warped) if before is None else before
            start = start_from(warped if before is None else _blended(warped), filling)
            painting = painting._replace(job=painting.job._replace(initial=start[None]))
        history = History(painting.job.scales)
        image = self._run(painting, history)
        painted = inputs.areas.painted
        alpha = None if painted is None else quantise(painted, 16)
        paint = Image.from_float(np.asarray(image)[0], 16, alpha)
        picture = finished(painting, paint.to_float()[None], 8)
        return Painted(paint, picture, painting, history, time.perf_counter() - began)

    def _of_frames(self) -> StylizeConfig:
        """The config of all frames but the first: at the picture's size alone, few steps."""
        init = "content" if self._config.init == "content" else "matched"
        tile = self._config.tile.rpartition(",")[2]
        steps = (self._film.frame_steps,)
        return replace(self._config, steps=steps, scales=1, init=init, tile=tile)

    def _filling(
        self, inputs: Inputs, painting: Painting, warped: Mapping[int, Warped]
    ) -> NDArray[np.float32]:
        """[H, W, 3] in 0..1: what is seen where no painted frame shows it.

        It is the photograph in the painting's colours, painted at half the size. The photograph
        alone would stay one there: where all the rest has the statistics of the style already,
        nothing asks a small part for more.
        """
        photograph: NDArray[np.float32] = painting.job.initial
        if uncovered(warped) < LEAST_UNCOVERED or min(inputs.content.size) < 2 * LEAST_SIDE:
            return np.asarray(photograph[0])
        steps = (self._film.frame_steps, 0, 0)
        config = replace(self._of_frames(), steps=steps, scales=len(steps))
        extras = temporal_extras({}, inputs.content.size, 0.0)
        half = prepare(config, inputs, self._report, engine=self.engine, extras=extras)
        coarse = resize(self._run(half, History(half.job.scales)), *half.job.scales[0][:2])
        filling = np.asarray(carried(coarse, tf.constant(photograph)), np.float32)
        return np.asarray(filling[0])

    def _run(self, painting: Painting, history: History) -> tf.Tensor:
        event: Event | None = None
        for event in iterate(painting.job, engine=self.engine):
            history(event)
            if isinstance(event, Note):
                self._report(event.line)
        return cast(Finished, event).image


def _blended(warped: Mapping[int, Warped]) -> dict[int, Warped]:
    """Half of each (Ruder et al. 2016, equations 10 and 11)."""
    return {lag: Warped(each.picture, BLEND * each.mask) for lag, each in warped.items()}
