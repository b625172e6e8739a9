"""Paints with the student of the moment, for its trainer to learn from what it paints.

python scripts/distillation/frames.py --student=NPZ --images=FOLDER --frames=FOLDER --minutes=N

Optimisation finds what a student gets wrong and dwells there; photographs never lead there. A
process of its own, as this needs TensorFlow and the trainer may run on another backend.
"""

import sys
import time
from pathlib import Path

import numpy as np
from absl import app, flags
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from distillation.networks import narrowed, read_npz, teacher_network
from distillation.painter import Painter
from distillation.pictures import random_crop, read_pictures
from tf_nst.engine.events import StepsDone

STUDENT = flags.DEFINE_string("student", None, ".npz, read again for each batch", required=True)
IMAGES = flags.DEFINE_list("images", None, "folders of training pictures", required=True)
FRAMES = flags.DEFINE_string("frames", None, "folder to paint into", required=True)
MINUTES = flags.DEFINE_float("minutes", 5.0, "how long to paint", lower_bound=0.0)
SIDES = flags.DEFINE_list("sides", ["128", "160", "192"], "sides of the frames in pixels")
BATCH = flags.DEFINE_integer("batch", 5, "frames painted at a time, in one style", lower_bound=1)
KEEP = flags.DEFINE_integer("keep", 600, "frames kept; older ones are removed", lower_bound=1)
SEED = flags.DEFINE_integer("seed", 0, "of pictures, sizes and steps", lower_bound=0)

STAGES = (10, 30, 70)  # steps after which a frame is kept


def main(argv):
    """Paints until the time is over."""
    del argv
    end, rng = time.monotonic() + 60 * MINUTES.value, np.random.default_rng(SEED.value)
    pictures = [item for folder in IMAGES.value for item in read_pictures(folder, 128)]
    folder = Path(FRAMES.value)
    folder.mkdir(parents=True, exist_ok=True)
    while time.monotonic() < end:
        for frame in painted(pictures, rng):
            save(frame, folder)
        for path in sorted(folder.glob("*.png"))[: -KEEP.value]:
            path.unlink()


def painted(pictures, rng):
    """Frames [side, side, 3] in 0..1 of one batch, at every stage."""
    arrays, network = read_npz(STUDENT.value), teacher_network()
    width = len(arrays["block1_conv1"][1]) / network.channels[0]
    side, count = int(rng.choice(SIDES.value)), BATCH.value
    chosen = rng.choice(len(pictures), count + 1, replace=False)
    content = np.stack([random_crop(pictures[i], side, rng) for i in chosen[1:]]) / 255
    style = random_crop(pictures[chosen[0]], int(side * rng.uniform(1, 1.6)), rng)[None] / 255
    frames = []

    def keep(event):
        if isinstance(event, StepsDone) and event.step in STAGES:
            frames.extend(event.image.numpy())

    painter = Painter(narrowed(network, width), arrays)
    initial = starts(content, rng)
    painter.paint(content, style, STAGES[-1], initial=initial, pause_every=10, listeners=(keep,))
    return frames


def starts(content, rng):
    """The content, noise, or between both, for each picture of a batch."""
    share = rng.choice([0.0, 0.0, 0.5, 1.0], (len(content), 1, 1, 1)).astype(np.float32)
    noise = 0.5 + 0.25 * rng.standard_normal(content.shape, np.float32)
    return np.clip(content + share * (noise - content), 0, 1)


def save(frame, folder):
    """Writes one frame; its name sorts by time."""
    path = folder / f"{time.time_ns()}.png"
    half = path.with_suffix(".half")
    Image.fromarray((frame * 255 + 0.5).astype(np.uint8)).save(half, "PNG")
    half.rename(path)


if __name__ == "__main__":
    app.run(main)
