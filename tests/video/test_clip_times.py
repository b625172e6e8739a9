"""When the frames of films are shown whose clock says it otherwise: hidden, left out."""

from fractions import Fraction

import av
import numpy as np
import pytest
from clip_files import RATE, evenly, gradient, noise, write_film
from field_film import write_fields

from tf_nst.video.reading import open_clip


def read(path):
    """The info, the frames, and the notes after the last of them."""
    with open_clip(path) as clip:
        return clip.info, list(clip), clip.notes


def remuxed(path, source, change):
    """A file of the packets that `change` makes of each one of a film's, by its index."""
    import av

    with av.open(str(source)) as film, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(film.streams.video[0])
        given = (it for it in film.demux(film.streams.video[0]) if it.size)
        for index, packet in enumerate(given):
            for each in change(index, packet):
                each.stream = stream
                output.mux(each)
    return path


def encoded(path, codec, count, make=noise, **options):
    """A film of one codec, by PyAV alone, 25 frames a second."""
    import av

    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(make(index), format="rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = index, 1 / RATE
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def test_hidden_frames_of_vp8_are_no_frames(tmp_path):
    """Frame 3 once more, its bit of being shown taken away, a quarter of a frame later."""
    import av

    def hide(index, packet):
        if index != 3:
            return [packet]
        data = bytearray(bytes(packet))
        data[0] &= ~0x10
        hidden = av.Packet(bytes(data))
        hidden.pts = hidden.dts = packet.pts + 10
        hidden.time_base = packet.time_base
        return [packet, hidden]

    film = encoded(tmp_path / "a.webm", "libvpx", 8, gradient)
    info, clip, notes = read(remuxed(tmp_path / "b.webm", film, hide))
    assert (info.frames, notes) == (8, [])
    assert [frame.time for frame in clip] == evenly(8)


def test_frames_of_avi_that_are_stored_in_another_order_are_a_frame_apart(tmp_path):
    """Its times are those of decoding. The frames' blue tells them apart."""
    path = encoded(tmp_path / "a.avi", "libx264", 12, gradient, **{"bf": "2", "b-adapt": "0"})
    info, clip, notes = read(path)
    assert (info.rate, notes) == (RATE, [])
    assert [frame.time for frame in clip] == evenly(12)
    assert np.all(np.diff([frame.pixels[..., 2].mean() for frame in clip]) > 2)


def test_frames_that_avi_leaves_out_are_not_missing(tmp_path):
    film = encoded(tmp_path / "a.avi", "mpeg4", 41)
    dropped = lambda index, packet: [packet] * (index % 4 != 3)  # noqa: E731
    path = remuxed(tmp_path / "b.avi", film, dropped)
    info, clip, notes = read(path)
    assert (info.frames, info.rate, notes) == (31, None, [])
    assert [frame.time * 25 for frame in clip] == [it for it in range(41) if it % 4 != 3]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert any("frames are missing" in line for line in read(path)[2])


def test_a_film_whose_pictures_begin_after_its_sound_is_whole(tmp_path):
    film = write_film(tmp_path / "a.mkv", 25, sound=80, begin=13)
    info, clip, notes = read(film)
    assert float(info.start) > 0.5 and len(clip) == 25
    assert notes == []


def test_a_film_that_begins_within_a_group_of_mpeg_2_keeps_its_times(tmp_path):
    """Its first frames cannot be decoded: those that can be are as far from its start as before."""
    film = encoded(tmp_path / "a.ts", "mpeg2video", 36, gradient, g="12")
    path = remuxed(tmp_path / "b.ts", film, lambda index, packet: [packet] * (index >= 5))
    info, clip, notes = read(path)
    assert (info.frames, info.rate) == (31, RATE)
    assert [frame.time for frame in clip] == evenly(31)[7:]
    assert notes == [f"{path}: cut short or damaged: 7 of its 31 frames are missing"]


def test_a_frame_whose_fields_are_two_packets_is_one_frame(tmp_path):
    path = write_fields(tmp_path / "a.ts", 12)
    with av.open(str(path)) as film:
        times = [packet.pts for packet in film.demux() if packet.size]
    assert times[1::2] == [None] * 12
    info, clip, notes = read(path)
    assert (info.frames, info.rate, info.duration) == (12, RATE, Fraction(12, 25))
    assert [(frame.time, frame.index, frame.lost) for frame in clip] == [
        (time, index, 0) for index, time in enumerate(evenly(12))
    ]
    assert np.all(np.diff([frame.pixels.mean() for frame in clip]) > 5)
    assert notes == [f"{path}: interlaced: both fields of a frame are painted as one picture"]


SILENT = [
    (".ts", "libx264", {"bf": "2", "b-adapt": "0"}),
    (".mp4", "libx264", {"bf": "2", "b-adapt": "0"}),
    (".mkv", "libx264", {"bf": "2", "b-adapt": "0"}),
    (".ts", "mpeg2video", {"qmax": "2"}),
]


@pytest.mark.parametrize(("suffix", "codec", "options"), SILENT)
def test_frames_that_the_decoder_drops_silently_take_places(tmp_path, suffix, codec, options):
    """As masks of each frame of the file are taken. Frames' blue is that of their number."""
    film = encoded(tmp_path / "a.ts", codec, 36, gradient, g="12", **options)
    path = remuxed(tmp_path / f"b{suffix}", film, lambda index, packet: [packet] * (index >= 5))
    with av.open(str(film)) as given:
        left = [packet.pts for packet in given.demux() if packet.size][5:]
    numbers = [round(float((it - left[0]) * RATE / 90000)) for it in sorted(left)]
    info, clip, _ = read(path)
    blue = [frame.pixels[..., 2].mean() for frame in clip]
    shown = [round((it - blue[-1]) / 5) + 35 for it in blue]
    places = [frame.index + frame.lost for frame in clip]
    assert info.frames == 31 and 10 < len(clip) < 31
    assert [numbers[place] - numbers[-1] for place in places] == [it - 35 for it in shown]
