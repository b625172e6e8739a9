"""Clips that are written and come back: times, sizes, sound; and what is refused or left undone."""

import errno
import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from clip_files import INFO, RATE, evenly, frames, gradient, noise, sound_of, write, write_film

from tf_nst.errors import RunError, UserError
from tf_nst.video import encoders
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.reading import open_clip
from tf_nst.video.writing import ClipWriter, check_clip_output

FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
NTSC = Fraction(30000, 1001)
# Of 90 kHz, as telephones have it; and what is left of them by clocks of one and ten milliseconds.
TICKS = (0, 3003, 9009, 12000, 90001)
VARIABLE = ClipInfo(64, 48, rate=None, time_base=Fraction(1, 90000), duration=Fraction(2))


def read(path):
    """The clip's info and its frames."""
    with open_clip(path) as clip:
        return clip.info, list(clip)


@pytest.mark.parametrize("suffix", [*FILMS, ".png", ".apng"])
@pytest.mark.parametrize("rate", [Fraction(24), NTSC], ids=["24", "29.97"])
def test_a_constant_rate_is_kept_exactly(tmp_path, suffix, rate):
    path, times = tmp_path / f"a{suffix}", evenly(8, rate)
    info = replace(INFO, rate=rate, time_base=1 / rate, duration=8 / rate)
    assert write(path, frames(times), info) == []
    written, clip = read(path)
    assert (written.rate, written.frames, written.duration) == (rate, 8, 8 / rate)
    assert [frame.time for frame in clip] == times
    assert [frame.index for frame in clip] == list(range(8))
    assert np.abs(clip[5].pixels.astype(int) - gradient(5)).mean() < 3


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_variable_rate_is_kept_exactly(tmp_path, suffix):
    times = [Fraction(tick, 90000) for tick in TICKS]
    assert write(tmp_path / f"a{suffix}", frames(times), VARIABLE) == []
    written, clip = read(tmp_path / f"a{suffix}")
    assert (written.rate, written.duration) == (None, 2)
    assert [frame.time for frame in clip] == times


@pytest.mark.parametrize(
    ("suffix", "parts"), [(".mkv", 1000), (".webm", 1000), (".gif", 100), (".webp", 1000)]
)
def test_a_coarse_clock_rounds_and_says_so(tmp_path, suffix, parts):
    path, times = tmp_path / f"a{suffix}", [Fraction(tick, 90000) for tick in TICKS]
    notes = write(path, frames(times), VARIABLE)
    assert notes == [f"{path}: times are rounded to {1 / parts:g} s"]
    expected = [Fraction(round(time * parts), parts) for time in times]
    assert [frame.time for frame in read(path)[1]] == expected


def test_frames_that_a_coarse_clock_cannot_tell_apart_are_a_tick_apart(tmp_path):
    info = replace(INFO, rate=Fraction(250), time_base=Fraction(1, 250))
    path, info = tmp_path / "a.gif", replace(info, duration=Fraction(4, 250))
    assert write(path, frames(evenly(4, Fraction(250))), info) == [
        f"{path}: times are rounded to 0.01 s",
        f"{path}: frames last 0.01 s at least, so that it is 0.024 s longer",
        f"{path}: programs show frames that last less than 0.02 s for longer",
    ]
    assert [frame.time * 100 for frame in read(path)[1]] == [0, 1, 2, 3]


def test_a_clock_that_is_too_fine_for_a_long_frame_is_rounded(tmp_path):
    times = [Fraction(0), Fraction(1, 10**9), Fraction(5)]
    path, info = tmp_path / "a.mp4", replace(VARIABLE, time_base=Fraction(1, 10**9))
    notes = write(path, frames(times), replace(info, duration=Fraction(6)))
    assert notes == [f"{path}: times are rounded to 0.000001 s"]
    assert [frame.time for frame in read(path)[1]] == [0, Fraction(1, 10**6), 5]


@pytest.mark.parametrize("suffix", [".gif", ".png", ".mkv"])
def test_the_last_frame_lasts_to_the_end(tmp_path, suffix):
    info = replace(VARIABLE, time_base=Fraction(1, 100), duration=Fraction(25, 100))
    times = [Fraction(it, 100) for it in (0, 4, 10, 12)]
    write(tmp_path / f"a{suffix}", frames(times), info)
    ends = {".gif": 25, ".png": 14, ".mkv": 25}  # APNG's encoder repeats the length before
    assert read(tmp_path / f"a{suffix}")[0].duration == Fraction(ends[suffix], 100)


@pytest.mark.parametrize("suffix", [".webm", ".gif", ".webp", ".png"])
def test_odd_sides_are_kept(tmp_path, suffix):
    info = replace(INFO, width=63, height=47)
    clip = frames(evenly(2), lambda index: gradient(index, info))
    assert write(tmp_path / f"a{suffix}", clip, info) == []
    assert read(tmp_path / f"a{suffix}")[1][0].pixels.shape == (47, 63, 3)


def test_of_odd_sides_h264_repeats_the_last_row_and_column(tmp_path):
    info, path = replace(INFO, width=63, height=47), tmp_path / "a.mp4"
    notes = write(path, frames(evenly(2), lambda index: gradient(index, info)), info)
    assert len(notes) == 1 and "64×48" in notes[0]
    pixels = read(path)[1][0].pixels.astype(int)
    assert pixels.shape == (48, 64, 3)
    assert np.abs(pixels[:47, :63] - gradient(0, info)).max() < 20
    assert np.abs(pixels[:, 63] - pixels[:, 62]).max() < 8


def test_pixels_that_are_no_squares_stay_so(tmp_path):
    info = replace(INFO, pixel_aspect=Fraction(16, 15))
    write(tmp_path / "a.mp4", frames(evenly(2)), info)
    with open_clip(tmp_path / "a.mp4") as clip:
        assert clip.info.pixel_aspect == Fraction(16, 15)
        assert "not square (16:15)" in clip.notes[0]


def test_without_h264_it_is_mpeg4(tmp_path, monkeypatch):
    import av

    mp4 = encoders.CONTAINERS[".mp4"]
    missing = mp4.encoders[0]._replace(name="no_such_encoder")
    monkeypatch.setitem(
        encoders.CONTAINERS, ".mp4", mp4._replace(encoders=(missing, *mp4.encoders[1:]))
    )
    write(tmp_path / "a.mp4", frames(evenly(4)))
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert film.streams.video[0].codec_context.name == "mpeg4"
    assert [frame.time for frame in read(tmp_path / "a.mp4")[1]] == evenly(4)


@pytest.mark.parametrize("name", ["out/", "out"])
def test_a_folder_of_frames(tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    write(f"{tmp_path}/{name}", frames(evenly(11)))
    assert sorted(os.listdir(folder)) == [f"{number:06}.png" for number in range(1, 12)]
    assert all(np.array_equal(it.pixels, gradient(it.index)) for it in read(folder)[1])
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_sound_is_copied_as_it_is(tmp_path, suffix):
    film, path = write_film(tmp_path / "film.mp4"), tmp_path / f"a{suffix}"
    info, clip = read(film)
    assert info.has_audio
    assert write(path, clip, info, audio=film) == []
    (before, after), (old, new) = (sound_of(film), sound_of(path)), (info, read(path)[0])
    assert [packet for _, packet in after] == [packet for _, packet in before]
    # By the frames' clock, which Matroska has begin with the sound.
    late = [new_time - old_time for (new_time, _), (old_time, _) in zip(after, before, strict=True)]
    assert np.allclose(late, float(new.start - old.start), atol=0.002)


def test_sound_of_an_unknown_codec_is_left_out(tmp_path):
    film = write_film(tmp_path / "a.mp4")
    data = film.read_bytes().replace(b"mp4a", b"zzzz").replace(b"esds", b"free")
    film.write_bytes(data)
    info, clip = read(film)
    notes = write(tmp_path / "b.mp4", clip, info, audio=film)
    assert notes == [f"{tmp_path / 'b.mp4'}: sound of an unknown codec is left out"]
    assert not read(tmp_path / "b.mp4")[0].has_audio


def test_sound_that_the_file_cannot_hold_is_named(tmp_path):
    film = write_film(tmp_path / "film.mp4", count=3, sound=3)
    info, clip = read(film)
    assert "sound (aac) is left out" in write(tmp_path / "a.webm", clip, info, audio=film)[0]
    assert "stores no sound" in write(tmp_path / "out", clip, info, audio=film)[0]


REFUSED = {
    "an unknown extension": ("a.avi", {}, "ends in .mp4"),
    "no folder": ("no/a.mp4", {}, "does not exist"),
    "too large": ("a.webp", {"width": 20000}, "at most 16383"),
    "a folder with files": ("full", {}, "has files in it"),
    "a folder of a film's name": ("dir.mp4/x/", {}, "does not exist"),
}


@pytest.mark.parametrize(("name", "changes", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused_before(tmp_path, name, changes, line):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    with pytest.raises(UserError, match=line) as caught:
        check_clip_output(f"{tmp_path}/{name}", replace(INFO, **changes), "-o")
    assert str(caught.value).startswith("-o: ") and "\n" not in str(caught.value)


def test_a_film_that_is_there_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with ClipWriter(path, INFO) as writer:
        for frame in frames(evenly(3)):
            writer.write(frame)
        assert path.read_bytes() == b"old"
    assert read(path)[0].frames == 3
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a"])
def test_an_error_between_two_frames_leaves_nothing(tmp_path, name):
    with pytest.raises(KeyError), ClipWriter(tmp_path / name, INFO) as writer:
        for frame in frames(evenly(3)):
            writer.write(frame)
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_a_check_that_refuses_at_the_end_leaves_nothing(tmp_path):
    def check():
        raise UserError("another program wrote it")

    with pytest.raises(UserError, match="another program"):
        write(tmp_path / "a.mp4", frames(evenly(3)), check=check)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webp", "a.png", "a"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, name):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        with pytest.raises(RunError, match=f"cannot be written: {os.strerror(errno.EFBIG)}"):
            write(tmp_path / name, frames(evenly(12), noise))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == []


def test_no_frame_is_an_error(tmp_path):
    with pytest.raises(RunError, match="there is no frame"):
        write(tmp_path / "a.mp4", [])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        (Frame(1, 1 / RATE, gradient(0)[1:]), r"expected pixels \[48, 64, 3\]"),
        (Frame(1, Fraction(0), gradient(0)), "a time after 0 s"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(tmp_path, frame, line):
    with pytest.raises(UserError, match=line):
        write(tmp_path / "a.mp4", [*frames([0]), frame])
    assert os.listdir(tmp_path) == []
