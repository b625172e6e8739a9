"""Neural style transfer for TensorFlow.

`tf_nst.stylize("me.jpg", "painting.jpg")` paints a picture; README.md has the rest.
"""

from tf_nst.version import VERSION as __version__

__all__ = ["__version__", "stylize"]


def __getattr__(name: str):
    """`stylize` comes with TensorFlow, which takes seconds to import: only when it is asked for."""
    if name == "stylize":
        from tf_nst.painting import stylize

        return stylize
    raise AttributeError(f"module 'tf_nst' has no attribute {name!r}")
