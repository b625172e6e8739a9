"""Folders of frames and animations as clips."""

from fractions import Fraction

import numpy as np
import pytest
from clip_files import gradient
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.video.frame_folder import natural
from tf_nst.video.reading import open_clip


def folder_of(folder, names, make=gradient):
    """Saves a frame by each name."""
    folder.mkdir()
    for index, name in enumerate(names):
        Pillow.fromarray(make(index)).save(folder / name)
    return folder


def test_numbers_in_names_are_sorted_as_numbers(tmp_path):
    names = ["f1.png", "f2.png", "f9.png", "f10.png", "f100.png"]
    assert sorted(reversed(names), key=natural) == names
    with open_clip(folder_of(tmp_path / "a", names), rate=Fraction(12)) as clip:
        assert (clip.info.rate, clip.info.frames, clip.info.duration) == (12, 5, Fraction(5, 12))
        for frame in clip:
            assert frame.time == Fraction(frame.index, 12)
            assert np.array_equal(frame.pixels, gradient(frame.index))


def test_frames_of_several_sizes_are_refused_by_name(tmp_path):
    folder = folder_of(tmp_path / "a", ["1.png", "2.png"])
    Pillow.new("RGB", (8, 9)).save(folder / "3.png")
    with pytest.raises(UserError, match=r"64×48 in .*1\.png and 8×9 in .*3\.png"):
        open_clip(folder)


def test_photographs_on_their_side_are_turned_before_they_are_compared(tmp_path):
    folder = folder_of(tmp_path / "a", ["1.jpg"])
    exif = Pillow.Exif()
    exif[0x0112] = 6
    Pillow.fromarray(np.rot90(gradient(1))).save(folder / "2.jpg", exif=exif)
    with open_clip(folder) as clip:
        first, second = clip
    assert np.abs(first.pixels.astype(int) - second.pixels).mean() < 8


def test_a_damaged_frame_of_a_folder_is_left_out_and_noted(tmp_path):
    folder = folder_of(tmp_path / "a", ["1.png", "2.png", "3.png"])
    data = (folder / "2.png").read_bytes()
    (folder / "2.png").write_bytes(data[: len(data) // 2])
    with open_clip(folder) as clip:
        assert [frame.time for frame in clip] == [0, Fraction(2, 25)]
        assert clip.notes == [f"{folder}: 1 frame damaged and left out: 2 (0.04 s)"]


def test_transparent_frames_are_on_white(tmp_path):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3] = 255
    pixels[2, :, 3] = 51
    (tmp_path / "a").mkdir()
    Pillow.fromarray(pixels).save(tmp_path / "a/1.png")
    with open_clip(tmp_path / "a") as clip:
        (frame,) = clip
        assert frame.pixels[..., 0].tolist() == [[0] * 4, [0] * 4, [204] * 4, [255] * 4]
        assert "on white" in clip.notes[0]


SUFFIXES = (".gif", ".webp", ".png")


def animate(path, milliseconds):
    """An animation of so many grey frames, by Pillow."""
    stills = [Pillow.new("RGB", (16, 16), (40 * i + 20,) * 3) for i in range(len(milliseconds))]
    options = {"lossless": True} if path.suffix == ".webp" else {}
    stills[0].save(
        path, save_all=True, append_images=stills[1:], duration=milliseconds, loop=0, **options
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_animation_has_the_durations_of_its_file(tmp_path, suffix):
    animate(tmp_path / f"a{suffix}", [40, 100, 250])
    with open_clip(tmp_path / f"a{suffix}") as clip:
        assert (clip.info.rate, clip.info.duration) == (None, Fraction(39, 100))
        assert clip.info.time_base == Fraction(1, 100)
        assert [frame.time for frame in clip] == [0, Fraction(4, 100), Fraction(14, 100)]
        assert [int(frame.pixels[8, 8, 0]) for frame in clip] == [20, 60, 100]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_animation_of_equal_durations_has_a_rate(tmp_path, suffix):
    animate(tmp_path / f"a{suffix}", [50] * 4)
    with open_clip(tmp_path / f"a{suffix}") as clip:
        assert (clip.info.rate, clip.info.frames) == (20, 4)


def test_frames_without_a_duration_have_a_browser_s(tmp_path):
    animate(tmp_path / "a.gif", [0, 0])
    with open_clip(tmp_path / "a.gif") as clip:
        assert clip.info.rate == 10
        assert clip.notes == [
            f"{tmp_path / 'a.gif'}: frames without a duration are shown for 0.1 s"
        ]


def test_a_still_for_programs_without_animations_is_no_frame(tmp_path):
    """APNG's default image, 8 grey, before frames of 20, 60 and 100."""
    path = tmp_path / "a.png"
    still, *shades = (Pillow.new("RGB", (16, 16), (grey,) * 3) for grey in (8, 20, 60, 100))
    still.save(path, save_all=True, append_images=shades, default_image=True, duration=[40, 80, 40])
    with open_clip(path) as clip:
        assert clip.info.frames == 3 and clip.notes == []
        assert [int(frame.pixels[8, 8, 0]) for frame in clip] == [20, 60, 100]
        assert [frame.time for frame in clip] == [0, Fraction(1, 25), Fraction(3, 25)]


def test_an_animation_of_a_still_and_one_frame_is_a_picture(tmp_path):
    path = tmp_path / "a.png"
    still, only = (Pillow.new("RGB", (16, 16), (grey,) * 3) for grey in (8, 20))
    still.save(path, save_all=True, append_images=[only], default_image=True, duration=40)
    with pytest.raises(UserError, match="one frame"):
        open_clip(path)
