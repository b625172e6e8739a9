"""What --seconds=N takes: from Enter to the end of the command."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def print_table(child, sizes, budgets):
    """A row for each size and N."""
    print("| pixels | --seconds | steps | seconds taken | taken / asked |\n|---|---|---|---|---|")
    for size in map(int, sizes):
        for budget in map(float, budgets):
            steps, seconds = child("seconds", size, budget)
            print(
                f"| {size} | {budget:g} | {steps} | {seconds:.1f} | {seconds / budget:.2f} |",
                flush=True,
            )


def measure_seconds(size, budget):
    """[steps made, seconds] of the example painted by the command."""
    with tempfile.TemporaryDirectory() as name:
        command = [
            *(sys.executable, str(ROOT / "scripts/run.py"), f"--output={name}/a.png"),
            *(f"--size={size}", f"--seconds={budget}"),
            f"--content={ROOT / 'examples/louvre_court.jpg'}",
            f"--style={ROOT / 'examples/water_garden.jpg'}",
        ]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - began
    return int(re.search(r"allows (\d+) steps", done.stdout)[1]), seconds


MEASUREMENTS = {"seconds": measure_seconds}
