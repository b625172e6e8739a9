"""What a TensorFlow Serving server is asked, by REST (rest.py) or gRPC (grpc.py), and answers."""

import json
import re
from typing import NamedTuple

from tf_nst.config import ObjectiveConfig
from tf_nst.errors import NstError, RunError, UserError

MOST_ANSWER_BYTES = 1 << 28
SETTINGS = ("steps", "size", "style_weight", "content_weight")
INVALID = "the server's answer is not one of an export of tf_nst; expected image_bytes and losses"


class Request(NamedTuple):
    """A request: without a style it takes the one that was baked in, with its settings.

    Attributes:
      content, style: encoded pictures, upright.
      mask: the same, white where a style that is brought is painted; None: everywhere.
      steps, size: numbers; `size` in pixels of the long side.
      style_weight, content_weight: as the command's flags.
    """

    content: bytes
    style: bytes | None = None
    steps: int = 50
    size: int = 256
    style_weight: float = ObjectiveConfig.style_weight
    content_weight: float = ObjectiveConfig.content_weight
    mask: bytes | None = None

    @property
    def signature(self) -> str:
        """The name of the signature that answers."""
        if self.style is None:
            return "serving_default"
        return "stylize" if self.mask is None else "stylize_masked"

    @property
    def inputs(self) -> dict[str, object]:
        """The signature's inputs by name; bytes are encoded pictures."""
        content: dict[str, object] = {"content_bytes": [self.content]}
        if self.style is None:
            return content
        settings = {name: getattr(self, name) for name in SETTINGS}
        mask = {} if self.mask is None else {"mask_bytes": [self.mask]}
        return content | mask | {"style_bytes": self.style} | settings


class Answer(NamedTuple):
    """The painted picture, a PNG, and its losses in the order of the export's record."""

    image: bytes
    losses: list[float]


def refusal(code: str, body: bytes, *, of_request: bool) -> NstError:
    """The error of a request that was refused.

    Args:
      code: the status.
      body: what the server says.
      of_request: whether the request is at fault.
    """
    kind: type[NstError] = UserError if of_request else RunError
    return kind(f"the server refused ({code}): {error_text(body)}")


def error_text(body: bytes) -> str:
    """A server's message on an error, in one line."""
    try:
        text = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        text = body.decode(errors="replace")
    refused = re.search(r"assertion failed: \[(.*?)\]\s*(?:\[\[|$)", text, re.DOTALL)
    return " ".join((refused[1] if refused else text).split())[:500] or "nothing more"
