"""What a run leaves: its picture with record and flag file, and the state from which it goes on."""

import contextlib
import shutil
from functools import partial
from pathlib import Path

import tensorflow as tf

from tf_nst.cli.records import digests, flags_of, record_of
from tf_nst.engine.failures import DivergedError, UnfinishedError
from tf_nst.errors import RunError, UserError
from tf_nst.io.flag_file import settings_bytes
from tf_nst.io.manifest import check_sidecars, record_bytes, sidecar_files
from tf_nst.io.outcome import notes_on_loss
from tf_nst.io.writing import write_together
from tf_nst.painting import finished
from tf_nst.studio.history import STUDIO
from tf_nst.studio.session import Session

_CHANGED = (
    "weights were changed while it was painted: the command and the flag file have the last ones, "
    "and paint a similar picture"
)


def write_results(
    session: Session, image: tf.Tensor | None, *, stopped: bool, keeps_state: bool
) -> None:
    """Writes the files of a run that has ended, all or none of them, and says so.

    With its files the run is finished: a state that cannot be kept is a note.

    Args:
      image: [1, h, w, 3] float32 in 0..1.
      stopped: whether it ended early.
      keeps_state: whether the state stays beside the picture, for another studio to go on from.

    Raises:
      RunError: they cannot be written.
      UserError: there is no picture, or a file of another program has its name.
    """
    if image is None:
        raise UserError("stopped before there was a picture")
    painting = session.painting
    session.previews.write(painting, image)
    session.checkpoints.save()
    session.checkpoints.close()
    notes = _write_files(session, image, with_flags=True)
    state, lost = _kept_state(session, stays=keeps_state)
    session.report(
        status="stopped" if stopped else "finished",
        state=None if state is None else str(state),
        seconds_left=None,
        preview=session.previews.number,
        notes=[*notes, *lost, *notes_on_loss(painting.job.terms, session.history)],
    )


def _kept_state(session: Session, *, stays: bool) -> tuple[Path | None, list[str]]:
    """Where the state of a run that has ended lies from now on; None, and a note: it is lost.

    Args:
      stays: whether it stays beside the picture.
    """
    state, kept = session.checkpoints.path, Path(session.order["kept"])
    try:
        if stays:
            return (state if state.exists() else None), []
        shutil.move(state, kept)
    except OSError as error:
        # Part of a copy is of no use, and beside a finished picture a state is an unfinished run.
        for path in (kept, state):
            with contextlib.suppress(OSError):
                path.unlink()
        reason = error.strerror or error
        return None, [f"this painting cannot go on by more steps: its state is not kept ({reason})"]
    return kept, []


def write_last_good(session: Session, failure: UnfinishedError) -> bool:
    """The last good picture of a run that failed, as the painting command writes it; whether there
    is one.

    Raises:
      RunError: it cannot be written; the message says why the run failed, too.
    """
    if failure.image is None:
        return False
    try:
        # The flags of a run that diverged say the steps made; others would only fail again.
        with_flags = isinstance(failure, DivergedError)
        _write_files(session, failure.image, with_flags=with_flags, failure=str(failure))
    except RunError as error:
        raise RunError(f"{failure}; {error}") from failure
    session.previews.write(session.painting, failure.image)
    session.report(preview=session.previews.number)
    return True


def _write_files(
    session: Session, image: tf.Tensor, *, with_flags: bool, failure: str | None = None
) -> tuple[str, ...]:
    """The picture, its record and its flag file, all or none; notes on the encoding."""
    painting, path = session.painting, session.path
    picture = finished(painting, image)
    data, notes = picture.encode(path)
    record = record_of(session.values, painting, session.history, picture, session.seconds, path)
    record = {**record, STUDIO: _about(session, failure)}
    flags = flags_of(session.values, painting, session.history, path)
    settings = settings_bytes(path, flags, digests(painting)) if with_flags else None
    files = {path: data, **sidecar_files(path, record_bytes(path, record), settings, "all")}
    write_together(files, partial(check_sidecars, session.values.output))
    return tuple(notes)


def _about(session: Session, failure: str | None) -> dict[str, object]:
    """What the studio shows of the picture."""
    request, changed = session.order["request"], session.changed_weights
    return {
        "name": request["name"],
        "style_names": request.get("style_names", []),
        "settings": {**request["settings"], **changed},
        "arguments": _arguments(session),
        "notes": [*([_CHANGED] if changed else []), *([failure] if failure else [])],
    }


def _arguments(session: Session) -> dict[str, str]:
    """{flag: text} that paint the picture again: with the weights at the end and the steps made."""
    arguments = dict(session.order["arguments"])
    made, asked = session.history.steps_of_scales, session.config.steps
    if session.config.seconds is not None or (sum(made),) != asked:
        arguments.pop("seconds", None)
        arguments |= {"steps": ",".join(map(str, made)), "scales": str(len(made))}
    weights = session.changed_weights.items()
    return arguments | {name: repr(weight) for name, weight in weights}
