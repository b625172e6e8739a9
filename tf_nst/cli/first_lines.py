"""What the painting command says before the first step."""

from pathlib import Path

from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests
from tf_nst.engine.strategy import strategy_name
from tf_nst.io.durations import roughly
from tf_nst.io.flag_file import changed_inputs, recorded_inputs
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs
from tf_nst.io.resume import Resumed, changed_packages
from tf_nst.io.state_file import state_path
from tf_nst.painting import Painting


def first_lines(values: Values, painting: Painting, resumed: Resumed | None) -> list[str]:
    """Device, network, pictures, memory, where it goes on, and notes."""
    config, inputs = painting.config, painting.inputs
    expected = "" if resumed else _expected(painting)
    notes = [*inputs.notes, *_notes_on_state(values, resumed), *_changed_inputs(values, painting)]
    return [
        f"device   {strategy_name(painting.job.strategy)}, {config.precision}, XLA {config.xla}",
        f"network  {config.network_config.network}, {painting.weights.source} weights, "
        f"{config.network_config.pooling} pooling",
        f"content  {_sizes(inputs.content, inputs.sources[0])}",
        *_styles(inputs),
        f"memory   {_memory(painting)}{expected}",
        *_place(painting, resumed),
        *(f"note: {note}" for note in notes),
    ]


def _styles(inputs: Inputs) -> list[str]:
    pairs = zip(inputs.style_pictures, inputs.sources[1:], strict=True)
    return [f"style    {_sizes(*pair)}" for pair in pairs]


def _place(painting: Painting, resumed: Resumed | None) -> list[str]:
    if resumed is None:
        return []
    total = sum(scale.steps for scale in painting.job.scales)
    return [f"state    {resumed.path}, step {resumed.description['step']} of {total}"]


def _notes_on_state(values: Values, resumed: Resumed | None) -> list[str]:
    """Of a state that is not there, or would be lost, or was painted with other packages."""
    path: Path = state_path(values.output)
    if resumed:
        return changed_packages(resumed)
    if values.resume:
        return [f"--resume: there is no {path}, the run starts from the beginning"]
    if values.checkpoint_seconds and path.exists():
        return [f"{path} is of a run that did not finish; without --resume, this run replaces it"]
    return []


def _changed_inputs(values: Values, painting: Painting) -> list[str]:
    """A line for each file that has changed since a flag file of this run was written."""
    now = digests(painting)
    # Random weights depend on the seed and the layers, Keras' on the network: no file has changed.
    if painting.weights.source in ("random", "keras"):
        del now["weights"]
    flags = {name: values[name].value for name in now}
    return changed_inputs(recorded_inputs(values.flagfile), flags, now)


def _memory(painting: Painting) -> str:
    """Such as `about 2.1 GB, windows of 512 pixels at 724×543 and 1024×768`."""
    estimate = f"about {painting.plan.peak_bytes / 1e9:.1f} GB"
    sizes: dict[int, list[str]] = {}
    for scale, core in zip(painting.job.scales, painting.plan.cores, strict=True):
        if core and scale.steps:
            sizes.setdefault(core, []).append(f"{scale.width}×{scale.height}")
    windows = (f"windows of {core} pixels at {_listed(at)}" for core, at in sizes.items())
    return ", ".join([estimate, *windows])


def _listed(items: list[str]) -> str:
    """Such as `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def _expected(painting: Painting) -> str:
    """Such as `; the steps take about 40 s`; nothing where the steps were chosen by seconds."""
    if painting.timed:
        return ""
    return f"; the steps take about {roughly(painting.plan.seconds)}"


def _sizes(image: Image, source: tuple[int, int]) -> str:
    return f"{image.name}, {source[1]}×{source[0]} -> {image.width}×{image.height}"
