"""Films with a mask for each frame: what is kept, and what frames after it are held to."""

import numpy as np
import pytest
from film_inputs import painted, write_inputs, write_masks
from moving import images, scene

from tf_nst.io.images import Image
from tf_nst.video import film_painter
from tf_nst.video.assembly import failed_frames, kept_line
from tf_nst.video.flow import kept
from tf_nst.video.painter import paint_task, warped_to


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A film of three frames of 32 columns, and a style."""
    return write_inputs(tmp_path_factory.mktemp("masks"), 3)


def from_the_film(folder, index):
    """By columns: how far a frame's picture is from the film, in levels."""
    difference = folder.picture(index).pixels.astype(int) - folder.frame(index).pixels
    return np.abs(difference).mean(axis=(0, 2))


def test_what_a_mask_kept_before_is_no_paint_where_a_later_one_uncovers_it(inputs):
    """The second frame is tied to the first one's right, not to its left."""
    masks = write_masks(inputs / "uncovers", 16, 0, 0)
    _, folder, _ = painted(inputs, "uncovered", f"--keep={masks}", "--temporal_weight=1e6")
    frames = folder.frame(1), folder.frame(0)
    before = kept(*frames, folder.paint(1, 0)).to_float()
    difference = np.abs(folder.paint(1, 1).to_float() - before).mean(axis=(0, 2))
    assert difference[2:12].mean() > 4 * difference[18:28].mean()


def test_of_paint_only_what_is_painted_counts():
    frame = Image(scene(16, 32))
    alpha = np.zeros((16, 32), np.uint16)
    alpha[:, 20:] = 65535
    (paint,) = images([scene(16, 32, 1)])
    paint = Image.from_float(paint.to_float(), 16, alpha)
    assert warped_to(frame, frame, paint).mask[0].tolist() == [0] * 20 + [1] * 12


def test_paint_comes_back_from_the_disk_with_what_is_painted_of_it(inputs):
    masks = write_masks(inputs / "halves", 16, 16, 16)
    _, folder, _ = painted(inputs, "halved", f"--keep={masks}")
    alpha = folder.paint(1, 0).alpha
    assert alpha.dtype == np.uint16
    assert alpha[:, :15].max() == 0 and alpha[:, 17:].min() == 65535


def test_a_frame_in_between_that_a_mask_keeps_whole_is_the_film(inputs):
    masks = write_masks(inputs / "middle", 0, 32, 0)
    _, folder, film = painted(inputs, "kept", f"--keep={masks}", "--every=2")
    assert from_the_film(folder, 1).max() == 0
    assert folder.record(1) == {"sweep": 1, "kept": True} and failed_frames(film, folder) == {}
    assert kept_line(film, folder) == ["--keep: masks leave nothing to paint of 1 of 3 frames"]


def test_of_a_frame_in_between_a_mask_keeps_its_part(inputs):
    masks = write_masks(inputs / "part", 0, 16, 0)
    _, folder, _ = painted(inputs, "partly", f"--keep={masks}", "--every=2")
    columns = from_the_film(folder, 1)
    assert columns[:15].max() == 0 and columns[17:].min() > 1


def test_between_two_that_masks_keep_whole_a_frame_is_painted_where_its_own_leaves_it(inputs):
    masks = write_masks(inputs / "ends", 32, 16, 32)
    _, folder, film = painted(inputs, "ended", f"--keep={masks}", "--every=2")
    columns = from_the_film(folder, 1)
    assert columns[:15].max() == 0 and columns[17:].min() > 1
    assert failed_frames(film, folder) == {}
    assert kept_line(film, folder) == ["--keep: masks leave nothing to paint of 2 of 3 frames"]


def test_a_neighbour_that_is_kept_whole_adds_no_photograph_to_a_frame_in_between(inputs):
    masks = write_masks(inputs / "one", 32, 0, 0)
    _, folder, _ = painted(inputs, "ones", f"--keep={masks}", "--every=2")
    assert from_the_film(folder, 1).mean() > 0.7 * from_the_film(folder, 2).mean()


def test_a_first_frame_that_fails_is_the_film_and_the_next_begins_anew(inputs):
    masks = write_masks(inputs / "broken", 8, 8, 8)
    (masks / "0.png").write_bytes((masks / "0.png").read_bytes()[:40])
    results, folder, film = painted(inputs, "failing", f"--keep={masks}")
    assert [it.status for it in results] == ["failed", "failed", "painted", "painted"]
    assert list(failed_frames(film, folder)) == [0] and from_the_film(folder, 0).max() == 0
    assert folder.paint(1, 0) is None
    assert [folder.record(index).get("steps") for index in range(3)] == [None, 3, 2]


def test_what_a_mask_keeps_of_a_frame_that_fails_is_the_film(inputs, monkeypatch):
    def paint(task, *arguments):
        if task.frame == 1:
            raise MemoryError
        return paint_task(task, *arguments)

    monkeypatch.setattr(film_painter, "paint_task", paint)
    masks = write_masks(inputs / "fails", 0, 16, 0)
    results, folder, _ = painted(inputs, "failed", f"--keep={masks}")
    assert [it.status for it in results] == ["painted", "painted", "failed", "painted"]
    columns = from_the_film(folder, 1)
    assert columns[:15].max() == 0 and columns[17:].min() > 1
