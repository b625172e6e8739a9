"""Starts a student from its teacher's own channels: python scripts/distillation/prune.py

python scripts/distillation/prune.py --teacher=H5 --images=FOLDER --width=0.5 --output=start.npz

Layer after layer, the channels are kept that explain the others best, and kernels from the
student's own features to theirs are fitted by least squares (He et al. 2017, Channel pruning for
accelerating very deep neural networks, section 3). No gradients: a few minutes on two cores.
"""

import sys
from pathlib import Path

import numpy as np
from absl import app, flags

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from distillation.batches import Batches
from distillation.networks import narrowed, read_teacher, teacher_network, write_npz
from distillation.pruning import pruned

TEACHER = flags.DEFINE_string("teacher", None, "HDF5 file of the teacher", required=True)
IMAGES = flags.DEFINE_list("images", None, "folders of training pictures", required=True)
FRAMES = flags.DEFINE_string("frames", "", "folder of what an earlier student painted")
WIDTH = flags.DEFINE_float("width", 0.5, "channels relative to the teacher", 0.01, 1.0)
CROP = flags.DEFINE_integer("crop", 160, "side of a crop in pixels", lower_bound=32)
CROPS = flags.DEFINE_integer("crops", 400, "crops to fit on", lower_bound=2)
OUTPUT = flags.DEFINE_string("output", "start.npz", ".npz to write")
SEED = flags.DEFINE_integer("seed", 0, "of crops and positions", lower_bound=0)


def main(argv):
    """Prunes the network and writes its kernels and biases."""
    del argv
    network, batch = teacher_network(), 16
    batches = Batches(IMAGES.value, FRAMES.value, crop=CROP.value, batch=batch, seed=SEED.value)
    images = np.concatenate([batches.make(index) for index in range(-(-CROPS.value // batch))])
    teacher = read_teacher(TEACHER.value, network)
    small = narrowed(network, WIDTH.value)
    arrays = pruned(network, teacher, small, images, seed=SEED.value, report=print)
    write_npz(OUTPUT.value, arrays, {"pruned": True})


if __name__ == "__main__":
    app.run(main)
