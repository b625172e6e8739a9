"""What the tests of every statistic share: who is tested, features, and a loss of one term."""

import numpy as np
import pytest
import reference
from objective.samples import make_term

from tf_nst.objective.objective import build_objective
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import CONTENT, STYLE

every_statistic = pytest.mark.parametrize("statistic", STATISTICS)
additive_ones = pytest.mark.parametrize(
    "statistic", [name for name, row in STATISTICS.items() if row.additive]
)

# Whose distance from itself is a difference of roots, so that rounding is left of it.
ROUNDED = ("wasserstein",)

FEATURES = 10 * reference.counting(5, 7, 4)
# Its channels have other sizes: where two statistics are nearly equal, rounding is all there is.
OTHER = np.array([16.0, 10.0, 4.0, 1.0]) * reference.counting(5, 7, 4, start=17)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]
LAYER = "block2_conv1"
DEEP = "block4_conv1"


def objective_of(statistic, make_extractor, content, style, weight=1.0):
    terms = (make_term(statistic, LAYER, weight),)
    return build_objective(make_extractor((LAYER,)), terms, {CONTENT: content, STYLE: style})
