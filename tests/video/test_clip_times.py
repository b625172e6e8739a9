"""When the frames of films are shown whose clock says it otherwise: joined, hidden, left out."""

from fractions import Fraction

import numpy as np
import pytest
from clip_files import RATE, evenly, gradient, joined, noise, sound_of, write, write_film

from tf_nst.video.reading import open_clip
from tf_nst.video.timing import Clock, JumpFinder

MS = Fraction(1, 1000)


def read(path):
    """The info, the frames, and the notes after the last of them."""
    with open_clip(path) as clip:
        return clip.info, list(clip), clip.notes


def test_times_after_a_jump_back_begin_where_the_last_frame_ends():
    """Frames of 40 ms that are decoded 80 ms before they are shown; the second two jump."""
    finder = JumpFinder(MS)
    packets = [(1080, 1000), (1160, 1040), (1120, 1080), (80, 0), (160, 40), (120, 80)]
    ticks = [finder.steady(*packet, 40) for packet in packets]
    assert ticks == [1080, 1160, 1120, 1200, 1280, 1240]
    assert finder.jumps == [Fraction(1120, 1000)]
    clock = Clock(finder.jumps, MS)
    assert [clock.steady(it) for it in (1080, 1120, 1160, 80, 120, 160)] == sorted(ticks)
    assert clock.steady(None) is None


def test_times_that_are_a_little_out_of_order_are_no_jump():
    finder = JumpFinder(MS)
    for ticks in (0, 400, 100, 500):
        assert finder.steady(ticks, ticks, 40) == ticks
    assert finder.jumps == []


@pytest.mark.parametrize("count", [2, 3])
def test_joined_films_follow_each_other(tmp_path, count):
    film = write_film(tmp_path / "one.ts", 25, sound=0)
    info, clip, notes = read(joined(tmp_path / "all.ts", film, count))
    assert [frame.time for frame in clip] == evenly(25 * count)
    assert (info.frames, info.rate, info.duration) == (25 * count, RATE, count)
    assert notes == []


def test_the_sound_of_joined_films_goes_on_with_their_pictures(tmp_path):
    """Of each film it is as far from the first frame; of the first one's what lasts longer than its
    frames stays, and takes the place of the second's first packets."""
    film = write_film(tmp_path / "one.ts", 25, sound=44)
    path = joined(tmp_path / "all.ts", film, 2)
    info, clip, _ = read(path)
    notes = write(tmp_path / "b.mkv", clip, info, audio=path)
    assert notes == [f"{tmp_path / 'b.mkv'}: sound whose times go back is left out"]
    start, seconds = float(info.start), float(clip[25].time)
    one = [(time - start, data) for time, data in sound_of(film)]
    both = sound_of(tmp_path / "b.mkv")
    shift = both[0][0] - one[0][0]
    second = both[len(one) :]
    assert 0 < len(one) - len(second) < 4
    expected = one[len(one) - len(second) :]
    # Less the header of 7 bytes that each packet of a .ts has.
    assert [data for _, data in second] == [data[7:] for _, data in expected]
    late = [new - old for (new, _), (old, _) in zip(second, expected, strict=True)]
    assert np.allclose(late, seconds + shift, atol=0.003)


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
