"""Clips that are damaged, are none, or are read in a special way; memory over their length."""

import subprocess
import sys
import tracemalloc
import weakref
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from clip_files import INFO, add_sound, evenly, frames, gradient, noise, write, write_film
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.video import packets, writing
from tf_nst.video.reading import open_clip


def read(path, **options):
    """The frames, and the notes after the last of them."""
    with open_clip(path, **options) as clip:
        return list(clip), clip.notes


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Films of noise, so that bytes are spread over the frames evenly: {suffix: bytes}."""
    folder = tmp_path_factory.mktemp("films")
    clip = frames(evenly(24), noise)
    for suffix in (".mp4", ".mkv", ".webm", ".gif", ".png"):
        write(folder / f"a{suffix}", clip, replace(INFO, duration=Fraction(24, 25)))
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".gif", ".png"])
def test_a_film_that_is_cut_short_is_read_to_there_with_a_note(tmp_path, films, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(films[suffix][: len(films[suffix]) // 2])
    clip, notes = read(path)
    assert 9 <= len(clip) <= 13
    assert [frame.time for frame in clip] == evenly(len(clip))
    assert any(line.startswith(f"{path}: cut short or damaged") for line in notes)


def test_a_film_with_sound_that_is_cut_short_is_noted_too(tmp_path):
    path = write_film(tmp_path / "a.mkv", 24, sound=90)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 10])
    clip, notes = read(path)
    seconds = f"{len(clip) / 25:.2f}"
    assert len(clip) < 24
    assert notes == [f"{path}: cut short or damaged: it ends after {seconds} of 0.96 s"]


def test_a_film_whose_index_is_cut_off_is_refused(tmp_path):
    path = write_film(tmp_path / "a.mp4", 12, sound=0)  # its index is at the end
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(UserError, match="damaged or cut short"):
        open_clip(path)


def test_damage_in_the_middle_is_noted_and_reading_goes_on(tmp_path, films):
    data = bytearray(films[".mp4"])
    middle = len(data) // 2
    data[middle : middle + 600] = np.random.default_rng(0).bytes(600)
    (tmp_path / "a.mp4").write_bytes(data)
    clip, notes = read(tmp_path / "a.mp4")
    assert [frame.time for frame in clip] == evenly(24)
    assert len(notes) == 1
    assert "1 frame damaged, and used as the decoder mended it: 12 (0.44 s)" in notes[0]


def test_a_packet_that_cannot_be_decoded_is_left_out_and_noted(tmp_path):
    """Frames are PNGs, of which one has another beginning."""
    import av

    with av.open(str(tmp_path / "a.mov"), "w") as output:
        stream = output.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24"
        for index in range(6):
            frame = av.VideoFrame.from_ndarray(gradient(index), format="rgb24")
            frame.pts = index
            for packet in stream.encode(frame):
                broken = av.Packet(b"no picture" * 9) if index in (2, 3) else packet
                broken.pts, broken.dts, broken.stream = index, index, stream
                broken.time_base = Fraction(1, 25)
                output.mux(broken)
    clip, notes = read(tmp_path / "a.mov")
    assert [frame.index for frame in clip] == [0, 1, 2, 3]
    assert [frame.time * 25 for frame in clip] == [0, 1, 4, 5]
    assert [int(frame.pixels[0, 0, 2]) for frame in clip] == [40, 45, 60, 65]
    assert "2 frames damaged and left out: 3 (0.08 s), 4 (0.12 s)" in notes[0]


def test_what_a_trimmed_film_has_to_decode_from_is_not_missing(tmp_path):
    """The first five of twenty frames are before the film's beginning."""
    path = write_film(tmp_path / "a.mp4", 20, sound=0, begin=-5)
    clip, notes = read(path)
    assert len(clip) == 15 and notes == []


def test_times_that_go_back_are_a_tick_after_the_one_before(tmp_path):
    """A film whose packets were written over each other's times."""
    film = write_film(tmp_path / "a.mkv", 4, sound=0)
    timing = packets.timing_of

    def shuffled(times, base, rates):
        return timing(times, base, rates)._replace(rate=None, start=Fraction(2, 25))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packets, "timing_of", shuffled)
        clip, notes = read(film)
    assert [frame.time * 1000 for frame in clip] == [0, 1, 2, 40]
    assert any("a tick later" in line for line in notes)


def make_sound(path):
    import av

    with av.open(str(path), "w", format="mp4") as output:
        add_sound(output, output.add_stream("aac", rate=44100, layout="stereo"), 3)


def make_no_frame(path):
    import av

    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        output.start_encoding()


LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n"
NO_FILMS = {
    "nothing there": ("a.mp4", lambda path: None, "does not exist"),
    "empty": ("a.mp4", lambda path: path.write_bytes(b""), "is empty"),
    "text": ("a.txt", lambda path: path.write_text("words\n" * 99), "is not a film"),
    "noise": ("a.mp4", lambda path: path.write_bytes(noise(0).tobytes()), "is not a film"),
    "a photograph": ("a.jpg", lambda path: Pillow.new("RGB", (8, 8)).save(path), "a picture"),
    "a still": ("a.png", lambda path: Pillow.new("RGB", (8, 8)).save(path), "one frame"),
    "a drawing": ("a.svg", lambda path: path.write_text("<svg xmlns='x'/>"), "is not a film"),
    "a list of addresses": ("a.mp4", lambda path: path.write_bytes(LIST), "a list of films"),
    "sound alone": ("a.m4a", make_sound, "no video stream"),
    "no frame": ("a.mp4", make_no_frame, "no video stream|no frame"),
    "an empty folder": ("a", lambda path: path.mkdir(), "one that is empty"),
}


@pytest.mark.parametrize(("name", "make", "line"), NO_FILMS.values(), ids=NO_FILMS)
def test_what_is_no_film_is_refused_in_a_line(tmp_path, name, make, line):
    make(tmp_path / name)
    with pytest.raises(UserError, match=line) as caught:
        open_clip(tmp_path / name, "-i")
    text = str(caught.value)
    assert text.startswith("-i: ") and "\n" not in text and "expected" in text


def test_an_address_is_refused():
    with pytest.raises(UserError, match="received the address"):
        open_clip("https://example.org/a.mp4")


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_may_not_be_read_is_refused(tmp_path, monkeypatch, kind):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.mp4"
    path.mkdir() if kind == "folder" else path.write_bytes(b"film")
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(UserError, match=r"cannot be read \(Permission denied\)"):
        open_clip(path)


@pytest.mark.parametrize("call", ["open_clip('a.mp4')", "ClipWriter('b.mp4', ClipInfo(8, 8))"])
def test_without_the_extra_its_name_is_given(tmp_path, call):
    write_film(tmp_path / "a.mp4", 2, sound=0)
    code = f"""
import sys
sys.modules["av"] = None
from tf_nst.errors import UserError
from tf_nst.video.clip import ClipInfo
from tf_nst.video.reading import open_clip
from tf_nst.video.writing import ClipWriter
try:
    {call}
except UserError as error:
    print(error)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1 and 'pip install "tf_nst[video]"' in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_each_loop_begins_with_the_first_frame(tmp_path):
    write(tmp_path / "a.mp4", frames(evenly(3)))
    with open_clip(tmp_path / "a.mp4") as clip:
        assert next(iter(clip)).index == 0
        assert [frame.index for frame in clip] == [frame.index for frame in clip] == [0, 1, 2]


@pytest.mark.parametrize("suffix", [".mp4", ".webp"])
def test_of_a_clip_no_frame_stays_in_memory(tmp_path, suffix):
    """The frames that are alive at once, while a clip is read and written, are counted."""
    write(tmp_path / f"a{suffix}", frames(evenly(40)))
    alive, most = weakref.WeakSet(), 0
    with (
        open_clip(tmp_path / f"a{suffix}") as clip,
        writing.ClipWriter(tmp_path / f"b{suffix}", clip.info) as writer,
    ):
        for frame in clip:
            alive.add(frame)
            most = max(most, len(alive))
            writer.write(frame)
    assert most <= 3


def test_memory_does_not_grow_with_length(tmp_path):
    peaks = []
    for count in (10, 60):
        path = tmp_path / f"{count}.mp4"
        write(path, frames(evenly(count)))
        read_all(path)
        tracemalloc.start()
        read_all(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    frame = gradient(0).nbytes
    assert peaks[1] < peaks[0] + frame
    assert peaks[1] < 60 * frame


def read_all(path):
    with open_clip(path) as clip:
        for _ in clip:
            pass
