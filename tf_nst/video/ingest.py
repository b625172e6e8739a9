"""A film's frames, brought to the size at which they are painted and to the work folder."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from tf_nst.batch.done import digest_of, job_digest
from tf_nst.batch.plan import Job
from tf_nst.cli.flags import config_from_flags, places_from_flags, styles_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.cli.streams import STREAM
from tf_nst.config.fade import styles_at
from tf_nst.config.paths import join_paths
from tf_nst.config.stylize import StylizeConfig
from tf_nst.errors import NothingToPaintError, UserError
from tf_nst.io.areas import Places
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs, read_one
from tf_nst.io.resizing import fit_size
from tf_nst.io.segmentation import regions_wanted
from tf_nst.video.cuts import is_cut
from tf_nst.video.flags import film_config, film_flags, frame_flags
from tf_nst.video.flow import LEAST_SIDE, flow_failure
from tf_nst.video.look import check_number, mask_paths
from tf_nst.video.reader import ClipReader
from tf_nst.video.tasks import Shot
from tf_nst.video.work_folder import Film, WorkFolder


def check_flags(values: Values) -> None:
    """Refuses flags that a film has not.

    Raises:
      UserError: not one of --style and --style_fade, sizes or masks for each style of a fade,
        processes of several machines, stdout, or flags that contradict each other.
    """
    if bool(values.style) == bool(values.style_fade):
        received = "both" if values.style else "neither"
        raise UserError(f"--style and --style_fade: expected one of them, received {received}")
    if values.output == STREAM:
        raise UserError("--output: expected a film or a folder, received -")
    config = config_from_flags(values)
    if values.style_fade:
        _check_fade(values, config)
    if config.strategy == "workers":
        raise UserError(
            "--strategy: expected devices of this machine for a film, received workers; "
            "--processes paint shots at the same time"
        )


def _check_fade(values: Values, config: StylizeConfig) -> None:
    """Refuses what is said of each style: frames have one or two of those of a fade."""
    if isinstance(config.style_size, tuple):
        raise UserError(
            f"--style_size: expected one number with --style_fade, received {values.style_size}"
        )
    for flag in ("mask", "style_mask", "labels"):
        given = values[flag].value
        if given and not regions_wanted(given):
            raise UserError(
                f"--{flag}: expected none with --style_fade, whose frames have one or two styles, "
                f"received {given}"
            )


def identity_of(values: Values) -> str:
    """A sha256 of the film, the styles and the masks, and of all flags that decide the pixels."""
    style = values.style or join_paths(it.path for it in styles_at(values.style_fade))
    flags = {**film_flags(values), "style_fade": values.style_fade or ""}
    if values.keep:
        flags["keep"] = digest_of(values.keep)
    if values.style_fade:
        flags["style_fade"] = str([it.seconds for it in styles_at(values.style_fade)])
    return job_digest(Job(values.content, style, "", flags))


def ingest(
    values: Values, clip: ClipReader, folder: WorkFolder, stopped: Callable[[], bool]
) -> Film | None:
    """Brings the frames of an open film to its work folder, where they are not there yet.

    Returns:
      What the folder holds; None where `stopped()` became true before.

    Raises:
      UserError: a style, a mask or a size that cannot be used.
      RunError: a frame cannot be written.
    """
    identity, film = identity_of(values), folder.film()
    if film is not None and film.identity == identity:
        film = film._replace(**_given(values))
    else:
        film = _new_film(values, identity, clip, folder, stopped)
    if film is not None:
        folder.begin(film)
    return film


def _new_film(
    values: Values, identity: str, clip: ClipReader, folder: WorkFolder, stopped: Callable[[], bool]
) -> Film | None:
    config = config_from_flags(values)
    times: list[str] = []
    positions: list[int] = []
    starts: list[int] = []
    before: Image | None = None
    for frame in clip:
        if stopped():
            return None
        image = Image(frame.pixels, name=f"{values.content}, frame {frame.index}")
        fitted = read_one(config, image, "--content")
        folder.add_frame(len(times), fitted)
        if before is None or is_cut(before.pixels, fitted.pixels, flow_failure):
            starts.append(len(times))
        before = fitted
        times.append(str(frame.time))
        positions.append(frame.index + frame.lost)
    check_number(values.keep, max(clip.info.frames or 0, positions[-1] + 1))
    shots = tuple(Shot(*pair) for pair in pairwise([*starts, len(times)]))
    _check_loop(values.loop, shots)
    return Film(
        identity=identity,
        times=tuple(times),
        positions=tuple(positions),
        shots=shots,
        notes=tuple(clip.notes),
        film=asdict(film_config(values)),
        **_given(values),
    )


def _given(values: Values) -> dict[str, Any]:
    """What may be named otherwise where the same film goes on, such as in another directory."""
    return {
        "content": values.content,
        "style": values.style or "",
        "fade": values.style_fade,
        "keep": values.keep,
        "flags": frame_flags(values),
    }


def check_first(values: Values, clip: ClipReader) -> None:
    """Refuses what the first frame cannot be painted with.

    Raises:
      UserError: a frame that is too small or cannot be read, a style or a mask that cannot be used,
        or masks for more or fewer frames.
    """
    config, frame = config_from_flags(values), next(iter(clip))
    height, width = fit_size(clip.info.height, clip.info.width, config.size)
    if min(height, width) < LEAST_SIDE:
        raise UserError(
            f"--size: expected frames of at least {LEAST_SIDE} pixels a side, which show how they "
            f"move, received {width}×{height}"
        )
    if clip.info.frames is not None:
        check_number(values.keep, clip.info.frames)
    if values.style_fade:
        styles = [(style.path, 1.0) for style in styles_at(values.style_fade)]
    else:
        styles = styles_from_flags(values)
    given: dict[str, Any] = {**places_from_flags(values), "keep": None}
    masks = mask_paths(values.keep)
    image = Image(frame.pixels, name=values.content)
    keep = masks[min(frame.lost, len(masks) - 1)] if masks else None
    try:
        read_inputs(config, image, styles, Places(**given | {"keep": keep}))
    except NothingToPaintError:
        if len(masks) == 1:
            raise


def _check_loop(loop: bool, shots: tuple[Shot, ...]) -> None:
    if loop and len(shots) > 1:
        raise UserError(f"--loop: expected a film without cuts, received one of {len(shots)} shots")
