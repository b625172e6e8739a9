"""Styles: pictures, pairs with weights, folders."""

import numpy as np
import pytest
from source_pictures import inputs_of, picture

from tf_nst.errors import UserError
from tf_nst.io.styles import list_styles


def test_a_picture_is_one_style_and_a_list_several():
    one, other = picture(8, 9), picture(7, 5)
    (style,) = list_styles(one)
    assert style == ((one,), 1.0)
    styles = list_styles([one, (other, np.float32(2))])
    assert styles == (((one,), 1.0), ((other,), 2.0))


@pytest.mark.parametrize("weight", [2, 2.0, np.float32(2)])
def test_a_tuple_of_a_picture_and_a_weight_is_one_style(weight):
    one, other = picture(8, 9), picture(7, 5)
    assert list_styles((one, weight)) == (((one,), 2.0),)
    assert list_styles((one, other)) == (((one,), 1.0), ((other,), 1.0))
    assert list_styles(((one, weight), other)) == (((one,), 2.0), ((other,), 1.0))


def test_a_folder_is_one_style_of_its_pictures(tmp_path):
    for name in ("b.png", "a.jpg"):
        picture(8, 9).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("none")
    (tmp_path / "drawing.svg").write_text("<svg/>")
    (tmp_path / ".hidden.png").write_bytes((tmp_path / "b.png").read_bytes())
    (style,) = list_styles(str(tmp_path))
    assert style.sources == tuple(str(tmp_path / name) for name in ("a.jpg", "b.png"))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ([], "expected a picture or"),
        ([("a.png",)], "expected a picture or"),
        ((), "expected a picture or"),
        ((picture(8, 8), 0.0), "expected weights above 0, received 0.0"),
        ((picture(8, 8), True), "expected weights above 0, received True"),
        ([(picture(8, 8), 0)], "expected weights above 0, received 0"),
        ([(picture(8, 8), True)], "expected weights above 0, received True"),
        ([(picture(8, 8), float("nan"))], "expected weights above 0"),
    ],
)
def test_what_is_no_style_is_refused(given, line):
    with pytest.raises(UserError, match=f"^--style: .*{line}"):
        list_styles(given)


def test_a_weight_in_a_list_is_no_picture():
    with pytest.raises(UserError, match=r"^--style: expected a path.* received float"):
        inputs_of(picture(8, 8), [picture(8, 8), 2.0])


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="expected a folder of pictures, received"):
        list_styles(tmp_path)


def test_each_style_has_its_size():
    styles = [picture(40, 60), picture(60, 90)]
    inputs = inputs_of(picture(48, 64), styles, size=64, style_size="30,0.5x")
    assert [image.size for image in inputs.style_pictures] == [(20, 30), (21, 32)]
    assert inputs.sources == ((48, 64), (40, 60), (60, 90))


def test_a_path_with_a_weight_as_flags_have_it_is_answered_with_the_pair(tmp_path):
    path = tmp_path / "mosaic.png"
    picture(8, 8).save(path)
    with pytest.raises(UserError) as error:
        list_styles([f"{path}:2"])
    expected = f"--style: {path}:2 does not exist; expected ('{path}', 2) for a picture with"
    assert str(error.value).startswith(expected)
    with pytest.raises(UserError, match=r"none\.png:2 does not exist; expected an image"):
        inputs_of(picture(48, 64), ["none.png:2"])
