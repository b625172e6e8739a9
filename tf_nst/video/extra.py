"""PyAV, or a line about how to install it."""

from types import ModuleType

from tf_nst.errors import UserError

EXTRA = 'pip install "tf_nst[video]"'
_MISSING = f"films need PyAV and OpenCV: {EXTRA}"


def load_av() -> ModuleType:
    """The module av.

    Raises:
      UserError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise UserError(_MISSING) from error
    return av


def load_cv2() -> ModuleType:
    """The module cv2. Raises as `load_av`."""
    try:
        import cv2
    except ImportError as error:
        raise UserError(_MISSING) from error
    return cv2
