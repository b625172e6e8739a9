"""Paints with a student or a teacher through tf_nst's own engine. This file needs TensorFlow."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_nst.config import ObjectiveConfig
from tf_nst.engine.job import Job
from tf_nst.engine.optimizers import adam
from tf_nst.engine.precision import choose_precision
from tf_nst.engine.schedule import plan_scales
from tf_nst.engine.strategy import device_type, make_strategy
from tf_nst.engine.stylize import stylize
from tf_nst.io.images import fit_size, read_image, resize_image
from tf_nst.model.hdf5 import Arrays
from tf_nst.model.networks import Network
from tf_nst.model.vgg import build_extractor
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, build_terms, term_values, total


def read_float(path: str, side: int) -> np.ndarray:
    """[1, H, W, 3] float32 in 0..1, the long side `side` pixels (or the picture's, if smaller)."""
    image = read_image(path)
    side = min(side, max(image.height, image.width))
    return resize_image(image, *fit_size(image.height, image.width, side)).to_float()[None]


class Painter:
    """tf_nst with one network, at one scale with Adam: the steps are alike for every network."""

    def __init__(self, network: Network, arrays: Arrays, dtype: str = ""):
        self.config, self.network = ObjectiveConfig(), network
        self.terms = build_terms(self.config, network)
        layers = used_layers(self.config, network)
        strategy = make_strategy("auto", 1, print)
        dtype = dtype or choose_precision("auto", "auto", device_type(strategy)).dtype
        self.extractor = build_extractor(network, layers, arrays, dtype=dtype)

    def paint(
        self,
        content: np.ndarray,
        style: np.ndarray,
        steps: int,
        *,
        initial: np.ndarray | None = None,
        pause_every: int = 0,
        listeners: tuple[Callable, ...] = (),
    ) -> np.ndarray:
        """Paints [B, H, W, 3] after [1, h, w, 3], float32 in 0..1, from `initial` or the content.

        Events come at each multiple of `pause_every` steps, if it is not 0.

        Returns:
          The pictures [B, H, W, 3].
        """
        job = Job(
            extractor=self.extractor,
            terms=self.terms,
            scales=plan_scales(*content.shape[1:3], (steps,), 1),
            optimizers=(adam(0.05),),
            fallback=adam(0.05),
            content=content,
            style=style,
            initial=content if initial is None else initial,
            pause_every=pause_every,
        )
        return stylize(job, listeners).numpy()

    def judge(self, content: np.ndarray, style: np.ndarray, pictures: np.ndarray) -> list[dict]:
        """The objective at each of `pictures` [B, H, W, 3]: its terms by name, and "total"."""
        objective = build_objective(self.extractor, self.terms, content, style)
        rows = []
        for picture in pictures:
            values = term_values(objective, tf.constant(picture[None]))
            row = {name: float(value[0]) for name, value in values.items()}
            rows.append({**row, "total": float(total(self.terms, values)[0])})
        return rows
