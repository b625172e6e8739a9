"""Frames painted one after the other: no flicker, no new trace, the style measured once."""

import numpy as np
import pytest
from moving import STYLE, TINY, images, pan

import tf_nst
from tf_nst.engine.engine import Engine
from tf_nst.video.painter import paint_clip, warped_to
from tf_nst.video.settings import FilmConfig
from tf_nst.video.tasks import Shot

FRAMES = pan(5)
# What pulls less is told from what pulls more by this weight.
FILM = {"frame_steps": 6, "temporal_weight": 3000.0}


def flicker(painted):
    """The root of the mean squared difference of each frame and the one before it, moved along,
    where both show the same things, in 0..1."""
    squares = []
    for index in range(1, len(painted)):
        frame, before = images([FRAMES[index], FRAMES[index - 1]])
        warped = warped_to(frame, before, images([painted[index - 1]])[0])
        error = np.mean((painted[index] / 255 - warped.picture) ** 2, axis=-1)
        squares.append((error * warped.mask).sum() / warped.mask.sum())
    return float(np.sqrt(np.mean(squares)))


def difference(one, other):
    """The mean difference of two pictures' codes: sums are rounded otherwise with other terms."""
    return np.abs(one.astype(int) - other).mean()


@pytest.fixture(scope="module")
def engine():
    """One for all tests of this file."""
    return Engine()


def paint(engine, film=FILM, frames=FRAMES, **options):
    """The painted frames."""
    shots = options.pop("shots", ())
    film = FilmConfig(**film)
    clip = paint_clip(frames, STYLE, film=film, shots=shots, engine=engine, **TINY | options)
    return list(clip)


@pytest.fixture(scope="module")
def film(engine):
    """The frames painted as a film, and the traces and measurements after each."""
    painted, counts = [], []
    for frame in paint_clip(FRAMES, STYLE, film=FilmConfig(**FILM), engine=engine, **TINY):
        painted.append(frame)
        counts.append((engine.traces, engine.measurements))
    return painted, counts


def test_frames_after_the_first_trace_nothing_and_measure_no_style(film):
    _, counts = film
    assert counts[0][0] > 0
    assert counts == [counts[0]] * len(FRAMES)


def test_frames_have_the_size_of_the_film_and_are_painted(film):
    painted, _ = film
    for frame, original in zip(painted, FRAMES, strict=True):
        assert frame.shape == original.shape and frame.dtype == np.uint8
        assert np.abs(frame.astype(int) - original).mean() > 1


def test_a_film_flickers_less_than_pictures_painted_one_by_one(film, engine):
    painted, _ = film
    alone = [np.asarray(tf_nst.stylize(frame, STYLE, engine=engine, **TINY)) for frame in FRAMES]
    assert flicker(painted) < 0.6 * flicker(alone)


def test_the_temporal_term_holds_frames_beyond_their_start(film, engine):
    painted, _ = film
    loose = paint(engine, FILM | {"temporal_weight": 0.0})
    assert flicker(painted) < 0.8 * flicker(loose)


def test_the_first_frame_is_the_picture_painted_alone(film, engine):
    painted, _ = film
    alone = np.asarray(tf_nst.stylize(FRAMES[0], STYLE, engine=engine, **TINY))
    assert difference(painted[0], alone) < 0.1


def test_a_cut_begins_anew(film, engine):
    painted, _ = film
    cut = paint(engine, frames=FRAMES[:3], shots=[Shot(0, 2), Shot(2, 3)])
    np.testing.assert_array_equal(cut[:2], painted[:2])
    alone = np.asarray(tf_nst.stylize(FRAMES[2], STYLE, engine=engine, **TINY))
    assert difference(cut[2], alone) < 0.1


def test_frames_in_between_are_their_neighbours_moved_along(film, engine):
    painted = paint(engine, FILM | {"every": 2})
    assert len(painted) == len(FRAMES)
    np.testing.assert_array_equal(painted[0], film[0][0])
    assert flicker(painted) < flicker(film[0]) * 2


def test_a_second_sweep_holds_frames_to_those_after_them(film, engine):
    painted = paint(engine, FILM | {"passes": 2})
    assert len(painted) == len(FRAMES)
    assert flicker(painted) < 1.5 * flicker(film[0])
    # Frame 0 is painted again, held to those after it.
    assert difference(painted[0], film[0][0]) > 0.1


def test_a_loop_meets_its_start(engine):
    """Frames that go to the right and back again: the last is nearly the first."""
    frames = [FRAMES[index] for index in (0, 1, 2, 3, 2, 1)]

    def seam(painted):
        frame, before = images([frames[0], frames[-1]])
        warped = warped_to(frame, before, images([painted[-1]])[0])
        return np.sum(warped.mask * np.mean((painted[0] / 255 - warped.picture) ** 2, axis=-1))

    alone = [
        np.asarray(tf_nst.stylize(frames[index], STYLE, engine=engine, **TINY)) for index in (0, -1)
    ]
    looped = paint(engine, frames=frames, film=FILM | {"loop": True})
    swept = paint(engine, frames=frames, film=FILM | {"passes": 2})
    assert seam(looped) < 0.5 * seam(alone)
    assert seam(looped) < 0.8 * seam(swept)


def test_what_is_uncovered_is_painted_by_the_same_trace(engine):
    """At half the size, at which the style is measured once."""
    counts = []
    film = FilmConfig(frame_steps=1)
    style, options = np.tile(STYLE, (2, 2, 1)), TINY | {"size": 72, "steps": 2}
    for _ in paint_clip(pan(3, 64, 72, step=6), style, film=film, engine=engine, **options):
        counts.append((engine.traces, engine.measurements))
    assert counts[0][0] == counts[1][0] == counts[2][0]
    assert counts[1][1] == counts[2][1] == counts[0][1] + 1


def test_windows_paint_frames_too(engine, film):
    painted = paint(engine, frames=FRAMES[:2], tile=32)
    assert difference(painted[1], film[0][1]) < 1
