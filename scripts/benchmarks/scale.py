"""Memory and seconds a pixel of large pictures, whole and by windows."""

import numpy as np
from benchmarks.peak import peak_bytes

# A picture of this side, painted whole, is what the seconds of a pixel are compared with.
WHOLE = 1024


def print_table(child, sizes, tiles, weights, dtype, optimizer, steps):
    """A row for each size and tile; "off" is the whole picture."""
    known = {}
    print("| pixels | windows of | s/step | µs/pixel | times the whole's | peak GB | estimate |")
    print("|---|---|---|---|---|---|---|")
    whole = child("scaled", WHOLE, "off", weights, dtype, optimizer, steps)
    known[WHOLE, "off"] = whole
    for size in map(int, sizes):
        for tile in tiles:
            if (size, tile) not in known:
                known[size, tile] = child("scaled", size, tile, weights, dtype, optimizer, steps)
            _print_row(size, tile, known[size, tile], whole["seconds"] / WHOLE**2)


def _print_row(size, tile, measured, whole):
    each = measured["seconds"] / size**2
    print(
        f"| {size} x {size} | {tile} | {measured['seconds']:.2f} | {each * 1e6:.2f} "
        f"| {each / whole:.2f} | {measured['gigabytes']:.2f} | {measured['estimate']:.2f} |",
        flush=True,
    )


def measure_scaled(size, tile, weights, dtype, optimizer, steps):
    """Steps at one scale: the fastest call, and the process' peak memory with all that it reads."""
    from tf_nst.config import config_from_options
    from tf_nst.engine.events import StepsDone
    from tf_nst.engine.loop import iterate
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    config = config_from_options(
        {
            **{"size": size, "steps": steps, "scales": 1, "tile": tile, "memory": 1000.0},
            **{"weights": weights, "precision": dtype, "optimizer": optimizer, "xla": "off"},
        }
    )
    painting = prepare(config, read_inputs(config, *_pictures(size)), print, pause_every=1)
    seconds = [event.seconds for event in iterate(painting.job) if isinstance(event, StepsDone)]
    peak = peak_bytes() / 1e9
    return {"seconds": min(seconds), "gigabytes": peak, "estimate": painting.plan.peak_bytes / 1e9}


def _pictures(size):
    """Two seeded pictures [size, size, 3] uint8."""
    rng = np.random.default_rng(0)
    return tuple(rng.integers(0, 256, (size, size, 3), np.uint8) for _ in range(2))


MEASUREMENTS = {"scaled": measure_scaled}
