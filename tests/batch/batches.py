"""What tests of batches share: small pictures in folders, flags of a tiny run, the parsed flags."""

from pathlib import Path

import numpy as np
from PIL import Image

from tf_nst.batch.flags import flags_for
from tf_nst.cli.parsing import parse_flags

TINY = {
    "size": "32",
    "steps": "2",
    "weights": "random",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1:2",
    "precision": "float32",
}
FLAGS = [f"--{name}={text}" for name, text in TINY.items()]


def write_picture(path: Path, height: int = 24, width: int = 32, seed: int = 0) -> Path:
    """A picture of noise, in a folder that is made where it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def write_folders(folder: Path, photos=("a", "b"), styles=("s", "t")) -> Path:
    """PHOTOS and STYLES with pictures of these names."""
    for seed, name in enumerate(photos):
        write_picture(folder / "photos" / f"{name}.png", seed=seed)
    for seed, name in enumerate(styles):
        write_picture(folder / "styles" / f"{name}.png", 32, 32, seed=100 + seed)
    return folder


def values_of(*arguments: str):
    """The values of a batch's flags, as they are typed."""
    line = list(map(str, arguments))
    return parse_flags(["tf-nst", *line], flags_for(line))
