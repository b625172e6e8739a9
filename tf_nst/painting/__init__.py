"""From pictures and a config to a job of the engine and back: what the command and Python share."""

from tf_nst.painting.api import finished, stylize
from tf_nst.painting.preparation import Painting, prepare

__all__ = ["Painting", "finished", "prepare", "stylize"]
