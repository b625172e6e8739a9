"""What a painting would take, from the planner."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tf_nst.cli.flags import config_from_flags, places_from_flags, styles_from_flags
from tf_nst.engine.engine import Engine
from tf_nst.io.areas import Places
from tf_nst.io.images import Image, read_image
from tf_nst.io.inputs import read_inputs
from tf_nst.painting.preparation import foresee
from tf_nst.studio.settings import values_of


@lru_cache(2)
def _picture(path: str) -> Image:
    """A picture of the server's folder, whose files do not change: pages ask again and again."""
    return read_image(path)


def estimate(arguments: Mapping[str, str], engine: Engine) -> dict[str, Any]:
    """Seconds, the peak of the memory in bytes, the size [height, width], steps and notes.

    Raises as `read_inputs` and `foresee`.
    """
    values = values_of(arguments, "estimate.png")
    config, notes = config_from_flags(values), list[str]()
    places: dict[str, Any] = places_from_flags(values)
    styles = [(_picture(path), weight) for path, weight in styles_from_flags(values)]
    inputs = read_inputs(config, _picture(values.content), styles, Places(**places))
    ahead = foresee(config, inputs, notes.append, states=True, engine=engine)
    return {
        "seconds": round(ahead.plan.seconds, 1),
        "bytes": ahead.plan.peak_bytes,
        "size": list(inputs.content.size),
        "steps": sum(scale.steps for scale in ahead.workload.scales),
        "notes": [*inputs.notes, *notes],
    }
