"""Films that were joined by their bytes, or whose clock begins anew: it jumps, back or ahead."""

from fractions import Fraction

import numpy as np
import pytest
from clip_files import RATE, evenly, joined, moved, sound_of, write, write_film

from tf_nst.video.reading import open_clip
from tf_nst.video.timing import Clock, Jump, JumpFinder

MS = Fraction(1, 1000)


def read(path):
    """The info, the frames, and the notes after the last of them."""
    with open_clip(path) as clip:
        return clip.info, list(clip), clip.notes


@pytest.mark.parametrize("is_mpeg", [False, True])
def test_times_after_a_jump_back_begin_where_the_last_frame_ends(is_mpeg):
    """Frames of 40 ms that are decoded 80 ms before they are shown; the second two jump."""
    finder = JumpFinder(MS, is_mpeg)
    packets = [(1080, 1000), (1160, 1040), (1120, 1080), (80, 0), (160, 40), (120, 80)]
    ticks = [finder.steady(*packet, 40) for packet in packets]
    assert ticks == [1080, 1160, 1120, 1200, 1280, 1240]
    assert finder.jumps == [Jump(3, Fraction(1120, 1000))]
    clock = Clock(finder.jumps, MS)
    assert [clock.steady(it) for it in (1080, 1120, 1160, 80, 120, 160)] == sorted(ticks)


@pytest.mark.parametrize("is_mpeg", [False, True])
def test_times_that_are_a_little_out_of_order_are_no_jump(is_mpeg):
    finder = JumpFinder(MS, is_mpeg)
    for ticks in (0, 400, 100, 500):
        assert finder.steady(ticks, ticks, 40) == ticks
    assert finder.jumps == []


def test_a_leap_of_an_mpeg_clock_is_a_jump_unless_there_is_sound_meanwhile():
    for is_mpeg, sound, expected in ((1, 60_000, 120_000), (0, 99, 120_000), (1, 120_000, 40)):
        finder = JumpFinder(MS, bool(is_mpeg))
        finder.steady(0, 0, 40)
        finder.hear(sound)
        assert finder.steady(120_000, 120_000, 40) == expected
    clock = Clock(finder.jumps, MS)
    assert [clock.steady(it) for it in (0, 20, 119_990, 120_010)] == [0, 20, 30, 50]


def test_a_frame_that_needs_no_other_begins_a_short_part():
    finder = JumpFinder(MS, is_mpeg=True)
    packets = [(0, True), (40, False), (0, True), (40, False), (0, False)]
    assert [finder.steady(it, it, 40, key) for it, key in packets] == [0, 40, 80, 120, 80]
    clock = Clock(finder.jumps, MS)
    assert [clock.steady(it) for it in (0, 23, 46, 0, 23)] == [0, 23, 46, 80, 103]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A second of pictures with a little more of sound."""
    return write_film(tmp_path_factory.mktemp("film") / "one.ts", 25, sound=44)


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("length", [10, 25])
def test_joined_films_follow_each_other(tmp_path, count, length):
    film = write_film(tmp_path / "one.ts", length, sound=0)
    path = joined(tmp_path / "all.ts", *[film] * count)
    info, clip, notes = read(path)
    assert [frame.time for frame in clip] == evenly(length * count)
    assert (info.frames, info.rate) == (length * count, RATE)
    assert info.duration == Fraction(length * count, 25)
    assert notes == []


HOUR = Fraction(3600)


@pytest.mark.parametrize("first, second", [(0, 0), (HOUR, 0), (0, HOUR), (25 * HOUR, 0)])
def test_the_sound_of_joined_films_goes_on_with_their_pictures(tmp_path, film, first, second):
    """Of each film it is as far from the first frame; of the first one's what lasts longer than its
    frames stays, and takes the place of the second's first packets."""
    one, two = moved(tmp_path / "1.ts", film, first), moved(tmp_path / "2.ts", film, second)
    path = joined(tmp_path / "all.ts", one, two)
    info, clip, lines = read(path)
    assert ([frame.time for frame in clip], info.duration, lines) == (evenly(50), 2, [])
    notes = write(tmp_path / "b.mkv", clip, info, audio=path)
    assert notes == [f"{tmp_path / 'b.mkv'}: sound whose times go back is left out"]
    start, seconds = float(info.start), float(clip[25].time)
    given = [(time - start, data) for time, data in sound_of(one)]
    both = sound_of(tmp_path / "b.mkv")
    shift = both[0][0] - given[0][0]
    after = both[len(given) :]
    assert 0 < len(given) - len(after) < 4
    expected = given[len(given) - len(after) :]
    # Less the header of 7 bytes that each packet of a .ts has.
    assert [data for _, data in after] == [data[7:] for _, data in expected]
    late = [new - old for (new, _), (old, _) in zip(after, expected, strict=True)]
    assert np.allclose(late, seconds + shift, atol=0.003)


def test_a_gap_of_the_pictures_in_which_there_is_sound_stays(tmp_path):
    import av

    film, path = write_film(tmp_path / "a.ts", 25, sound=700, max_b_frames=0), tmp_path / "b.ts"
    with av.open(str(film)) as given, av.open(str(path), "w") as output:
        streams = [output.add_stream_from_template(it) for it in given.streams]
        packets = [packet for packet in given.demux() if packet.size]
        for packet in packets:
            if packet.stream.type == "video" and packet.pts >= 45000:
                packet.pts, packet.dts = packet.pts + 14 * 90000, packet.dts + 14 * 90000
        for packet in sorted(packets, key=lambda it: it.dts):
            packet.stream = streams[packet.stream_index]
            output.mux(packet)
    info, clip, _ = read(path)
    assert info.duration == 15
    assert [frame.time - time for frame, time in zip(clip, evenly(25), strict=True)] == (
        [0] * 12 + [14] * 13
    )


def test_a_film_during_which_the_clock_begins_anew_is_as_before(tmp_path, film):
    path = moved(tmp_path / "a.ts", film, Fraction(2**33, 90000) - Fraction(1, 2))
    info, clip, notes = read(path)
    assert ([frame.time for frame in clip], info.rate, notes) == (evenly(25), RATE, [])
    assert write(tmp_path / "a.mkv", clip, info, audio=path) == []
    plain, frames, _ = read(film)
    write(tmp_path / "b.mkv", frames, plain, audio=film)
    after, before = sound_of(tmp_path / "a.mkv"), sound_of(tmp_path / "b.mkv")
    assert len(after) == len(before)
    assert np.allclose([time for time, _ in after], [time for time, _ in before], atol=0.003)


def test_a_part_whose_streams_have_other_numbers_is_left_out_with_a_line(tmp_path, film):
    other = moved(tmp_path / "2.ts", film, 0, mpegts_start_pid="512")
    path = joined(tmp_path / "all.ts", film, other)
    info, clip, notes = read(path)
    assert (info.frames, len(clip)) == (25, 25)
    assert notes == [f"{path}: 1 more video stream is left out"]


def noisy(path, count, start):
    """A film of so many frames of half a MB each, its streams' numbers from `start` on."""
    import av

    with av.open(str(path), "w", options={"mpegts_start_pid": start}) as output:
        stream = output.add_stream("mpeg2video", rate=25, options={"qmax": "2", "g": "1"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        pixels = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, 1 / RATE
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def test_other_streams_that_begin_later_on_end_nothing(tmp_path):
    """FFmpeg looks for streams in the first 5 MB and at the end."""
    big, small = noisy(tmp_path / "1.ts", 8, "256"), noisy(tmp_path / "2.ts", 1, "512")
    path = joined(tmp_path / "all.ts", *[big] * 3, small, *[big] * 3)
    info, clip, _ = read(path)
    assert info.frames == len(clip) == 48
