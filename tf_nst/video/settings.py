"""The options of a film beside those of its frames."""

from dataclasses import dataclass

from tf_nst.config.lengths import MAX_STEPS
from tf_nst.config.options import convert_options, option
from tf_nst.config.value_types import Boolean, Integer, Real

MOST_PASSES = 20
MOST_EVERY = 100


@dataclass(frozen=True)
class FilmConfig:
    """How frames hang together."""

    frame_steps: int = option(
        30,
        Integer(1, MAX_STEPS),
        "evaluations of the loss for each frame after the first of a shot",
        "steps",
    )
    temporal_weight: float = option(
        200.0,
        Real(),
        "weight of the term that ties a frame to those before it, moved along the flow; 0: it is "
        "tied by its start only",
    )
    every: int = option(
        1,
        Integer(1, MOST_EVERY),
        "paint every N-th frame of a shot; those in between are painted ones moved along the flow",
        "frames",
    )
    passes: int = option(
        1,
        Integer(1, MOST_PASSES),
        "sweeps over each shot, forward and backward in turn; with more than one, what is hidden "
        "for a while looks the same when it reappears",
    )
    loop: bool = option(
        False,
        Boolean(),
        "whether the film is a loop, whose end leads to its start; it must have no cuts, and takes "
        "at least two sweeps",
    )

    def __post_init__(self) -> None:
        convert_options(self)

    @property
    def sweeps(self) -> int:
        """How often each frame is painted."""
        return max(2, self.passes) if self.loop else self.passes
