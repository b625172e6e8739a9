"""`tf-nst-client`: has a server paint a picture."""

import io
import math
import sys
import time

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import Flag
from tf_nst.cli.run import same_file
from tf_nst.errors import RunError, UserError

USAGE = """\
tf-nst-client --content=PHOTOGRAPH [--style=PAINTING] [--output=PICTURE] [flags]

Sends the photograph, turned upright, to a TensorFlow Serving server that holds an export of tf_nst,
and writes the picture that it answers with. Without --style the server's own style is painted."""

CLIENT_FLAGS = (
    Flag("content", "string", None, "photograph to paint; an image file"),
    Flag("style", "string", None, "painting in whose manner; by itself the server's own"),
    Flag("output", "string", "stylized.png", "picture to write: .png .jpg .webp .tiff"),
    Flag("url", "string", "http://localhost:8501", "of the server's REST port"),
    Flag("grpc", "string", None, "HOST:PORT of the server's gRPC port, used in place of --url"),
    Flag("model", "string", "nst", "the model's name on the server"),
    Flag("steps", "integer", 50, "with --style: 1 to the export's own"),
    Flag("size", "integer", 256, "with --style: long side in pixels, up to the export's own"),
    Flag("style_weight", "float", 10.0, "with --style: weight of the style loss, 0 or more"),
    Flag("content_weight", "float", 1.0, "with --style: weight of the content loss, 0 or more"),
    Flag("timeout", "float", 300.0, "seconds that an answer may take, above 0"),
    Flag("retries", "integer", 3, "further attempts at a server that is away or busy, 0 to 100"),
    Flag("debug", "boolean", False, "show tracebacks and TensorFlow's own messages"),
)
_WITH_STYLE = ("steps", "size", "style_weight", "content_weight")


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, CLIENT_FLAGS, USAGE, ask)


def ask(values) -> int:
    """Asks for the picture of parsed flags and writes it."""
    _check(values)
    from tf_nst.io.writing import check_output
    from tf_nst.serving.client import Request, Server, ask_grpc, ask_rest, upright_bytes

    check_output(values.output)
    style = upright_bytes(values.style, "--style") if values.style else None
    asked = {name: values[name].value for name in _WITH_STYLE}
    request = Request(upright_bytes(values.content, "--content"), style, **asked)
    server = Server(values.grpc or values.url, values.model, values.timeout, values.retries)
    began = time.perf_counter()
    answer = (ask_grpc if values.grpc else ask_rest)(server, request)
    image = _image(answer.image)
    for note in image.save(values.output):
        print(f"note: {note}")
    losses = ", ".join(f"{loss:.4g}" for loss in answer.losses)
    seconds = time.perf_counter() - began
    print(f"painted {values.output} ({image.width}×{image.height}, {seconds:.1f} s)")
    print(f"losses  {losses}")
    return 0


def _check(values) -> None:
    if not values.content:
        raise UserError("--content: expected an image file, received nothing")
    for name in ("content", "style"):
        if values[name].value and same_file(values.output, values[name].value):
            raise UserError(
                f"--output and --{name}: {values.output} would be written over, expected two files"
            )
    for name in _WITH_STYLE:
        if values[name].present and not values.style:
            raise UserError(f"--{name}: has no effect without --style, expected both or neither")
    if not 0 < values.timeout < math.inf:
        raise UserError(
            f"--timeout: expected a number of seconds above 0, received {values.timeout}"
        )
    if not 0 <= values.retries <= 100:
        raise UserError(f"--retries: expected 0 to 100, received {values.retries}")


def _image(data: bytes):
    import numpy as np
    from PIL import Image as Pillow

    from tf_nst.io.images import Image

    try:
        with Pillow.open(io.BytesIO(data)) as picture:
            return Image(np.asarray(picture.convert("RGB")))
    except Exception as error:  # Pillow raises nearly everything on damaged files
        raise RunError("the server's image_bytes are no picture; expected a PNG") from error
