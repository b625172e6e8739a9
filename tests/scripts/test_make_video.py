"""The film of the gallery, without painting."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import make_video

from tf_nst.errors import RunError


def flat(level: int) -> np.ndarray:
    """[12,16,3] uint8."""
    return np.full((12, 16, 3), level, np.uint8)


def test_the_animation_loops_at_its_pace():
    data = make_video.looping_webp([flat(0), flat(90), flat(180)], 83)
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.n_frames, picture.info["loop"]) == (3, 0)
        picture.seek(1)
        picture.load()
        assert picture.info["duration"] == 83


def test_it_is_made_smaller_until_it_is_small_enough(monkeypatch):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    best = len(make_video.looping_webp([noise, noise[::-1]], 40))
    monkeypatch.setattr(make_video, "MOST_BYTES", best - 1)
    assert len(make_video.looping_webp([noise, noise[::-1]], 40)) < best
    monkeypatch.setattr(make_video, "MOST_BYTES", 100)
    with pytest.raises(RunError, match="100 bytes"):
        make_video.looping_webp([noise, noise[::-1]], 40)


def test_a_strip_shows_the_film_above_the_paintings():
    film, painted = ([flat(base + 2 * index) for index in range(11)] for base in (0, 100))
    sheet = np.asarray(make_video.strip(film, painted))
    step = 16 + make_video.GAP
    assert sheet.shape == (2 * 12 + make_video.GAP, 6 * step - make_video.GAP, 3)
    assert sheet[0, ::step, 0].tolist() == [0, 4, 8, 12, 16, 20]
    assert sheet[-1, ::step, 0].tolist() == [100, 104, 108, 112, 116, 120]
