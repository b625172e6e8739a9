"""Films with a mask for each frame: what is kept, and what frames after it are held to."""

import numpy as np
import pytest
from film_inputs import painted, write_inputs, write_masks

from tf_nst.video.assembly import failed_frames, kept_line


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A film of three frames of 32 columns, and a style."""
    return write_inputs(tmp_path_factory.mktemp("masks"), 3)


def from_the_film(folder, index):
    """By columns: how far a frame's picture is from the film, in levels."""
    difference = folder.picture(index).pixels.astype(int) - folder.frame(index).pixels
    return np.abs(difference).mean(axis=(0, 2))


def test_what_a_mask_kept_before_is_no_paint_where_a_later_one_uncovers_it(inputs):
    """Without its mask, the second frame's left is painted as its right is."""
    masks = write_masks(inputs / "uncovers", 20, 0, 0)
    _, folder, _ = painted(inputs, "uncovered", f"--keep={masks}", "--temporal_weight=3000")
    bare = painted(inputs, "bare", "--temporal_weight=3000")[1]
    assert from_the_film(folder, 0)[:19].max() == 0
    for index in (1, 2):
        left = slice(0, 18)
        assert from_the_film(folder, index)[left].mean() > 5
        assert (
            from_the_film(folder, index)[left].mean()
            > 0.5 * from_the_film(bare, index)[left].mean()
        )


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


def test_what_both_neighbours_keep_whole_is_the_film_in_between(inputs):
    masks = write_masks(inputs / "ends", 32, 0, 32)
    _, folder, film = painted(inputs, "ended", f"--keep={masks}", "--every=2")
    assert from_the_film(folder, 1).max() == 0 and failed_frames(film, folder) == {}
    assert kept_line(film, folder) == ["--keep: masks leave nothing to paint of 3 of 3 frames"]


def test_a_neighbour_that_is_kept_whole_adds_no_photograph_to_a_frame_in_between(inputs):
    masks = write_masks(inputs / "one", 32, 0, 0)
    _, folder, _ = painted(inputs, "ones", f"--keep={masks}", "--every=2")
    assert from_the_film(folder, 1).mean() > 0.7 * from_the_film(folder, 2).mean()
