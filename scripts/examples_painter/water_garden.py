"""The style picture: a lily pond painted in layers of broken colour."""

import numpy as np

from examples_painter.fields import luminance, mix
from examples_painter.garden import build_garden, make_pads
from examples_painter.garden_palette import PALETTE
from examples_painter.garden_plants import (
    bridge_accents,
    grass_accents,
    iris_accents,
    willow_accents,
)
from examples_painter.garden_touches import FLOWERS, flower_accents, pad_accents
from examples_painter.paint import paint


def varnish(picture):
    """Return `picture` (rows, columns, 3) with deeper darks, clear whites and an aged warmth."""
    grey = luminance(picture)[..., None]
    calm = mix(grey, picture, np.full(picture.shape[:2], 0.92, np.float32))
    warm = calm * np.array([1.05, 1.0, 0.975], np.float32)
    return np.clip(0.42 + (warm - 0.42) * 1.18, 0, 1)


def make_water_garden(seed):
    """Return the painted water garden (rows, columns, 3) in 0..1."""
    rng = np.random.default_rng(seed)
    pads = make_pads(rng)
    reference, orientation, detail = build_garden(pads, rng)
    accents = [*grass_accents(rng), *iris_accents(rng), *bridge_accents(rng)]
    accents += [strokes for pad in pads for strokes in pad_accents(pad, pads, rng)]
    accents += [strokes for flower in FLOWERS for strokes in flower_accents(*flower, rng)]
    accents += willow_accents(rng)
    picture = paint(reference, orientation, PALETTE, detail=detail, accents=accents, seed=seed)
    return varnish(picture)
