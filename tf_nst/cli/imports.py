"""TensorFlow's import, which is half of the time until a painting begins."""

import gc
import sys


def import_tensorflow() -> None:
    """Imports TensorFlow for a command: sooner than `import` does.

    What is imported stays until the end, so that no search for garbage, now or later, has to look
    through it.
    """
    if "tensorflow" in sys.modules:
        return
    gc.disable()
    try:
        import tensorflow  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()
