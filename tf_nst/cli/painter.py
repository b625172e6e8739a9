"""One run of the painting command, from the pictures read to the one written."""

import os
import sys
import time

from tf_nst.cli.flags import WEIGHTED_BY
from tf_nst.cli.stop import Stop
from tf_nst.cli.terminal import say
from tf_nst.config import StylizeConfig, options_from_config
from tf_nst.config.tiles import tile_of
from tf_nst.engine.events import StepsDone
from tf_nst.engine.failures import UnfinishedError
from tf_nst.engine.loop import iterate
from tf_nst.engine.strategy import strategy_name, worker_place
from tf_nst.io.encoding import Encoded
from tf_nst.io.flag_file import changed_inputs, recorded_inputs, settings_bytes, settings_path
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs
from tf_nst.io.listeners import History, Previews, Progress, contributions, duration, roughly
from tf_nst.io.manifest import preview_path, record_bytes, record_path
from tf_nst.io.writing import write_together
from tf_nst.painting import Painting, finished, prepare


def paint_picture(values, config: StylizeConfig, inputs: Inputs, began: float) -> int:
    """Paints, shows progress, writes the picture, its record and its flag file.

    Of several workers the first one writes. `began` is the command's time.perf_counter().

    Returns:
      0, or 130 and 143 where Ctrl-C or SIGTERM ended the run early: the picture so far is written.

    Raises:
      RunError: a loss is not finite or another worker is gone (the last good picture is written),
        or a file cannot be.
    """
    painting = prepare(config, inputs, say, pause_every=values.preview_every, began=began)
    for line in (*_first_lines(painting), *_changes(values, painting)):
        say(line)
    history, ending = History(painting.job.scales), "painted"
    worker, workers = worker_place(painting.job.strategy)
    with Stop() as stop:
        try:
            image = _iterate(values, painting, history, stop)
        except UnfinishedError as error:
            if error.image is not None and not worker:
                seconds = time.perf_counter() - began
                _write_last_good(values, painting, history, error.image, seconds)
            raise
        if stop.signum:
            ending = f"stopped after {_steps(history.steps)}, the picture so far is"
        if worker:
            say(f"worker {worker + 1} of {workers} is done, the first one writes the picture")
        else:
            _write(values, painting, history, image, ending, time.perf_counter() - began)
    return stop.exit_code if stop.signum else 0


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _iterate(values, painting: Painting, history: History, stop: Stop):
    """Runs the job to its end or to a signal; returns the picture [1, H, W, 3]."""
    progress = Progress(painting.job.terms, painting.job.scales, sys.stdout)
    listeners = [history, progress]
    if values.preview_every and not worker_place(painting.job.strategy)[0]:
        listeners.append(_previews(values, painting))
    try:
        for event in iterate(painting.job, engine=painting.engine):
            for listener in listeners:
                listener(event)
            if stop.signum and isinstance(event, StepsDone):
                break
    finally:
        progress.close()
    return event.image


def _previews(values, painting: Painting) -> Previews:
    path = preview_path(values.output)
    return Previews(
        values.preview_every,
        lambda image: finished(painting, image).save(path, values.output_profile),
    )


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
    digests = _digests(painting)
    # Random weights depend on the seed and the layers, Keras' on the network: no file has changed.
    if painting.weights.source in ("random", "keras"):
        del digests["weights"]
    flags = {name: values[name].value for name in digests}
    lines = changed_inputs(recorded_inputs(values.flagfile), flags, digests)
    return [f"note: {line}" for line in lines]


def _pictures(painting: Painting) -> dict[str, Image]:
    """The pictures that go in, by the flag that names them."""
    content, style, start, _ = painting.inputs
    pictures = {"content": content, "style": style}
    return pictures if start is None else pictures | {"init": start}


def _digests(painting: Painting) -> dict[str, str]:
    """sha256 of the weights and of each picture that goes in, by flag."""
    pictures = {name: picture.sha256 for name, picture in _pictures(painting).items()}
    return {"weights": painting.weights.checksum, **pictures}


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


def _write(values, painting: Painting, history: History, image, ending: str, seconds: float):
    """The picture, its record and its flag file, all of them or none; then the last line."""
    data, notes = _encoded(values, painting, image)
    record, settings = record_path(values.output), settings_path(values.output)
    flags = settings_bytes(values.output, _flags(values, painting, history), _digests(painting))
    record_data = record_bytes(_record(painting, history, seconds))
    write_together({values.output: data, record: record_data, settings: flags})
    for note in notes:
        say(f"note: {note}")
    loss = f"loss {_loss(painting, history.final):.4g}, " if history.final else ""
    beside = f"{record.name}, {settings.name}"
    say(f"{ending} {values.output} ({loss}{duration(seconds)}; {beside})")


def _write_last_good(values, painting: Painting, history: History, image, seconds: float) -> None:
    """The picture and the record of a run that failed; its flags would only fail again."""
    data, _ = _encoded(values, painting, image)
    record = record_path(values.output)
    record_data = record_bytes(_record(painting, history, seconds))
    write_together({values.output: data, record: record_data})
    say(f"the last good picture is {values.output} ({record.name})")


def _encoded(values, painting: Painting, image) -> Encoded:
    return finished(painting, image).encode(values.output, values.output_profile)


def _loss(painting: Painting, final: dict[str, float]) -> float:
    return sum(contributions(painting.job.terms, final).values())


def _record(painting: Painting, history: History, seconds: float) -> dict:
    inputs = painting.inputs
    return {
        "device": strategy_name(painting.job.strategy),
        "settings": _settings(painting, history),
        "weights": {"source": painting.weights.source, "sha256": painting.weights.checksum},
        "inputs": {
            name: {"name": picture.name, "sha256": picture.sha256}
            for name, picture in _pictures(painting).items()
        },
        "sizes": {
            "picture": [inputs.content.width, inputs.content.height],
            "content": list(inputs.sources[0][::-1]),
            "style": list(inputs.sources[1][::-1]),
            "style_measured": [inputs.style.width, inputs.style.height],
        },
        "scales": [
            {"width": scale.width, "height": scale.height, "steps": steps}
            for scale, steps in zip(painting.job.scales, history.steps_of_scales, strict=True)
        ],
        "steps_made": history.steps,
        "seconds": round(seconds, 3),
        "seconds_in_steps": round(history.seconds, 3),
        "term_weights": {term.name: term.weight for term in painting.job.terms},
        "final": history.final,
        "losses": history.values,
    }


def _settings(painting: Painting, history: History) -> dict:
    """The options that paint the same again, but those of None, such as seconds that became steps.

    The windows are those that the run ended in where memory was shorter than planned.
    """
    options = options_from_config(painting.config)
    if painting.config.strategy != "workers":
        pairs = zip(history.cores_of_scales, painting.plan.cores, strict=True)
        cores = (planned if core is None else core for core, planned in pairs)
        options["tile"] = tile_of(tuple(cores))
    return {name: value for name, value in options.items() if value is not None}


def _flags(values, painting: Painting, history: History) -> dict[str, object]:
    """All that the picture depends on, paths made absolute so that it works from any folder.

    The steps are those of each scale, fewer than requested where a signal ended the run. Flags
    without effect are left out: the command refuses them.
    """
    paths = {name: os.path.abspath(values[name].value) for name in ("content", "style", "output")}
    steps = ",".join(map(str, history.steps_of_scales))
    scales = {"steps": steps, "scales": len(history.steps_of_scales)}
    options = _settings(painting, history) | scales
    for name, weight in WEIGHTED_BY.items():
        if options[weight] == 0:
            del options[name]
    if painting.inputs.start is not None:
        options["init"] = os.path.abspath(options["init"])
    return {**paths, **options, "output_profile": values.output_profile}
