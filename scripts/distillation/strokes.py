"""Paints training pictures of brush strokes: python scripts/distillation/strokes.py --output=FOLDER

The examples' painter with other palettes, seeds, stroke sizes and directions, over random masses.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from absl import app, flags
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examples_painter.fields import fractal_noise
from examples_painter.paint import DEFAULT_LAYERS, paint

OUTPUT = flags.DEFINE_string("output", None, "folder to paint into", required=True)
COUNT = flags.DEFINE_integer("count", 32, "pictures", lower_bound=1)
SIDE = flags.DEFINE_integer("side", 320, "side of a picture in pixels", lower_bound=64)
SEED = flags.DEFINE_integer("seed", 100, "of the first picture", lower_bound=0)


def main(argv):
    """Paints the pictures."""
    del argv
    folder = Path(OUTPUT.value)
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(SEED.value, SEED.value + COUNT.value):
        picture = np.clip(brushwork(SIDE.value, seed), 0, 1)
        image = Image.fromarray((picture * 255 + 0.5).astype(np.uint8))
        image.save(folder / f"strokes_{seed:04d}.png")


def brushwork(side, seed):
    """A picture [side, side, 3] in 0..1 of strokes that follow a random field of directions."""
    rng = np.random.default_rng(seed)
    shape, palette = (side, side), rng.random((int(rng.integers(3, 12)), 3)).astype(np.float32)
    masses = np.stack([fractal_noise(shape, rng, slope=rng.uniform(1, 2)) for _ in palette], -1)
    chosen = np.argmax(masses, -1)
    reference = np.clip(palette[chosen] + 0.1 * masses[..., :1], 0, 1).astype(np.float32)
    orientation = rng.uniform(0, np.pi) + rng.uniform(0, 3) * fractal_noise(shape, rng, slope=2.0)
    size = float(np.exp(rng.uniform(np.log(0.2), np.log(1.0))))
    layers = [
        replace(item, length=item.length * size, width=max(2.0, item.width * size))
        for item in DEFAULT_LAYERS
    ]
    return paint(
        reference,
        orientation.astype(np.float32),
        palette,
        layers=layers,
        ground=tuple(rng.random(3)),
        impasto=rng.uniform(0, 0.3),
        seed=seed,
    )


if __name__ == "__main__":
    app.run(main)
