"""What tests of planned paintings share: small options, two pictures, their scales."""

import numpy as np
import pytest

from tf_nst.config import config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import Painting, prepare
from tf_nst.planning.schedule import Scale

OPTIONS = {
    "size": 64,
    "steps": 4,
    "weights": "random",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1:2",
    "precision": "float32",
}
PHOTO = (np.arange(48 * 64 * 3) * 7919 % 256).astype(np.uint8).reshape(48, 64, 3)
PAINTING = (np.arange(40 * 40 * 3) * 104729 % 256).astype(np.uint8).reshape(40, 40, 3)
# What is planned with one network loads it once.
ENGINE = Engine()
SCALES = (Scale(34, 45, 1), Scale(48, 64, 3))


def prepared(report=pytest.fail, photo=PHOTO, engine=ENGINE, **options) -> Painting:
    """What these options come to."""
    config = config_from_options(OPTIONS | options)
    return prepare(config, read_inputs(config, photo, PAINTING), report, engine=engine)
