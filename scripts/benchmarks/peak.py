"""The peak memory of a process."""

import math
import sys

try:
    import resource
except ImportError:  # Windows
    resource = None


def peak_bytes() -> float:
    """The most memory in bytes that this process has had; NaN where the system does not say."""
    if resource is None:
        return math.nan
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
