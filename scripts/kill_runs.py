"""Kills runs at random moments, goes on with each and compares: python scripts/kill_runs.py

Each of --runs runs of 64 pixels is killed by SIGKILL, while it starts, while it paints or while it
writes its state; `--resume` then goes on with it, and picture and losses have to be those of a run
that nobody killed. Prints a table; exits with 1 where something differs. docs/resume.md has more.
"""

import sys

from absl import app, flags
from kills.cases import CASES
from kills.processes import prepare_processes
from kills.table import table
from kills.trials import kill_runs

RUNS = flags.DEFINE_integer("runs", 200, "runs to kill", lower_bound=1)
SEED = flags.DEFINE_integer("seed", 0, "of the moments", lower_bound=0)
PROCESSES = flags.DEFINE_integer("processes", 2, "runs at the same time", lower_bound=1)
ONLY = flags.DEFINE_list("cases", list(CASES), f"of {', '.join(CASES)}")


def main(argv):
    """Kills, goes on, compares and prints."""
    del argv
    prepare_processes()
    trials = []
    for trial in kill_runs(ONLY.value, RUNS.value, SEED.value, PROCESSES.value):
        trials.append(trial)
        if not trial.equal:
            print(f"{trial.case}, turn {trial.turn}: {trial.output}", file=sys.stderr)
        equal = sum(trial.equal for trial in trials)
        print(f"{len(trials)} of {RUNS.value} killed, {equal} equal", file=sys.stderr, flush=True)
    print(table(trials))
    sys.exit(not all(trial.equal for trial in trials))


if __name__ == "__main__":
    app.run(main)
