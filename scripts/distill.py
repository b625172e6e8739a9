"""Trains a compact sibling of a network: python scripts/distill.py --teacher=PATH --images=FOLDER

The student learns the teacher's features (docs/compact.md). Keras 3 alone: KERAS_BACKEND chooses
TensorFlow, JAX or PyTorch. A run that was stopped goes on where its checkpoint was written.
"""

from absl import app, flags
from distillation.batches import Batches
from distillation.networks import read_teacher, teacher_network
from distillation.training import Options, Trainer

TEACHER = flags.DEFINE_string("teacher", None, "HDF5 file of the teacher", required=True)
NETWORK = flags.DEFINE_enum("network", "vgg19", ["vgg16", "vgg19"], "layer table of both")
IMAGES = flags.DEFINE_list("images", None, "folders of training pictures", required=True)
FRAMES = flags.DEFINE_string(
    "frames", "", "folder of what the student paints; read again and again"
)
CROP = flags.DEFINE_integer("crop", 96, "side of a crop in pixels", lower_bound=32)
BATCH = flags.DEFINE_integer("batch", 32, "crops in a batch", lower_bound=1)
WIDTH = flags.DEFINE_float("width", 0.5, "channels relative to the teacher", 0.01, 1.0)
MINUTES = flags.DEFINE_float("minutes", 60.0, "length of the schedule", lower_bound=0.01)
STEPS = flags.DEFINE_integer("steps", 0, "its length in steps, instead of minutes", lower_bound=0)
START = flags.DEFINE_string("start", "", ".npz to start from; without it random numbers")
SOFTEN = flags.DEFINE_bool("soften", False, "start with kernels that see less of the finest grain")
OUTPUT = flags.DEFINE_string("output", "student.npz", ".npz to write")
CHECKPOINT = flags.DEFINE_string("checkpoint", "", "folder that a stopped run resumes from")
RATE = flags.DEFINE_float("learning_rate", 2e-4, "the largest of the schedule", lower_bound=0.0)
SEED = flags.DEFINE_integer("seed", 0, "of random numbers and crops", lower_bound=0)
KERNEL = flags.DEFINE_float("kernel", 0.0, "weight of errors of inner products", lower_bound=0.0)
FIRST_BLOCK = flags.DEFINE_integer("first_block", 1, "lower blocks stay as they are", 1, 5)
REPEATS = flags.DEFINE_integer("repeats", 0, "old batches after each new one", lower_bound=0)
MEMORY = flags.DEFINE_integer("memory", 500, "batches kept for --repeats", lower_bound=1)
POLICY = flags.DEFINE_enum(
    "policy", "mixed_bfloat16", ["mixed_bfloat16", "float32"], "what is computed in"
)


def main(argv):
    """Builds a trainer from the flags and runs it."""
    del argv
    options = Options(
        width=WIDTH.value,
        minutes=MINUTES.value,
        steps=STEPS.value,
        start=START.value,
        soften=SOFTEN.value,
        output=OUTPUT.value,
        checkpoint=CHECKPOINT.value,
        rate=RATE.value,
        seed=SEED.value,
        policy=POLICY.value,
        kernel=KERNEL.value,
        first_block=FIRST_BLOCK.value,
        repeats=REPEATS.value,
        memory=MEMORY.value,
    )
    batches = Batches(
        IMAGES.value, FRAMES.value, crop=CROP.value, batch=BATCH.value, seed=SEED.value
    )
    network = teacher_network(NETWORK.value)
    Trainer(options, batches, network, read_teacher(TEACHER.value, network)).run()


if __name__ == "__main__":
    app.run(main)
