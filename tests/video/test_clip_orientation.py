"""Display matrices, and the frames that they turn."""

import numpy as np
import pytest
from clip_files import write_film

from tf_nst.video.orientation import Orientation, orientation_of, upright
from tf_nst.video.reading import open_clip

# 1 2 3
# 4 5 6
PICTURE = np.repeat(np.array([[1, 2, 3], [4, 5, 6]], np.uint8)[..., None], 3, -1)
ONE = 65536


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    """x' = a x + c y, y' = b x + d y, as files have it."""
    values = [a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30]
    return np.array(values, np.int32).tobytes()


CASES = {
    "as it is": (matrix(1, 0, 0, 1), Orientation(0), [[1, 2, 3], [4, 5, 6]]),
    "a quarter clockwise": (matrix(0, 1, -1, 0), Orientation(1), [[4, 1], [5, 2], [6, 3]]),
    "half": (matrix(-1, 0, 0, -1), Orientation(2), [[6, 5, 4], [3, 2, 1]]),
    "a quarter back": (matrix(0, -1, 1, 0), Orientation(3), [[3, 6], [2, 5], [1, 4]]),
    "mirrored": (matrix(-1, 0, 0, 1), Orientation(0, True), [[3, 2, 1], [6, 5, 4]]),
    "upside down": (matrix(1, 0, 0, -1), Orientation(2, True), [[4, 5, 6], [1, 2, 3]]),
    "across its diagonal": (matrix(0, 1, 1, 0), Orientation(3, True), [[1, 4], [2, 5], [3, 6]]),
}


@pytest.mark.parametrize(("data", "orientation", "expected"), CASES.values(), ids=CASES)
def test_a_matrix_turns_the_frame(data, orientation, expected):
    assert orientation_of(data) == orientation
    assert upright(PICTURE, orientation)[..., 0].tolist() == expected


def test_a_slanted_matrix_is_taken_as_the_nearest_quarter():
    angle = np.radians(80)
    slanted = matrix(np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle))
    assert orientation_of(slanted) == Orientation(1, is_exact=False)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_film_of_a_telephone_comes_upright(tmp_path, degrees):
    import av

    flat, turned = write_film(tmp_path / "flat.mp4", 3, sound=0), tmp_path / "turned.mp4"
    with av.open(str(flat)) as film, av.open(str(turned), "w") as output:
        stream = output.add_stream_from_template(film.streams.video[0])
        stream.set_display_rotation(-degrees)  # FFmpeg counts against the clock
        for packet in film.demux(video=0):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    with open_clip(flat) as plain, open_clip(turned) as clip:
        frames = [frame.pixels for frame in plain]
        assert clip.info.rotation == degrees
        assert (clip.info.height, clip.info.width) == np.rot90(frames[0], degrees // 90).shape[:2]
        for frame in clip:
            assert np.array_equal(frame.pixels, np.rot90(frames[frame.index], -degrees // 90))
