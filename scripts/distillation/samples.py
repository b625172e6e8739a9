"""Writes the sample photographs of scikit-image and scikit-learn into a folder, to train on.

python scripts/distillation/samples.py --output=FOLDER (needs pip install ".[train]")
"""

from pathlib import Path

from absl import app, flags
from PIL import Image

OUTPUT = flags.DEFINE_string("output", None, "folder to write them into", required=True)

# Photographs and scans that come with scikit-image itself; drawings and masks are left out.
SCIKIT_IMAGE = (
    *("astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel"),
    *("hubble_deep_field", "immunohistochemistry", "moon", "retina", "rocket"),
)


def main(argv):
    """Writes every sample as a PNG under its own name."""
    del argv
    folder = Path(OUTPUT.value)
    folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in samples().items():
        Image.fromarray(pixels).convert("RGB").save(folder / f"{name}.png")


def samples():
    """{name: uint8 [H, W] or [H, W, 3]}."""
    from skimage import data
    from sklearn.datasets import load_sample_images

    found = {name: getattr(data, name)() for name in SCIKIT_IMAGE}
    both = load_sample_images()
    return found | {
        Path(name).stem: pixels for name, pixels in zip(both.filenames, both.images, strict=True)
    }


if __name__ == "__main__":
    app.run(main)
