"""Judges a student by its teacher's objective: python scripts/judge.py --teacher=H5 --student=NPZ

Both paint the same pairs with the same settings. ImageNet's objective, in float32, tells how much
of the gap between the content image and the teacher's picture the student's picture closes.
"""

from absl import app, flags
from distillation.judging import Judge, print_table

TEACHER = flags.DEFINE_string("teacher", None, "HDF5 file of ImageNet VGG19", required=True)
STUDENT = flags.DEFINE_string("student", None, ".npz of the student", required=True)
JUDGED = flags.DEFINE_string("judged", None, "folder of the four judged pictures", required=True)
OUTPUT = flags.DEFINE_string("output", "judged", "folder for pictures; the teacher's are kept")
SIZE = flags.DEFINE_integer("size", 320, "long side of the pictures", lower_bound=64)
STEPS = flags.DEFINE_integer("steps", 150, "steps of each picture", lower_bound=1)
PAIRS = flags.DEFINE_list("pairs", [], "names of the pairs to judge; all without it")


def main(argv):
    """Paints and prints the table."""
    del argv
    judge = Judge(TEACHER.value, STUDENT.value, OUTPUT.value, SIZE.value, STEPS.value)
    print_table(judge.rows(JUDGED.value, PAIRS.value))


if __name__ == "__main__":
    app.run(main)
