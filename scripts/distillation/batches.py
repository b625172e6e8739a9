"""Batches of crops, made in a background thread."""

import queue
import threading
import time
from collections.abc import Iterator

import numpy as np

from distillation.networks import INPUT_SCALE, MEANS
from distillation.pictures import random_crop, read_pictures
from distillation.synthetic import SPOILINGS, noise_picture, pattern_picture, spectral_noise

# What a crop is, and how often. Frames are what the student itself has painted so far.
SHARES = {
    "picture": 0.36,
    "spoilt": 0.14,
    "blend": 0.08,
    "noise": 0.05,
    "pattern": 0.03,
    "frame": 0.34,
}
REREAD_SECONDS = 120.0


class Batches:
    """Batch `index` of a seed is always the same, as long as the folders are.

    Raises:
      ValueError: an odd batch, or no pictures.
    """

    def __init__(self, folders: list[str], frames: str, *, crop: int, batch: int, seed: int):
        if batch % 2:
            raise ValueError(f"batch: expected an even number, received {batch}")
        self.crop, self.batch, self.seed = crop, batch, seed
        self.pictures = [item for folder in folders for item in read_pictures(folder, crop // 2)]
        if not self.pictures:
            raise ValueError(f"expected pictures, received none in {', '.join(folders)}")
        self._frames_folder, self._frames, self._read_at = frames, [], -REREAD_SECONDS

    def make(self, index: int) -> np.ndarray:
        """[batch, crop, crop, 3] float32: blue, green and red less the means, in INPUT_SCALE.

        The second half of the batch is the first half slightly changed.
        """
        rng = np.random.default_rng([self.seed, index])
        self._reread()
        crops = [np.clip(self._crop(rng), 0, 255) for _ in range(self.batch // 2)]
        crops = np.stack(crops + [self._changed(crop, rng) for crop in crops])
        return (np.clip(crops, 0, 255)[..., ::-1] - np.float32(MEANS)) / np.float32(INPUT_SCALE)

    def prefetched(self, first: int) -> Iterator[np.ndarray]:
        """Batches from `first` on, without end, made ahead of time."""
        ready = queue.Queue(maxsize=3)
        threading.Thread(target=self._produce, args=(ready, first), daemon=True).start()
        while True:
            item = ready.get()
            if isinstance(item, Exception):
                raise item
            yield item

    def _produce(self, ready: queue.Queue, index: int) -> None:
        try:
            while True:
                ready.put(self.make(index))
                index += 1
        except Exception as error:  # shown in the main thread
            ready.put(error)

    def _reread(self) -> None:
        if self._frames_folder and time.monotonic() - self._read_at > REREAD_SECONDS:
            self._frames = read_pictures(self._frames_folder, self.crop // 2)
            self._read_at = time.monotonic()

    def _crop(self, rng: np.random.Generator) -> np.ndarray:
        kind = rng.choice(list(SHARES), p=list(SHARES.values()))
        if kind == "noise":
            return noise_picture(self.crop, rng)
        if kind == "pattern":
            return pattern_picture(self.crop, rng)
        if kind == "frame" and self._frames:
            return self._from(self._frames, rng, largest=1.3)
        crop = self._from(self.pictures, rng)
        if kind == "blend":
            share = np.float32(rng.uniform(0.2, 0.8))
            return share * crop + (1 - share) * self._from(self.pictures, rng)
        if kind == "spoilt":
            for index in rng.permutation(len(SPOILINGS))[: rng.integers(1, 3)]:
                crop = SPOILINGS[index](crop, rng)
        return crop

    def _changed(self, crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The same with faint noise, or with a trace of another picture."""
        if rng.random() < 0.7:
            deviation = np.exp(rng.uniform(np.log(2), np.log(16)))
            return crop + np.float32(deviation) * spectral_noise(self.crop, rng)
        share = np.float32(rng.uniform(0.03, 0.15))
        return crop + share * (self._from(self.pictures, rng) - crop)

    def _from(self, pictures: list, rng: np.random.Generator, **more) -> np.ndarray:
        return random_crop(pictures[rng.integers(len(pictures))], self.crop, rng, **more)
