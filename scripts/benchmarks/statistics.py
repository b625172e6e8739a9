"""Seconds and memory of a step by each statistic of the style, which take turns."""

import numpy as np
from benchmarks.step import our_turns
from benchmarks.turns import in_turns, spread


def print_table(command, sizes, dtypes, rounds):
    """A row for each size, dtype and statistic."""
    from tf_nst.config import STYLE_STATISTICS

    heads = ("pixels", "dtype", "statistic", "s/step", "over gram's", "the same by processor time")
    print("|", " | ".join((*heads, "GB", "estimated")), "|")
    print("|---" * 8 + "|")
    for size in map(int, sizes):
        for dtype in dtypes:
            measurements = {
                name: ("statistic", dtype, size, "off", name) for name in STYLE_STATISTICS
            }
            results = in_turns(command, rounds, **measurements)
            seconds = {
                name: np.array([[each["seconds"], each["processor"]] for each in of_name])
                for name, of_name in results.items()
            }
            for name, each in seconds.items():
                wall, processor = (spread(it, ".2f") for it in (each / seconds["gram"]).T)
                last = results[name][-1]
                row = f"| {size} x {size} | {dtype} | {name} | {np.median(each[:, 0]):.3f} "
                row += f"| {wall} | {processor} "
                print(f"{row}| {last['gigabytes']:.2f} | {last['estimate']:.2f} |", flush=True)


MEASUREMENTS = {"statistic": our_turns}
