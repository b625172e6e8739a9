"""Tables and a plot of curves: {way: [[seconds, objective], ...]}, "content" a number."""

NAMES = {
    "recipe": "(a) the tutorial's recipe, Adam, float32, one scale",
    "textbook": "(b) the textbook, L-BFGS, float32, one scale",
    "tf_nst": "(c) tf_nst by default",
}


def _name(key):
    """Of a curve, as tables and the plot have it."""
    name, _, steps = key.partition(" ")
    return NAMES[name] + (f", but --steps={steps}" if steps else "")


def print_reached(curves, steps):
    """When each curve reaches what the recipe has after its steps, and where it ends."""
    goal = min(loss for _, loss in curves["recipe"])
    slowest = _reached(curves["recipe"], goal)
    print(
        f"\nobjective of the content image {curves['content']:.3f}; goal {goal:.3f}, what (a) has"
    )
    print(f"after {steps} steps\n\n| way | seconds to the goal | (a)'s seconds over them | last |")
    print("|---|---|---|---|")
    for key, curve in _ways(curves):
        seconds = _reached(curve, goal)
        when, last = curve[-1]
        if seconds is None:
            print(f"| {_name(key)} | never in {when:.0f} s | | {last:.3f} |")
        else:
            print(f"| {_name(key)} | {seconds:.1f} | {slowest / seconds:.1f} | {last:.3f} |")


def _ways(curves):
    """All curves but the content image, which is a number."""
    return [(key, curve) for key, curve in curves.items() if key != "content"]


def _reached(curve, goal):
    """The first seconds at which a curve is at the goal; None where it never is."""
    return next((seconds for seconds, loss in curve if loss <= goal), None)


def print_over_time(curves):
    """The least objective of each curve after some seconds."""
    ends = [curve[-1][0] for _, curve in _ways(curves)]
    marks = [mark for mark in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560) if mark < max(ends)]
    print("\n| objective after seconds |" + "".join(f" {mark} |" for mark in marks))
    print("|---" * (1 + len(marks)) + "|")
    for key, curve in _ways(curves):
        cells = [_at(curve, mark) for mark in marks]
        print(f"| {_name(key)} |" + "".join(f" {cell} |" for cell in cells))


def _at(curve, seconds):
    """The least objective so far; empty after the curve's end."""
    if seconds > curve[-1][0]:
        return ""
    losses = [loss for when, loss in curve if when <= seconds]
    return f"{min(losses):.3f}" if losses else ""


def draw(curves, path):
    """Plots the curves, both axes logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(
        xscale="log", yscale="log", xlabel="seconds of optimisation", ylabel="objective (float32)"
    )
    for key, curve in _ways(curves):
        axes.plot(*zip(*curve, strict=True), marker=".", label=_name(key))
    axes.axhline(min(loss for _, loss in curves["recipe"]), color="grey", linewidth=0.8)
    axes.legend()
    figure.savefig(path, dpi=120)
