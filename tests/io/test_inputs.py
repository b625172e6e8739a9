"""The pictures of a run: their sizes, and what is refused."""

import weakref

import numpy as np
import pytest
from PIL import Image as Pillow
from source_pictures import inputs_of, picture

from tf_nst.errors import UserError
from tf_nst.io import given
from tf_nst.io import inputs as inputs_module
from tf_nst.io.images import read_image
from tf_nst.io.metadata.declared import by_code_points
from tf_nst.io.resizing import fit_size

# --- sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(48, 64), (64, 48), (50, 50), (33, 200), (200, 33), (97, 101)])
@pytest.mark.parametrize("size", [17, 32, 64, 250])
def test_the_content_has_the_size_as_its_long_side_and_keeps_its_shape(shape, size):
    content = inputs_of(picture(*shape), picture(20, 20), size=size).content
    assert max(content.height, content.width) == size
    exact = min(shape) * size / max(shape)
    assert abs(min(content.height, content.width) - exact) <= 0.5
    assert (content.height > content.width) == (shape[0] > shape[1])


def test_no_shape_is_distorted_by_more_than_rounding_to_a_pixel():
    rng = np.random.default_rng(0)
    for height, width, size in rng.integers(20, 3000, (500, 3)):
        new_height, new_width = fit_size(int(height), int(width), int(size))
        scale = size / max(height, width)
        assert abs(new_height - max(1, height * scale)) <= 0.5
        assert abs(new_width - max(1, width * scale)) <= 0.5


@pytest.mark.parametrize(
    ("shape", "options", "measured"),
    [
        ((40, 30), {"size": 64}, (40, 30)),
        ((40, 30), {"size": 20}, (20, 15)),
        ((400, 300), {"size": 64}, (64, 48)),
        ((40, 30), {"size": 64, "style_size": 80}, (80, 60)),
        ((400, 300), {"size": 64, "style_size": 200}, (200, 150)),
        ((400, 300), {"size": 64, "style_size": 32}, (32, 24)),
    ],
)
def test_the_style_is_never_enlarged_unless_its_size_is_asked_for(shape, options, measured):
    style = inputs_of(picture(48, 64), picture(*shape), **options).style
    assert (style.height, style.width) == measured


def test_the_notes_are_those_of_every_picture_that_goes_in(tmp_path):
    profile, _ = by_code_points(12, 13)
    for name in "abc":
        Pillow.new("RGB", (40, 30), "red").save(tmp_path / f"{name}.png", icc_profile=profile)
    content, style, start = (str(tmp_path / f"{name}.png") for name in "abc")
    notes = inputs_of(content, style, size=32, init=start).notes
    assert [note.partition(": ")[0] for note in notes] == [content, style, start]


def test_the_sizes_of_the_sources_are_reported():
    inputs = inputs_of(picture(48, 64), picture(40, 30), size=32)
    assert inputs.sources == ((48, 64), (40, 30))


def test_no_picture_waits_at_its_full_size_while_another_is_read(tmp_path, monkeypatch):
    """A folder of photographs is larger than memory."""
    waiting, full_size = [], weakref.WeakSet()

    def counting(*args, **options):
        waiting.append(len(full_size))
        image = read_image(*args, **options)
        full_size.add(image)
        return image

    monkeypatch.setattr(given, "read_image", counting)
    monkeypatch.setattr(inputs_module, "read_image", counting)
    for name in ("a", "b", "c", "content", "start"):
        folder = tmp_path / ("styles" if len(name) == 1 else "")
        folder.mkdir(exist_ok=True)
        picture(48, 64).save(folder / f"{name}.png")
    content, start = str(tmp_path / "content.png"), str(tmp_path / "start.png")
    inputs = inputs_of(content, [tmp_path / "styles", content], size=32, init=start)
    assert waiting == [0] * 6
    assert inputs.sources == ((48, 64),) * 5
    assert {image.size for image in inputs.style_pictures} == {(24, 32)}


def test_a_picture_of_the_right_size_is_not_resampled():
    content, style = picture(48, 64), picture(40, 30)
    inputs = inputs_of(content, style, size=64)
    assert inputs.content.pixels is content.pixels and inputs.style.pixels is style.pixels


def test_resizing_keeps_the_ramp():
    content = inputs_of(picture(48, 64), picture(40, 30), size=32).content
    middle = content.pixels[content.height // 2, :, 0].astype(int)
    assert (np.diff(middle) > 0).all()
    assert abs(int(middle[0]) - 2) <= 3 and abs(int(middle[-1]) - 253) <= 3


# --- too small --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "least"),
    [("conv1_1", 1), ("conv2_1", 2), ("conv3_4", 4), ("conv4_1", 8), ("conv5_1", 16)],
)
def test_the_least_size_is_that_of_the_deepest_layer(layers, least):
    options = {"content_layers": layers, "style_layers": "conv1_1"}
    inputs_of(picture(least, 40), picture(least, 40), size=40, **options)
    if least > 1:
        for pictures in (
            (picture(least - 1, 40), picture(40, 40)),
            (picture(40, 40), picture(40, least - 1)),
        ):
            with pytest.raises(UserError, match=f"too small: expected at least {least}×{least}"):
                inputs_of(*pictures, size=40, **options)


def test_a_picture_may_become_too_small_by_its_size():
    options = {"content_layers": "conv4_1", "size": 15}
    with pytest.raises(UserError, match=r"^--content: .* at --size=15 is too small.*received 15×7"):
        inputs_of(picture(90, 200), picture(40, 40), **options)
    with pytest.raises(UserError, match=r"^--style: .* at --style_size=9 is too small.*9×5"):
        inputs_of(
            picture(40, 40), picture(110, 200), size=40, content_layers="conv4_1", style_size=9
        )


def test_a_layer_of_a_term_without_weight_asks_for_nothing():
    options = {"content_layers": "conv5_1", "content_weight": 0, "style_layers": "conv1_1"}
    assert inputs_of(picture(10, 12), picture(10, 12), size=12, **options).content.width == 12


@pytest.mark.parametrize("flag", ["content_layers", "style_layers"])
def test_unknown_layers_are_refused_with_the_nearest(flag):
    with pytest.raises(UserError, match=rf"^--{flag}: expected layers of vgg19, .*block3_conv4"):
        inputs_of(picture(48, 64), picture(48, 64), **{flag: "conv3_5"})


# --- starts -----------------------------------------------------------------------------------


def test_a_start_that_is_a_file_has_the_size_of_the_content(tmp_path):
    picture(24, 32).save(tmp_path / "start.png")
    start = inputs_of(
        picture(48, 64), picture(40, 40), size=40, init=str(tmp_path / "start.png")
    ).start
    assert (start.height, start.width) == (30, 40)


@pytest.mark.parametrize("word", ["content", "noise", "style_statistics"])
def test_a_start_that_is_a_word_is_no_file(word):
    assert inputs_of(picture(48, 64), picture(40, 40), init=word).start is None


@pytest.mark.parametrize(
    ("shape", "fits"),
    [((48, 64), True), ((480, 639), True), ((64, 48), False), ((48, 48), False), ((48, 68), False)],
)
def test_a_start_of_another_shape_is_refused_rather_than_distorted(tmp_path, shape, fits):
    picture(*shape).save(tmp_path / "start.png")
    options = {"size": 200, "init": str(tmp_path / "start.png")}
    if fits:
        assert inputs_of(picture(48, 64), picture(40, 40), **options).start.width == 200
        return
    with pytest.raises(UserError, match=r"^--init: .*aspect ratio.*expected that of 200×150"):
        inputs_of(picture(48, 64), picture(40, 40), **options)
