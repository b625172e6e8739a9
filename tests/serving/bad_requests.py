"""What docs/serving.md says is refused, as requests, with the line that refuses each; and some that
are answered."""

from answering import animated, counted, encoded

from tf_nst.serving.client import Request

PHOTO, STYLE = encoded(counted(30, 44)), encoded(counted(40, 34, 31))
PLAIN = Request(PHOTO)
STYLED = Request(PHOTO, STYLE, steps=1, size=40, style_weight=3.0, content_weight=0.5)


def different(index: int) -> Request:
    """A picture of another size and content for each index, by either signature."""
    photo = encoded(counted(20 + index % 9, 20 + index % 7, 1 + 2 * index))
    return STYLED._replace(content=photo) if index % 2 else Request(photo)


_UNKNOWN = "expected JPEG, PNG, WebP, BMP, received something else"
_DAMAGED = "expected a whole picture, received a damaged one"
_ANIMATION = "expected a still picture, received an animation"
BAD_PICTURES = {
    "no bytes": (b"", _UNKNOWN),
    "a text": (b"Dear diary", _UNKNOWN),
    "GIF": (encoded(counted(30, 44), "GIF"), _UNKNOWN),
    "APNG": (animated("PNG"), _ANIMATION),
    "animated WebP": (animated("WEBP"), _ANIMATION),
    "a cut header": (PHOTO[:30], "expected a whole picture, received one whose header is damaged"),
    "a cut JPEG": (encoded(counted(30, 44), "JPEG")[:-400], _DAMAGED),
    "a cut PNG": (PHOTO[: 3 * len(PHOTO) // 4], _DAMAGED),
    "a cut BMP": (encoded(counted(30, 44), "BMP")[:-400], _DAMAGED),
    "many pixels": (encoded(counted(200, 251)), "expected at most 50000 pixels"),
    "a line": (encoded(counted(1, 40)), "expected at least 2 x 2 pixels, received 40 x 1"),
}
_BAD_SETTINGS = {
    "no steps": ({"steps": 0}, "steps: expected 1 to 1, received 0"),
    "steps": ({"steps": 2}, "steps: expected 1 to 1, received 2"),
    "a size of 1": ({"size": 1}, "size: expected 2 to 64, received 1"),
    "size": ({"size": 65}, "size: expected 2 to 64, received 65"),
    "a negative weight": ({"style_weight": -1.0}, "style_weight: expected a finite number"),
    "an infinite weight": ({"content_weight": 1e39}, "content_weight: expected a finite number"),
}

BAD_REQUESTS = {
    **{
        f"content: {name}": (Request(data), f"content_bytes: {line}")
        for name, (data, line) in BAD_PICTURES.items()
    },
    **{
        f"style: {name}": (STYLED._replace(style=data), f"style_bytes: {line}")
        for name, (data, line) in BAD_PICTURES.items()
    },
    **{
        f"mask: {name}": (STYLED._replace(mask=data), f"mask_bytes: .*{line}" if line else "")
        for name, (data, line) in BAD_PICTURES.items()
        if name != "a line"
    },
    "mask: a line": (
        STYLED._replace(mask=encoded(counted(1, 40))),
        "mask_bytes: expected the aspect ratio of its picture, 40 x 27, received 40 x 1",
    ),
    **{name: (STYLED._replace(**setting), line) for name, (setting, line) in _BAD_SETTINGS.items()},
}

# Bodies of REST that no client of ours sends.
BAD_BODIES = {
    "no JSON": b"no JSON",
    "a list": b"[1, 2]",
    "no inputs": b'{"signature_name": "serving_default"}',
    "no such signature": b'{"signature_name": "paint", "inputs": {}}',
    "no such input": b'{"inputs": {"picture": ["x"]}}',
    "an input too few": b'{"inputs": {}}',
    "a number for bytes": b'{"inputs": {"content_bytes": [7]}}',
    "a number beyond 32 bits": b'{"signature_name": "stylize", "inputs": {"steps": 99999999999}}',
    "half a step": b'{"signature_name": "stylize", "inputs": {"steps": 1.5}}',
    "no base64": b'{"inputs": {"content_bytes": [{"b64": "***"}]}}',
    "a tensor above 1": b'{"signature_name": "stylize_tensor", "inputs": '
    b'{"content": [[[[2, 2, 2]]]], "style": [[[[0, 0, 0]]]]}}',
}
