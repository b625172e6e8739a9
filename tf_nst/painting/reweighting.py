"""Other weights for a painting that is prepared: nothing is measured or compiled for them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tf_nst.config import options_from_config
from tf_nst.errors import UserError
from tf_nst.objective.image_layers import LAPLACIAN
from tf_nst.objective.terms import Term, Weight, reweighted
from tf_nst.painting.preparation import Painting

# Options that the weights of terms are proportional to, by the terms' role.
WEIGHTS = {"content": "content_weight", "style": "style_weight", "variation": "tv_weight"}


def reweight(painting: Painting, weights: Mapping[str, float]) -> Painting:
    """The painting with other weights of its losses.

    Args:
      weights: {option of WEIGHTS: number above 0}.

    Raises:
      UserError: another option, a number that is not above 0, or a loss that was prepared with a
        weight of 0 and so is not there.
    """
    before = options_from_config(painting.config)
    for name, weight in weights.items():
        if name not in WEIGHTS.values():
            raise UserError(f"{name}: expected one of {', '.join(WEIGHTS.values())}")
        if not (weight > 0 and before[name]):
            raise UserError(
                f"{name}: expected a number above 0 now and from the start, received {weight!r} "
                f"after {before[name]!r}"
            )
    factors = {name: weight / float(str(before[name])) for name, weight in weights.items()}
    terms = painting.job.terms
    job = painting.job._replace(
        terms=reweighted(terms, [_times(term.weight, _factor(term, factors)) for term in terms])
    )
    changed: dict[str, Any] = dict(weights)
    objective = replace(painting.config.objective, **changed)
    return painting._replace(job=job, config=replace(painting.config, objective=objective))


def _times(weight: Weight, factor: float) -> Weight:
    if isinstance(weight, tuple):
        return tuple(one * factor for one in weight)
    return weight * factor


def _factor(term: Term, factors: Mapping[str, float]) -> float:
    # The loss of edges is of the content's role, and has a weight of its own.
    return 1.0 if term.layer == LAPLACIAN else factors.get(WEIGHTS[term.role], 1.0)
