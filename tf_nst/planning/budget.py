"""What each scale of a picture needs of the memory, whole or by windows, and what that leaves."""

import math
from typing import NamedTuple

from tf_nst.engine.windows import plan_windows
from tf_nst.model.networks import Network
from tf_nst.objective.terms import IMAGE, Term
from tf_nst.planning.memory import Sizes, estimate_bytes
from tf_nst.planning.schedule import Scale, style_sides


class Budget(NamedTuple):
    """What estimates are made of.

    Attributes:
      network: the layer table.
      terms: of the loss.
      dtype: of the features.
      picture, style: heights and widths in pixels at the last scale.
      limit: bytes that the run may take; None: as many as it likes.
    """

    network: Network
    terms: tuple[Term, ...]
    dtype: str
    picture: tuple[int, int]
    style: tuple[int, int]
    limit: float | None

    def estimate(self, scale: Scale, core: int, kept: int = 0) -> int:
        """Bytes at the peak of a scale, by windows of `core` pixels or (0) whole.

        Args:
          kept: bytes of the optimiser's.
        """
        layers = self.network.up_to(tuple(term.layer for term in self.terms if term.layer != IMAGE))
        content = tuple(term.layer for term in self.terms if term.role == "content")
        return estimate_bytes(layers, self._sizes(scale, core), self.dtype, kept, content)

    def room(self, scale: Scale, core: int) -> float:
        """Bytes that are left for the optimiser."""
        limit = math.inf if self.limit is None else self.limit
        return limit - self.estimate(scale, core)

    def _sizes(self, scale: Scale, core: int) -> Sizes:
        picture = scale[:2]
        share = max(picture) / max(self.picture)
        style = tuple(map(int, style_sides(*self.style, share)))
        if not core:
            return Sizes.whole(picture, style)
        plans = (plan_windows(self.network, self.terms, core, *size) for size in (picture, style))
        return Sizes.tiled(picture, *plans)
