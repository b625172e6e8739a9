"""Kills a batch again and again, goes on with it and counts: python scripts/kill_batches.py

A batch of --pictures of 32 pixels, --broken of them no pictures at all, is killed by SIGKILL, all
its processes at once, --kills times. Prints a table; exits with 1 where a picture is lost, was
painted twice, or is left half-written. docs/batch.md has more.
"""

import sys
import tempfile
from pathlib import Path

from absl import app, flags
from kills.batches import kill_batches

PICTURES = flags.DEFINE_integer("pictures", 1000, "of the batch", lower_bound=1)
BROKEN = flags.DEFINE_integer("broken", 50, "of them", lower_bound=0)
KILLS = flags.DEFINE_integer("kills", 10, "of the whole batch", lower_bound=1)
SEED = flags.DEFINE_integer("seed", 0, "of the moments", lower_bound=0)


def main(argv):
    """Kills, goes on, counts and prints."""
    del argv
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder, "batch")
        outcome = kill_batches(batch, PICTURES.value, BROKEN.value, KILLS.value, SEED.value)
    names = [name.replace("_", " ") for name in outcome._fields]
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    print(f"| {' | '.join(map(str, outcome))} |")
    wanted = outcome.painted, outcome.failed
    expected = PICTURES.value - BROKEN.value, BROKEN.value
    sys.exit(wanted != expected or bool(outcome.lost or outcome.twice or outcome.leftovers))


if __name__ == "__main__":
    app.run(main)
