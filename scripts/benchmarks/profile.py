"""What TensorFlow's profiler tells of a call on a CPU, by kind of operation."""

import tempfile
from pathlib import Path

# Kinds by what the operation's type contains; the first that fits.
KINDS = {
    "convolutions' gradients": ("Conv2DBackprop",),
    "convolutions": ("Conv2D",),
    "pooling": ("MaxPool", "AvgPool"),
    "ReLU's gradient": ("ReluGrad",),
    "Gram products": ("MatMul",),
    "casts": ("Cast",),
    "transposes": ("Transpose",),
}


def by_kind(call):
    """{kind: milliseconds}, summed over threads, of what `call` runs."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=2, python_tracer_level=0)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, options=options)
        call()
        tf.profiler.experimental.stop()
        (path,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    milliseconds = dict.fromkeys([*KINDS, "all else"], 0.0)
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name, colon, kind = plane.event_metadata[event.metadata_id].name.rpartition(":")
                if colon and name and not kind.startswith((" ", ":")) and _is_operation(kind):
                    milliseconds[_kind(kind)] += event.duration_ps / 1e9
    return milliseconds


def _is_operation(kind):
    """Operations nest in executors, functions and loops, which are not counted twice."""
    return kind.isidentifier() and not kind.endswith(
        ("Call", "Function", "While", "Process", "Run")
    )


def _kind(operation):
    fitting = (kind for kind, parts in KINDS.items() if any(part in operation for part in parts))
    return next(fitting, "all else")
