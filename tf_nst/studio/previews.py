"""The picture so far, as a file for pages."""

import contextlib
import os
import time
from pathlib import Path

import tensorflow as tf

from tf_nst.io.listeners import Clock
from tf_nst.painting import Painting, finished

# At least so long between two, and of the time of a run so much for them.
LEAST_SECONDS, MOST_SHARE = 0.25, 0.1
MOST_SIDE = 1600


class Previews:
    """Writes pictures over one another, each whole.

    Attributes:
      number: of the latest.
    """

    def __init__(self, path: Path, number: int, clock: Clock = time.perf_counter) -> None:
        """Takes the file, and the number of the one that is there."""
        self._path, self.number, self._clock = path, number, clock
        self._next = clock()

    def offer(self, painting: Painting, image: tf.Tensor) -> None:
        """Writes a picture [1, h, w, 3] in 0..1, unless it comes too soon after the last."""
        if self._clock() >= self._next:
            self.write(painting, image)

    def write(self, painting: Painting, image: tf.Tensor) -> None:
        """Writes a picture [1, h, w, 3] in 0..1."""
        began = self._clock()
        picture = finished(painting, image, 8).to_pillow()
        picture.thumbnail((MOST_SIDE, MOST_SIDE))
        # A full disk, or a page that reads on Windows, is no reason to lose the picture.
        with contextlib.suppress(OSError):
            unfinished = self._path.with_suffix(".part")
            picture.save(unfinished, "PNG", compress_level=1)
            os.replace(unfinished, self._path)
            self.number += 1
        now = self._clock()
        self._next = now + max(LEAST_SECONDS, (now - began) / MOST_SHARE)
