"""What a step learns from: what enters the student, and the teacher's features."""

from collections.abc import Iterator
from typing import NamedTuple

import keras
import numpy as np

from distillation.batches import Batches


class Lesson(NamedTuple):
    """One batch, float16.

    Attributes:
      entering: [B, h, w, C] what enters the blocks that are trained.
      wanted: {layer: the teacher's features}.
    """

    entering: np.ndarray
    wanted: dict[str, np.ndarray]


class Lessons:
    """New lessons and, as a teacher takes as long as all the rest of a step, repeated ones.

    After every new lesson `repeats` older ones are repeated, out of the last `memory`.
    """

    def __init__(
        self,
        batches: Batches,
        teacher: keras.Model,
        lower: keras.Model | None,
        *,
        repeats: int,
        memory: int,
    ):
        self.batches, self.teacher, self.lower = batches, teacher, lower
        self.repeats, self.memory = repeats, memory

    def of_step(self, first: int) -> Iterator[Lesson]:
        """The lesson of step `first` and of all that follow."""
        kept, cycle = [], self.repeats + 1
        images = self.batches.prefetched(-(-first // cycle))
        step = first
        while True:
            if step % cycle == 0 or not kept:
                kept = [*kept, self._new(next(images))][-self.memory :]
                yield kept[-1]
            else:
                rng = np.random.default_rng([self.batches.seed, step, 1])
                yield kept[rng.integers(len(kept))]
            step += 1

    def _new(self, images: np.ndarray) -> Lesson:
        features = self.teacher.predict_on_batch(images)
        wanted = {name: np.asarray(item, np.float16) for name, item in features.items()}
        if self.lower is None:
            return Lesson(images.astype(np.float16), wanted)
        (entering,) = self.lower.predict_on_batch(images).values()
        return Lesson(np.asarray(entering, np.float16), wanted)
