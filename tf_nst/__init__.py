"""Neural style transfer for TensorFlow.

`tf_nst.stylize("me.jpg", "painting.jpg")` paints a picture, `tf_nst.export("models/nst",
"painting.jpg")` writes a model that a server paints with; README.md has the rest.
"""

from typing import TYPE_CHECKING

from tf_nst.version import VERSION as __version__

if TYPE_CHECKING:
    from tf_nst.config.presets import preset
    from tf_nst.engine.engine import Engine
    from tf_nst.painting import stylize
    from tf_nst.serving.export import export

__all__ = ["Engine", "__version__", "export", "preset", "stylize"]


def __getattr__(name: str) -> object:
    """Imports what is asked for: TensorFlow takes seconds, the flags of presets 0.1 s."""
    if name == "Engine":
        from tf_nst.engine.engine import Engine

        return Engine
    if name == "stylize":
        from tf_nst.painting import stylize

        return stylize
    if name == "preset":
        from tf_nst.config.presets import preset

        return preset
    if name == "export":
        from tf_nst.serving.export import export

        return export
    raise AttributeError(f"module 'tf_nst' has no attribute {name!r}")
