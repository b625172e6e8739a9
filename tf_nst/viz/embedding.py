"""Pictures inside an HTML page."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

QUALITY = 84
# Pictures of fewer pixels are shown as squares, and JPEG would blur those.
SMALL = 120


def image_element(codes: NDArray[np.uint8], text: str) -> str:
    """[h, w, 3] uint8 as an element with its data inside; `text`, its description, is escaped."""
    small = max(codes.shape[:2]) < SMALL
    kind = "png" if small else "jpeg"
    options: dict[str, Any] = {} if small else {"quality": QUALITY, "optimize": True}
    buffer = io.BytesIO()
    Pillow.fromarray(codes).save(buffer, kind, **options)
    data = base64.b64encode(buffer.getvalue()).decode()
    shape = f'width="{codes.shape[1]}" height="{codes.shape[0]}"'
    look = ' class="squares"' if small else ""
    return f'<img{look} {shape} alt="{text}" src="data:image/{kind};base64,{data}">'
