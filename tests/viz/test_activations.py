"""The strongest channels of layers."""

import numpy as np
import pytest
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.viz import strongest_channels
from tf_nst.viz.activations import channels_of
from tf_nst.viz.figures import rendered


def test_channels_are_those_of_the_largest_mean(tiny):
    features = np.zeros((4, 6, 8), np.float32)
    features[..., 5], features[0, 0, 2], features[..., 7] = 2.0, 40.0, 1.0
    result = channels_of(tiny, "block3_conv1", features, 3)
    assert result.channels == (5, 2, 7)
    assert (result.shape, result.stride, result.receptive_field) == ((4, 6, 8), 4, 24)
    np.testing.assert_array_equal(result.maps[1], features[..., 2])


def test_a_layer_of_fewer_channels_gives_all(tiny):
    assert len(channels_of(tiny, "block1_conv1", np.ones((4, 6, 4), np.float32), 9).channels) == 4


def test_shapes_and_receptive_fields_are_in_the_titles(photo, looking):
    result = strongest_channels(photo, "conv1_1,relu3_1", 2, **looking)
    titles = [row.title for row in result.rows()]
    assert titles == [
        "conv1_1: 24×32 positions × 4 channels; each sees 3×3 pixels, one every pixel",
        "conv3_1: 6×8 positions × 8 channels; each sees 24×24 pixels, one every 4 pixels",
    ]
    assert [len(row.panels) for row in result.rows()] == [2, 2]
    assert all(panel.picture.shape == (24, 32, 3) for row in result.rows() for panel in row.panels)
    assert rendered(result.figure()).std() > 10
    assert result.numbers()["block1_conv1"]["channels"] == list(result.layers[0].channels)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("conv9_1", r"^--layers: expected layers of tiny, received 'conv9_1'; nearest: block"),
        ("conv1_1,relu1_1", r"^--layers: block1_conv1 is given more than once"),
        (" , ", r"^--layers: expected layers separated by commas, received"),
    ],
)
def test_layers_that_are_not_there_are_refused(photo, looking, layers, said):
    with pytest.raises(UserError, match=said):
        strongest_channels(photo, layers, **looking)


def test_options_of_a_run_are_refused(photo, looking):
    with pytest.raises(UserError, match=r"^steps: no such option of this figure, expected one of"):
        strongest_channels(photo, steps=3, **looking)


def test_a_file_that_is_no_image_is_named(tmp_path, looking):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(UserError, match=r"^--content: .*notes\.txt is not an image"):
        strongest_channels(tmp_path / "notes.txt", **looking)


def test_a_picture_too_small_for_the_layers_is_refused(tmp_path, looking):
    Pillow.new("RGB", (8, 8)).save(tmp_path / "small.png")
    with pytest.raises(UserError, match=r"^--content: .*too small: expected at least 16×16"):
        strongest_channels(tmp_path / "small.png", "conv5_1", **looking)
