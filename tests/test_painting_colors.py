"""Which positions decide about colours: those that are visible, count and are painted."""

import numpy as np
import pytest
from paintings import OPTIONS

from tf_nst.config import config_from_options
from tf_nst.io.areas import Places
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import Painting, finished
from tf_nst.painting.arrangement import arrange

NOISE = np.random.default_rng(0)
# Of little noise: nothing leaves 0..255.
PHOTO = np.uint8(NOISE.normal((110, 120, 130), 8, (40, 40, 3)).round())
STYLE = np.uint8(NOISE.normal((190, 90, 60), 8, (40, 40, 3)).round())
STYLE[:, 20:] = NOISE.normal((60, 90, 200), 8, (40, 20, 3)).round()
LEFT = np.zeros((40, 40), np.uint8)
LEFT[:, :20] = 255


def inputs_of(photo, style, color, **places):
    config = config_from_options(OPTIONS | {"size": 40, "color": color})
    return config, read_inputs(config, photo, style, Places(**places))


def half_hidden(pixels) -> Image:
    """Its right half is transparent but for one column, whose colour fills it."""
    alpha = LEFT.copy()
    alpha[:, 39] = 1
    return Image(pixels.copy(), alpha)


@pytest.mark.parametrize(
    ("photo", "style", "places"),
    [
        (PHOTO, STYLE, {"style_mask": LEFT}),
        (PHOTO, half_hidden(STYLE), {}),
        (half_hidden(np.where(LEFT[..., None], PHOTO, 250)), STYLE[:, :20], {}),
    ],
    ids=["what counts of the style", "visible style", "visible photograph"],
)
def test_what_counts_of_a_style_has_the_colours_that_are_seen_of_the_photograph(
    photo, style, places
):
    pictures = arrange(*inputs_of(photo, style, "content", **places)).pictures
    colors = pictures["style"][0, :, :20].reshape(-1, 3)
    wanted = (PHOTO if photo is PHOTO else PHOTO[:, :20]).reshape(-1, 3) / 255
    np.testing.assert_allclose(colors.mean(0), wanted.mean(0), atol=2 / 255)
    np.testing.assert_allclose(colors.std(0), wanted.std(0), atol=2 / 255)


@pytest.mark.parametrize("hidden", [False, True], ids=["kept", "hidden"])
def test_what_is_painted_has_the_values_that_the_photograph_has_there(hidden):
    """Its left half is kept, or hidden: it is darker than the right one, as is the painting."""
    grey = np.linspace(20, 100, 40).round()
    grey[20:] += 100
    photo = np.uint8(np.broadcast_to(grey[:, None], (40, 40, 3)))
    given = Image(photo, 255 - LEFT) if hidden else photo
    config, inputs = inputs_of(given, STYLE, "histogram", **({} if hidden else {"keep": LEFT}))
    painted = np.float32(photo)[None, :, ::-1] / 255
    painting = Painting(None, config, inputs, None, None, None, False, None)
    result = finished(painting, painted).pixels
    np.testing.assert_allclose(np.sort(result[:, 20:], 1), np.sort(photo[:, 20:], 1), atol=1)
