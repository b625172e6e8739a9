"""Size of the water garden's canvas and the pigments it is painted with."""

import numpy as np

SIZE = (1000, 1280)
PIGMENTS = {
    "ultramarine": (0.20, 0.22, 0.55),
    "cobalt": (0.29, 0.36, 0.70),
    "violet": (0.34, 0.30, 0.62),
    "lavender": (0.62, 0.58, 0.80),
    "mauve": (0.56, 0.47, 0.64),
    "lilac white": (0.88, 0.82, 0.90),
    "rose": (0.84, 0.62, 0.74),
    "viridian": (0.13, 0.38, 0.32),
    "emerald": (0.22, 0.50, 0.30),
    "sap": (0.20, 0.32, 0.16),
    "leaf": (0.42, 0.54, 0.26),
    "olive": (0.48, 0.44, 0.20),
    "ochre": (0.66, 0.55, 0.27),
    "teal": (0.24, 0.46, 0.56),
    "sky": (0.55, 0.66, 0.84),
    "mint": (0.74, 0.85, 0.78),
    "white": (0.96, 0.94, 0.91),
    "yellow": (0.95, 0.80, 0.28),
    "orange": (0.91, 0.52, 0.24),
    "crimson": (0.70, 0.17, 0.24),
    "pink": (0.93, 0.60, 0.63),
    "night": (0.13, 0.16, 0.31),
}
PALETTE = np.array(list(PIGMENTS.values()), np.float32)


def pigment(name):
    """Return one pigment's RGB (3,) in 0..1."""
    return np.array(PIGMENTS[name], np.float32)
