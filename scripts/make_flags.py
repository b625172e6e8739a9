"""Builds docs/flags.md, all flags of all commands: python scripts/make_flags.py."""

from pathlib import Path

from tf_nst.cli.export import EXPORT_FLAGS
from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.serve_client import CLIENT_FLAGS
from tf_nst.cli.sheet import SHEET_FLAGS
from tf_nst.cli.visualize import KINDS, flags_of
from tf_nst.config.options import Option

PAGE = Path(__file__).resolve().parents[1] / "docs" / "flags.md"
_HEAD = "| flag | default | values | what it is |\n|---|---|---|---|\n"
_ESCAPED_BAR = r"\|"
INTRODUCTION = """\
# Flags

Written by `python scripts/make_flags.py` from the options as the code declares them. Every command
also takes `--flagfile=FILE`, a file of flags, one a line; those after it override it. Options of
painting are keyword arguments in Python, without the dashes: of `tf_nst.stylize`, `tf_nst.export`
and the functions of `tf_nst.viz`.
"""


def flags_page() -> str:
    """The whole page, in Markdown."""
    sections = [
        INTRODUCTION,
        _section("## tf-nst", "Paints a photograph in the manner of a painting.", PAINT_FLAGS),
        _section("## tf-nst-export", "Writes a model for TensorFlow Serving.", EXPORT_FLAGS),
        _section("## tf-nst-client", "Has a server paint a picture.", CLIENT_FLAGS),
        _section(
            "## tf-nst-sheet",
            "Paints a photograph small, by many styles and settings ([sheet.md](sheet.md)).",
            SHEET_FLAGS,
        ),
        "## tf-nst-visualize\n\nDraws what the layers of the network see.\n",
    ]
    for name, kind in KINDS.items():
        heading = f"### tf-nst-visualize {name}"
        sections.append(_section(heading, f"Draws {kind.summary}.", flags_of(name)))
    return "\n".join(sections)


def _section(heading: str, text: str, table: tuple[Option, ...]) -> str:
    rows = "".join(_row(option) for option in table)
    return f"{heading}\n\n{text}\n\n{_HEAD}{rows}"


def _row(option: Option) -> str:
    default = f"`{option.default_text}`" if option.default_text else ""
    cells = f"`{option.flag}`", default, option.values_text, option.help
    return f"| {' | '.join(cell.replace('|', _ESCAPED_BAR) for cell in cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(flags_page(), encoding="utf-8")
