"""What no program for a TPU may have, read from the text of its HLO module."""

import re
from collections import Counter

# What the host would have to answer or feed while the program runs.
HOST = ("custom-call", "infeed", "outfeed", "send", "recv", "send-done", "recv-done")
COLLECTIVE = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "collective-permute")
COUNTED = ("convolution", "dot", "while", "scatter", "copy", "fusion", *COLLECTIVE)

# An operation stands between its type and its operands.
_OPERATION = re.compile(r"[)\]}] ([a-z][a-z0-9-]*)\(")
# XLA writes a bounded dimension as <=64, an unknown one as ?.
_DYNAMIC = re.compile(r"\w+\[[^\]]*(?:<=\d|\?)[^\]]*\]")


def problems(text: str) -> list[str]:
    """A line for each kind of thing that a TPU's core cannot do, or only slowly."""
    counts = Counter(_OPERATION.findall(text))
    lines = [f"calls the host: {name}, {counts[name]} times" for name in HOST if counts[name]]
    dynamic = sorted(set(_DYNAMIC.findall(text)))
    if counts["set-dimension-size"] or dynamic:
        lines.append(f"dynamic shape: {', '.join(dynamic[:3]) or 'set-dimension-size'}")
    doubles = len(re.findall(r"= \(?f64\[", text))
    if doubles:
        lines.append(f"float64: {doubles} operations")
    return lines


def counts(text: str) -> dict[str, int]:
    """How many operations there are in all, and of the kinds that code is large for."""
    counts = Counter(_OPERATION.findall(text))
    started = {name: counts[name] + counts[f"{name}-start"] for name in COUNTED}
    return {"operations": counts.total(), **{name: n for name, n in started.items() if n}}
