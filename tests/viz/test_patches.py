"""The patches that drive a unit most: planted ones are found, files that are broken are skipped."""

import gc
import weakref

import numpy as np
import pytest
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.model.geometry import receptive_box
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import Weights
from tf_nst.viz import patches as module
from tf_nst.viz import top_patches
from tf_nst.viz.figures import rendered
from tf_nst.viz.patches import Peak, find_peaks
from tf_nst.viz.sight import Sight

LAYER = "block2_conv1"
# What channel 0 of the planted network looks for: a cross, brighter than its corners.
CROSS = np.array([[-1.0, 1.25, -1.0], [1.25, -1.0, 1.25], [-1.0, 1.25, -1.0]])


@pytest.fixture
def crosses(monkeypatch, tiny) -> dict:
    """Options of a network whose channel 0 finds crosses at every layer, the others nothing."""
    arrays = {}
    for layer in tiny.up_to((LAYER,)):
        if layer.kind == "convolution":
            kernel = np.zeros((3, 3, layer.channels_in, layer.channels), np.float32)
            if layer.channels_in == 3:
                kernel[..., 0] = CROSS[..., None] / 3
            else:
                kernel[1, 1, 0, 0] = 1.0
            arrays[layer.name] = (kernel, np.zeros(layer.channels, np.float32))
    weights = Weights("random", "random", "", tiny, arrays)
    monkeypatch.setitem(NETWORKS, "vgg19", tiny)
    monkeypatch.setattr(module, "look", lambda config, layers, report: Sight(weights, layers))
    return {"size": 48}


def planted(*places: tuple[int, int, float]) -> np.ndarray:
    """[48, 48, 3] uint8, grey with faint stripes, and crosses: row and column of the middle, and
    how much brighter than grey they are."""
    picture = np.full((48, 48, 3), 100.0)
    picture[::4] += 3
    for row, column, contrast in places:
        square = picture[row - 1 : row + 2, column - 1 : column + 2]
        square[CROSS > 0] += contrast
    return picture.astype(np.uint8)


def middles(unit) -> list[tuple[int, int]]:
    boxes = [patch.box for patch in unit]
    return [((box.top + box.bottom) // 2, (box.left + box.right) // 2) for box in boxes]


def test_planted_patterns_are_found_the_strongest_first(crosses):
    pictures = [planted((10, 30, 60)), planted(), planted((20, 12, 120), (40, 40, 90))]
    result = top_patches(pictures, "conv2_1", [0], **crosses).units[0].patches
    expected = [(20, 12), (40, 40), (10, 30)]
    values = [patch.value for patch in result]
    assert values == sorted(values, reverse=True)
    for middle, place in zip(middles(result[:3]), expected, strict=True):
        assert np.abs(np.subtract(middle, place)).max() <= 1
    assert result[2].value > 3 * result[3].value


def test_patches_are_cut_at_the_receptive_field_and_projections_show_the_pattern(crosses):
    picture = planted((20, 12, 120))
    patch = top_patches([picture], "conv2_1", [0], **crosses).units[0].patches[0]
    top, left, bottom, right = patch.box
    assert patch.picture.shape == patch.projection.shape == (10, 10, 3)
    np.testing.assert_allclose(patch.picture, picture[top:bottom, left:right] / 255, atol=1e-6)
    shown = np.abs(patch.projection).sum(axis=-1) > 0
    inside = np.zeros((48, 48), bool)
    inside[19:22, 11:14] = True
    np.testing.assert_array_equal(shown, inside[top:bottom, left:right])


def test_past_the_border_a_patch_is_grey(crosses):
    patch = top_patches([planted((1, 1, 120))], "conv2_1", [0], **crosses).units[0].patches[0]
    assert patch.box.top < 0 and patch.box.left < 0
    assert (patch.picture[: -patch.box.top] == np.float32(module.BORDER)).all()
    assert (patch.projection[: -patch.box.top] == 0).all()


def test_a_unit_that_nothing_drives_has_no_patch_and_says_so(crosses):
    result = top_patches([planted((20, 12, 120))], "conv2_1", "0,3", **crosses)
    assert result.units[1].patches == ()
    assert [row.title for row in result.rows()][1] == "conv2_1, channel 3: no picture drives it"
    assert rendered(result.figure()).shape[2] == 3


def test_no_more_than_nine_are_kept(crosses):
    places = [(row, column, 60 + row + column) for row in (8, 22, 36) for column in (8, 22, 36)]
    result = top_patches([planted(*places)] * 3, "conv2_1", [0], **crosses).units[0].patches
    assert len(result) == 9


def test_peaks_keep_apart():
    values = np.zeros((8, 8), np.float32)
    values[2, 2], values[3, 3], values[6, 6], values[2, 5] = 5, 4, 3, 2
    assert find_peaks(values, 9, 2) == [(5.0, 2, 2), (3.0, 6, 6), (2.0, 2, 5)]
    assert find_peaks(values, 2, 1) == [(5.0, 2, 2), (4.0, 3, 3)]
    assert find_peaks(np.zeros((3, 3)), 9, 1) == []


def test_one_picture_is_in_memory_at_a_time(crosses, monkeypatch):
    pictures, most = [], []
    features = Sight.features

    def counting(sight, picture):
        pictures.append(weakref.ref(picture.base))
        gc.collect()
        most.append(sum(alive() is not None for alive in pictures))
        return features(sight, picture)

    monkeypatch.setattr(Sight, "features", counting)
    top_patches([planted((10, 30, 60))] * 12, "conv2_1", [0], **crosses)
    assert len(pictures) == 12 and max(most) <= 2


# --- folders ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Two pictures, a broken one, a text; a hidden file and a folder that count for nothing."""
    for index, contrast in enumerate((60, 120)):
        Pillow.fromarray(planted((20, 12, contrast))).save(tmp_path / f"{index}.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "0.png").read_bytes()[:80])
    (tmp_path / "notes.txt").write_text("nothing to see")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "more").mkdir()
    return tmp_path


def test_broken_files_are_named_skipped_and_counted(crosses, folder):
    lines, done = [], []
    result = top_patches(
        folder,
        "conv2_1",
        "0",
        report=lines.append,
        progress=lambda *counts: done.append(counts),
        **crosses,
    )
    assert result.picture_count == 2 and len(result.skipped) == 2
    assert "broken.png is damaged" in lines[0] and "notes.txt is not an image" in lines[1]
    assert all(line.startswith("skipped: ") for line in lines)
    assert [patch.name for patch in result.units[0].patches[:2]] == ["1.png", "0.png"]
    assert done[-1] == (4, 4)
    assert result.numbers()["pictures"] == 2


def test_a_folder_of_broken_files_only_is_refused(crosses, folder):
    for path in folder.glob("?.png"):
        path.unlink()
    with pytest.raises(UserError, match=r"^--images: .* received 2 files of which none can"):
        top_patches(folder, "conv2_1", "0", report=lambda line: None, **crosses)


def test_an_empty_folder_and_none_are_refused(crosses, tmp_path):
    with pytest.raises(UserError, match=r"^--images: expected a folder .*that is empty"):
        top_patches(tmp_path, "conv2_1", "0", **crosses)
    with pytest.raises(UserError, match=r"^--images: expected a folder .* nowhere$"):
        top_patches("nowhere", "conv2_1", "0", **crosses)


@pytest.mark.parametrize(
    ("layer", "units", "said"),
    [
        ("conv2_1", "0,8", r"^--units: expected channels of conv2_1 from 0 to 3, received 8$"),
        ("conv2_1", "one", r"^--units: expected channels from 0 separated by commas"),
        ("conv2_1", "-1", r"^--units: expected channels from 0 separated by commas"),
        ("conv2_1", "", r"^--units: expected channels from 0 separated by commas"),
        ("conv2_1", "1,1", r"^--units: expected channels from 0 separated by commas, each once"),
        ("conv2_9", "0", r"^--layer: expected layers of tiny, received 'conv2_9'; nearest"),
        ("conv2_1,conv1_1", "0", r"^--layer: expected one layer, received"),
    ],
)
def test_units_and_layers_that_are_not_there_are_refused(crosses, folder, layer, units, said):
    with pytest.raises(UserError, match=said):
        top_patches(folder, layer, units, report=lambda line: None, **crosses)


def test_a_peak_is_cut_where_the_geometry_says(sight, tiny, photo):
    class Album:
        def read(self, index):
            from tf_nst.io.images import Image

            return Image.from_float(photo)

    patch = module.cut_patch(sight, "block3_conv1", 0, Peak(1.0, 0, 2, 3), Album())
    assert patch.box == receptive_box(tiny, "block3_conv1", 2, 3)
