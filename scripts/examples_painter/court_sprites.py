"""Drawn silhouettes of people and lamp posts, and the sun on them."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from examples_painter.court_light import AMBIENT, SUN, SUN_COLOUR

UNIT = 330
OVERSIZE = 3
COATS = (
    (0.05, 0.06, 0.09),
    (0.20, 0.05, 0.05),
    (0.04, 0.04, 0.04),
    (0.28, 0.24, 0.17),
    (0.07, 0.10, 0.17),
    (0.38, 0.37, 0.35),
    (0.11, 0.08, 0.05),
    (0.06, 0.08, 0.07),
    (0.03, 0.03, 0.04),
    (0.50, 0.47, 0.42),
)
TROUSERS = ((0.04, 0.05, 0.09), (0.05, 0.05, 0.05), (0.14, 0.12, 0.09), (0.10, 0.12, 0.17))
SKIN, HAIR = (0.42, 0.27, 0.19), (0.07, 0.05, 0.035)
IRON, LANTERN = (0.045, 0.055, 0.05), (0.62, 0.60, 0.52)

# Coats: height of the hem below the crown, half width there, in metres.
HEMS = ((0.98, 0.16), (1.04, 0.18), (1.34, 0.21), (1.42, 0.25))

# Parts of a lamp post: half width, top and foot below its tip, in metres.
POST = (
    (0.035, 1.0, 6.0),
    (0.06, 3.6, 6.0),
    (0.11, 5.1, 6.0),
    (0.19, 5.6, 6.0),
    (0.08, 1.55, 1.68),
    (0.10, 4.9, 5.0),
)


def _colour(reflectance):
    """Return an 8-bit RGB tuple of a linear reflectance, square-root coded."""
    return tuple(int(255 * channel**0.5) for channel in reflectance)


class Pen:
    """Draws on a transparent image in metres: across from the middle, down from the top."""

    def __init__(self, width, height, unit):
        """Open a sheet of `width` by `height` metres with `unit` pixels to the metre."""
        self.image = Image.new("RGBA", (int(width * unit), int(height * unit)))
        self._draw, self._unit, self._middle = ImageDraw.Draw(self.image), unit, width / 2

    def _pixels(self, places):
        """Return pixel places of (across, down) pairs in metres."""
        return [((self._middle + x) * self._unit, y * self._unit) for x, y in places]

    def line(self, places, width, reflectance):
        """Draw a bent line of `width` metres."""
        pixels = max(int(width * self._unit), 1)
        self._draw.line(self._pixels(places), _colour(reflectance), pixels, "curve")

    def fill(self, places, reflectance):
        """Fill a polygon."""
        self._draw.polygon(self._pixels(places), _colour(reflectance))

    def oval(self, first, second, reflectance, arc=(0, 360)):
        """Fill an ellipse, or its chord between two degrees, in the box of two corners."""
        box = self._pixels((first, second))
        self._draw.chord(box, *arc, fill=_colour(reflectance))


def _draw_limbs(pen, side, stride, swing, coat, legs):
    """Draw the leg, shoe and arm of one `side` (-1 or 1) for a stride and swing in metres."""
    foot = side * stride
    pen.line(((side * 0.05, 0.9), (side * (stride * 0.6 + 0.03), 1.34), (foot, 1.77)), 0.105, legs)
    pen.oval((foot - 0.06, 1.72), (foot + 0.11, 1.80), legs)
    arm = ((side * 0.13, 0.42), (side * 0.20, 0.68), (side * 0.18 + swing, 0.93))
    pen.line(arm, 0.08, coat)


def _draw_body(pen, coat, hem, flare):
    """Draw coat, head and hair."""
    side = ((0.06, 0.33), (0.165, 0.38), (0.12, 0.74), (flare, hem))
    pen.fill([*side, *((-x, y) for x, y in reversed(side))], coat)
    pen.oval((-0.07, 0.12), (0.07, 0.32), SKIN)


def draw_person(rng):
    """Return the image of a person 1.8 m tall in a sheet 1 m wide."""
    pen = Pen(1.0, 1.8, UNIT)
    stride, swing = rng.uniform(0.02, 0.15), rng.uniform(-0.08, 0.08)
    coat, legs = COATS[rng.integers(len(COATS))], TROUSERS[rng.integers(len(TROUSERS))]
    for side in (-1, 1):
        _draw_limbs(pen, side, stride, swing, coat, legs)
    _draw_body(pen, coat, *HEMS[rng.integers(len(HEMS))])
    pen.oval((-0.085, 0.095), (0.08, 0.31), HAIR, (150 - 60 * rng.random(), 370))
    if rng.random() < 0.4:
        pen.fill(((0.10, 0.66), (0.27, 0.66), (0.27, 0.92), (0.10, 0.92)), legs)
    return pen.image


def draw_lamp():
    """Return the image of a lamp post 6 m tall in a sheet 1.5 m wide."""
    pen = Pen(1.5, 6.0, UNIT // 2)
    for half, top, low in POST:
        pen.fill(((-half, top), (half, top), (half, low), (-half, low)), IRON)
    glass = ((-0.30, 0.55), (0.30, 0.55), (0.17, 1.25), (-0.17, 1.25))
    pen.fill(glass, LANTERN)
    pen.line((*glass, glass[0]), 0.04, IRON)
    pen.line(((0, 0.55), (0, 1.25)), 0.03, IRON)
    pen.fill(((-0.36, 0.56), (0.36, 0.56), (0.1, 0.2), (-0.1, 0.2)), IRON)
    pen.oval((-0.08, 0.02), (0.08, 0.22), IRON)
    return pen.image


def light_sprite(image):
    """Return radiance (rows, columns, 3) and cover (rows, columns) of a drawn RGBA `image`."""
    size = image.width // OVERSIZE, image.height // OVERSIZE
    image = image.resize(size, Image.Resampling.LANCZOS)
    round_off = image.getchannel("A").filter(ImageFilter.GaussianBlur(5))
    slope = np.gradient(np.asarray(round_off, np.float32) / 255, axis=1)
    side = np.clip(0.45 - 9 * slope * np.sign(SUN[0]), 0.05, 1.0)
    light = SUN_COLOUR * 0.6 * side[..., None] + AMBIENT * 0.6
    solid = np.asarray(image.convert("RGB"), np.float32) / 255
    return solid**2 * light, np.asarray(image.getchannel("A"), np.float32) / 255
