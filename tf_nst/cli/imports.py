"""TensorFlow's import, which is half of the time until a painting begins."""

import gc
import sys


def import_tensorflow() -> None:
    """Imports TensorFlow for a command that draws no figures, a quarter sooner than `import` does.

    Keras imports Matplotlib where it is installed, for figures that nobody asks for here: meanwhile
    it counts as not installed. And what is imported stays until the end, so that no search for
    garbage, now or later, has to look through it.
    """
    if "tensorflow" in sys.modules:
        return
    sys.modules.setdefault("matplotlib", None)
    gc.disable()
    try:
        import tensorflow  # noqa: F401
    finally:
        if sys.modules["matplotlib"] is None:
            del sys.modules["matplotlib"]
        gc.freeze()
        gc.enable()
