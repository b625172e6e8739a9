"""The flags of what a command writes: encoding, files beside the picture, lines."""

from dataclasses import replace

from tf_nst.cli.parsing import Values, is_later
from tf_nst.cli.streams import picture_path
from tf_nst.config.encoding import Quality
from tf_nst.config.options import Option
from tf_nst.config.value_types import Boolean, Choice
from tf_nst.errors import UserError

SIDECARS = ("all", "record", "none")
QUIET = Option("quiet", False, Boolean(), "print errors only")
JSON = Option("json", False, Boolean(), "print the record on stdout, and lines on stderr")
OUTPUT_FLAGS = (
    Option(
        "quality",
        None,
        Quality(),
        "quality of JPEG, WebP and AVIF; by default 95; lossless: WebP only",
    ),
    Option(
        "bits",
        None,
        Choice(("8", "16")),
        "bits per channel of the file; 16: PNG and TIFF only; by default the photograph's",
    ),
    Option(
        "sidecars",
        "all",
        Choice(SIDECARS),
        "files beside the picture; all: NAME.json, the record, and NAME.cfg; record: NAME.json",
    ),
    JSON,
    replace(QUIET, help="print errors only, and the record with --json"),
    Option(
        "verbose",
        False,
        Boolean(),
        "print every option as resolved, and each progress report on its own line",
    ),
)


def check_encoding(values: Values) -> None:
    """Drops --quality and --bits of a flag file that a later --output overrides.

    Raises:
      UserError: they are for another format than --output's.
    """
    from tf_nst.io.encoding import check_bits, check_quality

    for name, check in (("quality", check_quality), ("bits", check_bits)):
        flag = values[name]
        try:
            if flag.value is not None:
                check(picture_path(values.output), flag.value)
        except UserError:
            if not is_later(values["output"], flag):
                raise
            flag.value = None
