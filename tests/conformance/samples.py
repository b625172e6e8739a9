"""What the tests of every statistic share: who is tested, features, and a loss of one term."""

import numpy as np
import pytest
import reference
from objective.samples import make_term

from tf_nst.objective.objective import build_objective
from tf_nst.objective.statistics import STATISTICS, find_statistic
from tf_nst.objective.terms import CONTENT, STYLE, network_layers

NAMES = (*STATISTICS, "1.25")
ADDITIVE = tuple(name for name in NAMES if find_statistic(name).additive)
every_statistic = pytest.mark.parametrize("statistic", NAMES)
additive_ones = pytest.mark.parametrize("statistic", ADDITIVE)

# Whose distance from itself is a difference of roots, or of a cosine and 1: rounding is left of it.
ROUNDED = ("wasserstein", "nearest")

FEATURES = 10 * reference.counting(5, 7, 4)
# Its channels have other sizes: where two statistics are nearly equal, rounding is all there is.
OTHER = np.array([16.0, 10.0, 4.0, 1.0]) * reference.counting(5, 7, 4, start=17)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]
LAYER = "block2_conv1"
DEEP = "block4_conv1"


def objective_of(statistic, make_extractor, content, style, weight=1.0):
    terms = (make_term(statistic, LAYER, weight),)
    extractor = extractor_of(make_extractor, terms)
    return build_objective(extractor, terms, {CONTENT: content, STYLE: style})


def extractor_of(make_extractor, terms, **choices):
    """The extractor of the layers of these terms, of one at least."""
    return make_extractor(network_layers(terms) or (LAYER,), **choices)
