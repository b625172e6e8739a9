"""Every way to say where pulls at what it shows, and at nothing that is kept."""

import numpy as np
import pytest
import tensorflow as tf
from paintings import OPTIONS, PAINTING, PHOTO

from tf_nst.config import config_from_options
from tf_nst.engine.scales import measure
from tf_nst.io.inputs import Places, read_inputs
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import Objective
from tf_nst.painting import prepare

HEIGHT, WIDTH = PHOTO.shape[:2]
LEFT = np.zeros((HEIGHT, WIDTH), np.uint8)
LEFT[:, : WIDTH // 2] = 255
FADE = np.uint8(np.broadcast_to(np.linspace(0, 255, WIDTH), (HEIGHT, WIDTH)))
TOP = np.zeros((40, 40), np.uint8)
TOP[:20] = 255
WAYS = {
    "mask": (1, {"mask": LEFT}),
    "two masks": (2, {"mask": [LEFT, 255 - LEFT]}),
    "masks that overlap": (2, {"mask": [LEFT, np.full_like(LEFT, 255)]}),
    "fade": (1, {"mask": FADE}),
    "keep": (1, {"keep": LEFT}),
    "style_mask": (1, {"style_mask": TOP}),
    "labels": (1, {"labels": [LEFT, TOP]}),
    "auto": (1, {"mask": "auto:3"}),
}
REGIONS = {"two masks": 2, "masks that overlap": 2, "labels": 2, "auto": 3}


def gradients_of(styles: int, places: dict):
    """Of each region its mask [H, W] and the size of its gradient [H, W]."""
    config = config_from_options(OPTIONS | {"scales": 1, "init": "content"})
    inputs = read_inputs(config, PHOTO, [PAINTING, PAINTING[::-1]][:styles], Places(**places))
    painting = prepare(config, inputs, lambda _: None)
    job = painting.job
    measured = measure(job, painting.engine, job.scales[-1], 0)
    image = tf.constant(job.initial)
    for region in job.blends:
        terms = tuple(term for term in job.terms if term.of == region)
        pull = value_and_grad(Objective(job.extractor, terms, *measured), image).gradient
        mask = job.masks.get(terms[0].mask, np.ones([HEIGHT, WIDTH], np.float32))
        yield mask, np.abs(pull[0]).max(axis=2)


@pytest.mark.parametrize("way", WAYS)
def test_each_region_pulls_at_what_its_mask_shows(way):
    """Past it only as far as the layers see, and not at all at what is kept."""
    if way == "auto":
        pytest.importorskip("skimage")
    regions = list(gradients_of(*WAYS[way]))
    assert len(regions) == REGIONS.get(way, 1)
    for mask, pull in regions:
        assert np.isfinite(pull).all()
        assert (pull[mask > 0] > 0).mean() > 0.95
    if way in ("mask", "keep"):
        kept = regions[0][0] == 0
        assert kept.mean() == 0.5 and not regions[0][1][kept].any()
