"""What is hidden by alpha decides nothing that is seen; pictures of next to nothing are painted."""

import numpy as np
import pytest
from paintings import PAINTING, PHOTO

import tf_nst
from tf_nst.io.images import Image

OPTIONS = {
    "size": 32,
    "steps": 2,
    "weights": "random",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1",
    "optimizer": "adam",
}


def half_hidden(pixels, hidden: int) -> Image:
    """Its right half transparent over one code, with an edge of half alpha."""
    pixels, alpha = pixels.copy(), np.full(pixels.shape[:2], 255, np.uint8)
    middle = pixels.shape[1] // 2
    pixels[:, middle:], alpha[:, middle:], alpha[:, middle - 1] = hidden, 0, 128
    return Image(pixels, alpha)


@pytest.fixture(scope="module")
def engine():
    return tf_nst.Engine()


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("init", ["matched", "style_statistics"])
def test_the_hidden_colours_of_both_pictures_decide_nothing(engine, size, init):
    painted = [
        tf_nst.stylize(
            half_hidden(PHOTO, hidden),
            half_hidden(PAINTING, 255 - hidden),
            engine=engine,
            **OPTIONS | {"size": size, "init": init},
        )
        for hidden in (0, 255)
    ]
    np.testing.assert_array_equal(painted[0].pixels, painted[1].pixels)
    assert painted[0].alpha.min() == 0 and painted[0].alpha.max() == 255


def test_windows_paint_what_the_whole_does(engine):
    given = half_hidden(PHOTO, 0), half_hidden(PAINTING, 0)
    options = OPTIONS | {"size": 64, "scales": 1, "precision": "float32"}
    whole = tf_nst.stylize(*given, engine=engine, **options).pixels.astype(int)
    windowed = tf_nst.stylize(*given, engine=engine, **options, tile=32).pixels.astype(int)
    assert np.abs(whole - windowed).max() <= 1


NEXT_TO_NOTHING = {
    "a style of one colour": (PHOTO, np.full_like(PAINTING, 90), {}),
    "a style of 8 pixels": (PHOTO, PAINTING[:8, :8], {}),
    "a style of a pixel": (PHOTO, PAINTING[:1, :1], {}),
    "a picture of a pixel": (PHOTO[:1, :1], PAINTING, {}),
    "a visible pixel": (PHOTO, Image(PAINTING, np.eye(*PAINTING.shape[:2], dtype=np.uint8)), {}),
}


@pytest.mark.parametrize("name", NEXT_TO_NOTHING)
@pytest.mark.parametrize("statistic", ["wasserstein", "gram", "mean_std"])
def test_next_to_nothing_is_painted(engine, name, statistic):
    content, style, options = NEXT_TO_NOTHING[name]
    near = {"content_layers": "conv1_1", "style_layers": "conv1_1", "scales": 1}
    options = OPTIONS | near | {"style_statistic": statistic} | options
    events = []
    tf_nst.stylize(content, style, engine=engine, listeners=(events.append,), **options)
    assert all(np.isfinite(value).all() for value in events[-1].values.values())
