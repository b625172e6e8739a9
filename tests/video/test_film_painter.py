"""Tasks painted from and to a work folder, in this process."""

import json

import numpy as np
import pytest
from film_inputs import FLAGS, painted, write_inputs
from moving import pan
from PIL import Image as Pillow

from tf_nst.batch.done import digest_of
from tf_nst.cli.parsing import parse_flags
from tf_nst.config.fade import styles_at
from tf_nst.video.assembly import failed_frames, kept_line, write_sidecars
from tf_nst.video.film_painter import FilmPainter
from tf_nst.video.flags import VIDEO_FLAGS, film_config
from tf_nst.video.ingest import check_flags, ingest
from tf_nst.video.reading import open_clip
from tf_nst.video.tasks import Shot, preview_tasks, tasks_of
from tf_nst.video.work_folder import WorkFolder


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A film of three frames, two styles, and masks of which that of frame 1 is cut off."""
    folder = write_inputs(tmp_path_factory.mktemp("painter"), 3)
    Pillow.fromarray(pan(1, 32, 32)[0]).save(folder / "other.png")
    (folder / "masks").mkdir()
    for index in range(3):
        mask = np.zeros((24, 32), np.uint8)
        mask[:, :8] = 255
        Pillow.fromarray(mask).save(folder / "masks" / f"{index}.png")
    broken = folder / "masks" / "1.png"
    broken.write_bytes(broken.read_bytes()[:40])
    return folder


@pytest.fixture(scope="module")
def failing(inputs):
    """A film in which frame 1 fails."""
    return painted(inputs, "failing", f"--keep={inputs / 'masks'}")


def test_a_frame_that_fails_shows_the_one_before_moved_along(failing):
    results, folder, film = failing
    assert [result.status for result in results] == ["painted", "painted", "failed", "painted"]
    assert "1.png" in results[2].reason
    assert list(failed_frames(film, folder)) == [1] and kept_line(film, folder) == []
    before, kept = (folder.picture(index).to_float() for index in range(2))
    # The camera moves by two pixels.
    assert np.abs(before[:, 4:-4] - kept[:, 2:-6]).mean() < 0.1
    assert np.abs(before - kept).mean() > 0.01


def write_masks(folder, widths):
    """A mask for each frame, whose first columns are white."""
    folder.mkdir()
    for index, white in enumerate(widths):
        mask = np.zeros((24, 32), np.uint8)
        mask[:, :white] = 255
        Pillow.fromarray(mask).save(folder / f"{index}.png")


def test_a_frame_that_a_mask_keeps_whole_is_the_film_and_no_failure(inputs):
    """In the middle: the frame after it is held to the one before it."""
    write_masks(inputs / "whole", (0, 32, 0))
    results, folder, film = painted(inputs, "kept", f"--keep={inputs / 'whole'}")
    assert [result.status for result in results] == ["painted"] * 4
    assert failed_frames(film, folder) == {}
    assert kept_line(film, folder) == ["--keep: masks leave nothing to paint of 1 of 3 frames"]
    assert folder.record(1) == {"sweep": 1, "kept": True}
    np.testing.assert_array_equal(folder.picture(1).pixels, folder.frame(1).pixels)
    assert folder.paint(1, 1) is None
    # Held to frame 0, it has the steps of a frame that follows one.
    assert [folder.record(index)["steps"] for index in (0, 2)] == [3, 2]


def test_a_first_frame_that_a_mask_keeps_whole_is_the_film_in_the_preview_too(inputs):
    """The second one begins anew, as nothing before it is painted."""
    write_masks(inputs / "begin", (32, 0, 0))
    results, folder, film = painted(inputs, "begins", f"--keep={inputs / 'begin'}")
    assert [result.status for result in results] == ["painted"] * 4
    assert failed_frames(film, folder) == {} and folder.first() == {}
    (small,) = preview_tasks(3)
    preview = np.asarray(Pillow.open(folder.picture_path(small)))
    np.testing.assert_array_equal(preview, folder.frame(0).pixels)
    assert [folder.record(index).get("steps") for index in range(3)] == [None, 3, 2]


def test_frames_between_two_that_are_missing_have_failed(inputs):
    given = [f"--content={inputs / 'clip'}", f"--style={inputs / 'style.png'}", *FLAGS, "--every=2"]
    values = parse_flags(["tf-nst", f"--output={inputs / 'died'}", *given], VIDEO_FLAGS)
    folder = WorkFolder(inputs / "died.frames")
    folder.make()
    folder.make_parts()
    with open_clip(values.content) as clip:
        film = ingest(values, clip, folder, bool)
    (task,) = [it for it in tasks_of(Shot(0, 3), 0, film_config(values)) if it.between]
    result = FilmPainter(folder).paint(task)
    assert result.status == "failed" and "before and after it are missing" in result.reason
    assert failed_frames(film, folder)[1] == result.reason
    np.testing.assert_array_equal(folder.picture(1).pixels, folder.frame(1).pixels)


@pytest.mark.parametrize("style", [True, False], ids=["one style", "a fade"])
def test_with_two_sweeps_the_record_and_the_flag_file_have_the_first_frame(inputs, style):
    """What the first sweep says of it stays, and a fade's size is as it was asked for."""
    fade = f"--style_fade={inputs / 'style.png'}@0s,{inputs / 'other.png'}@0.3s"
    name, more = ("twice", []) if style else ("faded", [fade])
    output = f"--output={inputs / name}"
    _, folder, film = painted(inputs, name, "--passes=2", *more, style=style)
    values = parse_flags(["tf-nst", f"--content={inputs / 'clip'}", output], VIDEO_FLAGS)
    write_sidecars(values, film, folder, 1.0)
    record = json.loads((inputs / f"{name}.json").read_text())
    assert record["first"]["settings"]["size"] == 32 and record["first"]["steps_made"] == 3
    again = parse_flags(["tf-nst", f"--flagfile={inputs / name}.cfg"], VIDEO_FLAGS)
    check_flags(again)
    assert (again.passes, again.style_size) == (2, 32 if style else 0)
    styles = [again.style] if style else [it.path for it in styles_at(again.style_fade)]
    assert [digest_of(path) for path in styles] == [
        digest_of(str(inputs / file)) for file in ("style.png", "other.png")[: len(styles)]
    ]


def test_without_a_first_frame_the_flag_file_has_the_flags_as_they_were_given(inputs, failing):
    _, folder, film = failing
    (folder.path / "first.json").rename(folder.path / "first")
    flags = [f"--content={inputs / 'clip'}", f"--output={inputs / 'failing'}"]
    write_sidecars(parse_flags(["tf-nst", *flags], VIDEO_FLAGS), film, folder, 1.0)
    (folder.path / "first").rename(folder.path / "first.json")
    again = parse_flags(["tf-nst", f"--flagfile={inputs / 'failing.cfg'}"], VIDEO_FLAGS)
    check_flags(again)
    assert (again.size, again.frame_steps, again.weights) == (32, 2, "random")
    assert again.style == str(inputs / "style.png") and again.keep == str(inputs / "masks")


def test_what_a_mask_keeps_is_the_film(failing):
    _, folder, _ = failing
    frame, picture = folder.frame(2).pixels, folder.picture(2).pixels
    np.testing.assert_array_equal(picture[:, :7], frame[:, :7])
    assert np.abs(picture[:, 10:].astype(int) - frame[:, 10:]).mean() > 1


def test_what_is_done_is_not_painted_again(failing, inputs):
    _, folder, _ = failing
    task = next(tasks_of(Shot(0, 3), 0, film_config(parse_flags_of(inputs))))
    assert FilmPainter(folder).paint(task).status == "skipped"


def parse_flags_of(inputs):
    """The values of a film without flags of its own."""
    given = [f"--content={inputs / 'clip'}", f"--style={inputs / 'style.png'}"]
    return parse_flags(["tf-nst", *given], VIDEO_FLAGS)


def test_a_fade_measures_both_styles_once_and_traces_once(inputs):
    fade = f"--style_fade={inputs / 'style.png'}@0s,{inputs / 'other.png'}@0.3s"
    given = [f"--content={inputs / 'clip'}", f"--output={inputs / 'fade'}", *FLAGS, fade]
    values = parse_flags(["tf-nst", *given], VIDEO_FLAGS)
    folder = WorkFolder(inputs / "fade.frames")
    folder.make()
    folder.make_parts()
    with open_clip(values.content) as clip:
        ingest(values, clip, folder, bool)
    painter, counts = FilmPainter(folder), []
    for task in tasks_of(Shot(0, 3), 0, film_config(values)):
        assert painter.paint(task).status == "painted"
        counts.append((painter.engine.traces, painter.engine.measurements))
    assert [measured for _, measured in counts] == [1, 2, 2]
    assert len({traces for traces, _ in counts}) == 1
