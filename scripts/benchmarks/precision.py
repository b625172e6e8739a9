"""Where bfloat16 ends against float32: the same run in both, evaluated in float32."""

from pathlib import Path

from benchmarks.picture import bench


def print_table(child, pairs, weights, size, steps):
    """A row for each pair `CONTENT:STYLE`; both runs have the command's defaults."""
    print(f"{size} pixels, {steps} steps\n")
    print("| pair | float32 | bfloat16 | bfloat16 / float32 |\n|---|---|---|---|")
    for pair in pairs:
        content, style = pair.split(":")
        exact, rounded = (
            child("precision", content, style, weights, size, steps, dtype)
            for dtype in ("float32", "bfloat16")
        )
        names = f"{Path(content).stem} x {Path(style).stem}"
        print(f"| {names} | {exact:.4f} | {rounded:.4f} | {rounded / exact:.4f} |", flush=True)


def measure_precision(content, style, weights, size, steps, dtype):
    """The objective in float32 of what the defaults paint in `dtype`."""
    from tf_nst.engine.loop import stylize

    setup = bench(content, style, weights, size, precision=dtype, steps=steps)
    return setup.judge(stylize(setup.job))


MEASUREMENTS = {"precision": measure_precision}
