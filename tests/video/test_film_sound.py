"""Sound that a file cannot hold: it is known before the painting, and no film is lost by it."""

import os
from contextlib import ExitStack
from fractions import Fraction

import numpy as np
import pytest
from clip_files import sound_of, write
from film_inputs import FLAGS
from PIL import Image as Pillow

from tf_nst.cli.parsing import parse_flags
from tf_nst.errors import RunError
from tf_nst.video import film_file
from tf_nst.video.flags import VIDEO_FLAGS
from tf_nst.video.output_check import check_output
from tf_nst.video.reading import open_clip
from tf_nst.video.sound import Sound

av = pytest.importorskip("av")


def write_film(path, codecs, rate=44100, count=24, more=0):
    """A film of so many frames at 25 a second, with as much sound by each of these codecs, or that
    of so many frames more."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sounds = [output.add_stream(codec, rate=rate, layout="stereo") for codec in codecs]
        for index in range(count):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        for sound in sounds:
            add_tone(output, sound, (count + more) * rate // 25)
    return path


def add_tone(output, stream, samples):
    """So many samples; the stream's encoder is open."""
    context = stream.codec_context
    size = context.frame_size or 1024
    for start in range(0, samples - size, size):
        wave = np.sin(0.05 * np.arange(start, start + size), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = context.sample_rate, start
        frame.time_base = Fraction(1, context.sample_rate)
        converter = av.AudioResampler(context.format, "stereo", context.sample_rate)
        output.mux([packet for it in converter.resample(frame) for packet in stream.encode(it)])
    output.mux(stream.encode(None))


def copied(film, path):
    """The notes of a film's frames and sound that are written to a path."""
    with open_clip(film) as clip:
        return write(path, list(clip), clip.info, audio=film)


def has_sound(path):
    with open_clip(path) as clip:
        assert clip.info.frames == 24
        return clip.info.has_audio


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_sound_that_states_no_layout_has_the_usual_one_of_its_channels(tmp_path, suffix):
    film = write_film(tmp_path / f"film{suffix}", ["pcm_s16le"])
    assert copied(film, tmp_path / "a.mp4") == []
    after = [packet for _, packet in sound_of(tmp_path / "a.mp4")]
    assert after == [packet for _, packet in sound_of(film)]
    with av.open(str(tmp_path / "a.mp4")) as written:
        assert written.streams.audio[0].codec_context.layout.name == "stereo"


@pytest.mark.parametrize(
    ("codec", "rate", "suffix", "name"),
    [("flac", 44100, ".mov", "flac"), ("libmp3lame", 8000, ".mp4", "mp3float")],
)
def test_sound_that_a_file_refuses_as_it_is_written_is_left_out(
    tmp_path, codec, rate, suffix, name
):
    film, path = write_film(tmp_path / "film.mkv", [codec], rate), tmp_path / f"a{suffix}"
    line = f"{path}: sound ({name}) is left out: a file of this kind cannot hold it; .mkv may"
    assert copied(film, path) == [line]
    assert not has_sound(path)
    assert copied(film, tmp_path / "a.mkv") == []
    assert has_sound(tmp_path / "a.mkv")


def test_other_streams_of_the_film_are_kept(tmp_path):
    film = write_film(tmp_path / "film.mkv", ["flac", "aac"])
    (line,) = copied(film, tmp_path / "a.mov")
    assert "sound (flac) is left out" in line
    with av.open(str(film)) as given, av.open(str(tmp_path / "a.mov")) as written:
        (stream,) = written.streams.audio
        expected = [bytes(it) for it in given.demux(given.streams.audio[1]) if it.size]
        assert [bytes(it) for it in written.demux(stream) if it.size] == expected


def remuxed(path, sources, change):
    """A file of all streams of others; `change` takes the copies of the first one's."""
    with ExitStack() as stack:
        given = [stack.enter_context(av.open(str(source))) for source in sources]
        output = stack.enter_context(av.open(str(path), "w"))
        streams = [[output.add_stream_from_template(it) for it in film.streams] for film in given]
        change(streams[0])
        for film, copies in zip(given, streams, strict=True):
            for packet in film.demux():
                if packet.size:
                    packet.stream = copies[packet.stream_index]
                    output.mux(packet)
    return path


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_streams_keep_their_language_title_and_disposition(tmp_path, suffix):
    """From MKV, and from what was written once more."""
    names = [("deu", "Ton"), ("fra", "Son")]

    def tag(streams):
        for stream, (language, title) in zip(streams[1:], names, strict=True):
            stream.metadata.update(language=language, title=title)
        streams[2].disposition = av.stream.Disposition.default

    plain = write_film(tmp_path / "plain.mkv", ["aac", "aac"])
    film = remuxed(tmp_path / "film.mkv", [plain], tag)
    copied(film, tmp_path / f"a{suffix}")
    copied(tmp_path / f"a{suffix}", tmp_path / f"b{suffix}")
    with av.open(str(tmp_path / f"b{suffix}")) as written:
        first, second = written.streams.audio
        tags = [it.metadata for it in (first, second)]
        assert [(it["language"], it.get("title") or it["name"]) for it in tags] == names
        assert second.disposition == av.stream.Disposition.default
        assert first.disposition != av.stream.Disposition.default


@pytest.mark.parametrize(("count", "words"), [(1, "stream is"), (2, "streams are")])
def test_a_line_says_how_many_subtitles_are_left_out(tmp_path, count, words):
    text = tmp_path / "a.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:00,500\nwords\n")
    plain = write_film(tmp_path / "plain.mkv", ["aac"])
    film = remuxed(tmp_path / "film.mkv", [plain] + [text] * count, len)
    with open_clip(film) as clip:
        assert clip.notes == [f"{film}: {count} subtitle {words} left out"]


def test_what_is_left_out_is_said_before_the_painting(tmp_path, capsys):
    film = write_film(tmp_path / "film.mkv", ["flac"])
    Pillow.new("RGB", (32, 32)).save(tmp_path / "style.png")
    for name, expected in {"a.mov": 1, "a.mkv": 0, "folder/": 0}.items():
        given = [
            f"--content={film}",
            f"--style={tmp_path}/style.png",
            f"--output={tmp_path}/{name}",
        ]
        values = parse_flags(["tf-nst", *given, *FLAGS], VIDEO_FLAGS)
        with open_clip(film) as clip:
            check_output(values, clip)
        assert capsys.readouterr().out.count("sound (flac) is left out") == expected
    assert sorted(os.listdir(tmp_path)) == ["film.mkv", "style.png"]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_whose_times_go_back_is_left_out_from_there_to_where_they_go_on(tmp_path, suffix):
    """Two files end to end, as cameras' are joined: the first one's sound lasts longer."""
    one = write_film(tmp_path / "one.ts", ["aac"], count=8, more=8).read_bytes()
    (tmp_path / "film.ts").write_bytes(one + one)
    path = tmp_path / f"a{suffix}"
    notes = copied(tmp_path / "film.ts", path)
    assert f"{path}: sound whose times go back is left out" in notes
    times = [time for time, _ in sound_of(path)]
    assert len(times) >= 8 and times == sorted(set(times))


class Refusing:
    """An output that takes so many packets, and then raises."""

    def __init__(self, output, count, error):
        self._output, self._left, self._error = output, count, error

    def __getattr__(self, name):
        return getattr(self._output, name)

    def mux(self, packet):
        if not self._left:
            raise self._error
        self._left -= 1
        self._output.mux(packet)


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "film.mkv", ["aac"])


def write_refused(film, path, monkeypatch, error):
    """The notes of a film whose sound is refused after five packets."""

    def refused(path, output, *rest):
        return Sound(path, Refusing(output, 5, error), *rest)

    monkeypatch.setattr(film_file, "Sound", refused)
    return copied(film, path)


def test_a_packet_that_is_refused_ends_the_sound_and_not_the_film(tmp_path, film, monkeypatch):
    path, error = tmp_path / "a.mp4", av.error.InvalidDataError(1, "Invalid data")
    begin = sound_of(film)[5][0]
    assert write_refused(film, path, monkeypatch, error) == [
        f"{path}: sound is left out from {begin:.2f} s on, where it is refused (Invalid data)"
    ]
    assert has_sound(path)
    assert [packet for _, packet in sound_of(path)] == [it for _, it in sound_of(film)[:5]]


def test_a_full_disk_is_no_refusal(tmp_path, film, monkeypatch):
    error = av.error.OSError(28, "No space left on device")
    with pytest.raises(RunError, match=r"a\.mp4 cannot be written: No space"):
        write_refused(film, tmp_path / "a.mp4", monkeypatch, error)
    assert os.listdir(tmp_path) == ["film.mkv"]
