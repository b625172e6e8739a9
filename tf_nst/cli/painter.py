"""One run of the painting command, from the pictures read to the one written."""

import time

from tf_nst.cli.records import digests
from tf_nst.cli.results import Results
from tf_nst.cli.stop import Stop
from tf_nst.cli.terminal import say
from tf_nst.config import StylizeConfig
from tf_nst.engine.events import StepsDone
from tf_nst.engine.failures import UnfinishedError
from tf_nst.engine.loop import iterate
from tf_nst.engine.strategy import strategy_name, worker_place
from tf_nst.errors import RunError
from tf_nst.io.flag_file import changed_inputs, recorded_inputs
from tf_nst.io.inputs import Inputs
from tf_nst.io.listeners import roughly
from tf_nst.painting import Painting, prepare


def paint_picture(values, config: StylizeConfig, inputs: Inputs, began: float) -> int:
    """Paints, shows progress, writes the picture, its record and its flag file.

    Of several workers the first one writes. `began` is the command's time.perf_counter().

    Returns:
      0, or 128 and the number of the signal that ended the run early, such as 130 after Ctrl-C: the
      picture so far is written.

    Raises:
      RunError: a loss is not finite or diverged, or another worker is gone (the last good picture,
        or that so far, is written), or a file cannot be.
    """
    painting = prepare(config, inputs, say, pause_every=values.preview_every, began=began)
    for line in (*_first_lines(painting), *_changes(values, painting)):
        say(line)
    results, ending = Results(values, painting), "painted"
    worker, workers = worker_place(painting.job.strategy)
    with Stop() as stop:
        try:
            image = _iterate(painting, results, stop)
        except UnfinishedError as error:
            if error.image is not None and not worker:
                results.write_last_good(error, time.perf_counter() - began)
            raise
        if stop.signum or results.outcome.diverged:
            ending = f"stopped after {_steps(results.history.steps)}, the picture so far is"
        if worker:
            say(f"worker {worker + 1} of {workers} is done, the first one writes the picture")
        else:
            results.write(image, ending, time.perf_counter() - began)
    if results.outcome.diverged:
        raise RunError(f"step {results.history.steps}: {results.outcome.divergence}")
    return stop.exit_code if stop.signum else 0


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _iterate(painting: Painting, results: Results, stop: Stop):
    """Runs the job to its end or to a signal; returns the picture [1, H, W, 3]."""
    listeners = [results.history, results.outcome, results.progress]
    if results.values.preview_every and not worker_place(painting.job.strategy)[0]:
        listeners.append(results.previews())
    try:
        for event in iterate(painting.job, engine=painting.engine):
            for listener in listeners:
                listener(event)
            if isinstance(event, StepsDone) and (stop.signum or results.outcome.diverged):
                break
    finally:
        results.progress.close()
    return event.image


def _first_lines(painting: Painting) -> list[str]:
    config, inputs = painting.config, painting.inputs
    notes = [f"note: {note}" for note in (*inputs.content.notes, *inputs.style.notes)]
    return [
        f"device   {strategy_name(painting.job.strategy)}, {config.precision}, XLA {config.xla}",
        f"network  {config.network_config.network}, {painting.weights.source} weights, "
        f"{config.network_config.pooling} pooling",
        f"content  {_sizes(inputs.content, inputs.sources[0])}",
        f"style    {_sizes(inputs.style, inputs.sources[1])}",
        f"memory   {_memory(painting)}{_expected(painting)}",
        *notes,
    ]


def _changes(values, painting: Painting) -> list[str]:
    """A line for each file that has changed since a flag file of this run was written."""
    now = digests(painting)
    # Random weights depend on the seed and the layers, Keras' on the network: no file has changed.
    if painting.weights.source in ("random", "keras"):
        del now["weights"]
    flags = {name: values[name].value for name in now}
    lines = changed_inputs(recorded_inputs(values.flagfile), flags, now)
    return [f"note: {line}" for line in lines]


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
    """Such as `; about 40 s`; nothing where the steps were chosen by seconds."""
    if painting.timed:
        return ""
    return f"; about {roughly(painting.plan.seconds)}"


def _sizes(image, source: tuple[int, int]) -> str:
    return f"{image.name}, {source[1]}×{source[0]} -> {image.width}×{image.height}"
