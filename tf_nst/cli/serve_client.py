"""`tf-nst serve-client`: has a server paint a picture."""

import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG, IMAGE_FILE, OUTPUT_FILE, OVERWRITE
from tf_nst.cli.output_flags import QUIET
from tf_nst.cli.overwrite import check_again, check_overwrite
from tf_nst.cli.parsing import Values
from tf_nst.cli.run import same_file
from tf_nst.cli.streams import (
    STREAM,
    check_stdin,
    check_stdout,
    lines,
    output_name,
    picture_path,
    write_picture,
)
from tf_nst.cli.terminal import say
from tf_nst.config import MAX_SIDE, ObjectiveConfig
from tf_nst.config.options import Option
from tf_nst.config.value_types import Boolean, FilePath, Integer, Real, Text, ValueType
from tf_nst.errors import UserError
from tf_nst.serving.options import MAX_STEPS
from tf_nst.serving.server import MAX_SECONDS, Server, grpc_target, parse_header, rest_endpoint

if TYPE_CHECKING:
    from tf_nst.io.replacing import Data
    from tf_nst.io.writing import Files

USAGE = """\
tf-nst serve-client PHOTOGRAPH [PAINTING] [-o PICTURE] [flags]

Sends the photograph, turned upright, to a TensorFlow Serving server that has an
export of tf_nst, and writes the picture that it returns. Without a painting the
server uses its own style."""


class Header(ValueType):
    """HTTP headers, each given by a flag of its own."""

    expected = "NAME: VALUE"
    values = "NAME: VALUE"
    repeated = True

    def read(self, text: str, flag: str) -> tuple[str, str]:
        return parse_header(text, flag)

    def convert(self, value: object, flag: str) -> tuple[tuple[str, str], ...]:
        return tuple(cast(Iterable[tuple[str, str]], value))


_MASK = Option(
    "mask",
    None,
    IMAGE_FILE,
    "with --style: where it is painted; white: there; grey: partly; black: the photograph",
)
_SETTINGS = (
    Option(
        "steps",
        50,
        Integer(1, MAX_STEPS),
        "with --style: evaluations of the loss, up to the export's --steps",
    ),
    Option(
        "size",
        256,
        Integer(1, MAX_SIDE),
        "with --style: long side of the picture, up to the export's --size",
        "pixels",
    ),
    Option(
        "style_weight",
        ObjectiveConfig.style_weight,
        Real(),
        "with --style: weight of the style loss",
    ),
    Option(
        "content_weight",
        ObjectiveConfig.content_weight,
        Real(),
        "with --style: weight of the content loss",
    ),
)
_WITH_STYLE = (_MASK, *_SETTINGS)
CLIENT_FLAGS = (
    Option("content", None, IMAGE_FILE, "photograph to paint", required=True, positional=True),
    Option(
        "style", None, IMAGE_FILE, "painting to imitate; by default the export's", positional=True
    ),
    Option("output", "stylized.png", OUTPUT_FILE, "picture to write", required=True),
    Option("url", "http://localhost:8501", Text("a URL"), "address of the server's REST port"),
    Option(
        "grpc",
        None,
        Text("HOST:PORT"),
        "address of the server's gRPC port, used instead of --url",
    ),
    Option("model", "nst", Text("a name"), "the model's name on the server"),
    *_WITH_STYLE,
    Option(
        "header",
        None,
        Header(),
        "header of the request, such as a token; may be repeated; over gRPC it is metadata",
    ),
    Option("tls", False, Boolean(), "with --grpc: encrypt; for REST, use an https:// URL"),
    Option(
        "ca_file",
        None,
        FilePath("a PEM file"),
        "certificates to trust instead of the system's",
    ),
    Option(
        "timeout",
        300.0,
        Real(positive=True, most=MAX_SECONDS),
        "time limit for the answer, including all attempts and pauses",
        "seconds",
    ),
    Option("retries", 3, Integer(0, 100), "further attempts if no server is ready"),
    OVERWRITE,
    QUIET,
    DEBUG,
)

TABLES = {"": CLIENT_FLAGS}


def console() -> None:
    """The command alone."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, CLIENT_FLAGS, USAGE, _work)


def _work(values: Values) -> int:
    check_stdin(values)
    if values.output == STREAM:
        check_stdout()
    with lines(values.output, quiet=values.quiet):
        return request_picture(values)


def request_picture(values: Values) -> int:
    """Requests the picture of parsed flags from the server and writes it."""
    _check(values)
    server = _server(values)
    from tf_nst.serving.client import Request
    from tf_nst.serving.grpc import ask_grpc
    from tf_nst.serving.rest import ask_rest
    from tf_nst.serving.sending import mask_to_send, picture_received, picture_to_send

    check_name = _check_output(values)
    content = picture_to_send(values.content, "--content")
    style = picture_to_send(values.style, "--style") if values.style else None
    mask, notes = mask_to_send(values.mask, "--mask") if values.mask else (None, ())
    settings = {option.name: values[option.name].value for option in _SETTINGS}
    request = Request(content.data, style and style.data, mask=mask, **settings)
    for note in (*content.image.notes, *(style.image.notes if style else ()), *notes):
        say(f"note: {note}")
    began = time.perf_counter()
    answer = (ask_grpc if values.grpc else ask_rest)(server, request)
    image = picture_received(answer.image, content.image)
    data, lines_on_format = image.encode(picture_path(values.output))
    write_picture(values.output, partial(_files, data), check_name)
    for note in lines_on_format:
        say(f"note: {note}")
    losses = ", ".join(f"{loss:.4g}" for loss in answer.losses)
    seconds = time.perf_counter() - began
    say(f"painted {output_name(values.output)} ({image.width}×{image.height}, {seconds:.1f} s)")
    say(f"losses  {losses}")
    return 0


def _files(data: "Data", path: Path) -> "Files":
    """The picture; what the painting command wrote beside an earlier one goes."""
    from tf_nst.io.manifest import sidecar_files

    return {path: data, **sidecar_files(path, b"", None, "none")}


def _check_output(values: Values) -> Callable[[], None]:
    """Returns what checks the name again when the picture is written."""
    from tf_nst.io.writing import check_output

    if values.output == STREAM:
        return lambda: None
    check_output(values.output)
    check_name = check_again([values.output], values.overwrite)
    check_overwrite(values.output, values.overwrite)
    return check_name


def _check(values: Values) -> None:
    for name in ("content", "style", "mask"):
        if values[name].value and same_file(values.output, values[name].value):
            raise UserError(
                f"--output and --{name}: {values.output} would be overwritten, expected two files"
            )
    for option in _WITH_STYLE:
        if values[option.name].present and not values.style:
            raise UserError(
                f"{option.flag}: has no effect without --style, expected both or neither"
            )


def _server(values: Values) -> Server:
    """Raises UserError where an address, or what belongs to it, cannot be used."""
    server = Server(
        values.grpc or values.url,
        values.model,
        values.timeout,
        values.retries,
        tuple(values.header or ()),
        values.tls,
        values.ca_file,
    )
    if values.tls and not values.grpc:
        raise UserError("--tls: has no effect without --grpc, expected https:// in --url")
    (grpc_target if values.grpc else rest_endpoint)(server)
    return server
