"""Keras by TensorFlow, whatever else is set for other programs; import `keras` from here."""

import json
import os
import sys

from tf_nst.errors import UserError


def settings_path() -> str:
    """Keras' file of settings."""
    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    return os.path.join(home, "keras.json")


def chosen_backend() -> tuple[str, str]:
    """Keras' backend, and the setting that it is from: an environment variable or a file."""
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend(), "keras.backend"
    if backend := os.environ.get("KERAS_BACKEND"):
        return backend, "KERAS_BACKEND"
    path = settings_path()
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)["backend"], path
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow", path


def check_backend() -> None:
    """Refuses another backend, before Keras is imported for the whole process.

    Raises:
      UserError: which setting asks for another one.
    """
    backend, setting = chosen_backend()
    if backend != "tensorflow":
        raise UserError(
            f"{setting}: expected tensorflow, received {backend}; set KERAS_BACKEND=tensorflow "
            "before keras is imported"
        )


check_backend()

try:
    import keras
except (AttributeError, OSError, ValueError) as error:
    raise UserError(
        f"{settings_path()}: expected settings that Keras takes, received others ({error})"
    ) from error

__all__ = ["keras"]
