"""Builds docs/flags.md, all flags of all commands: python scripts/make_flags.py."""

from pathlib import Path

from tf_nst.cli.verbs import VERBS, flag_tables
from tf_nst.cli.visualize import KINDS
from tf_nst.config.options import Option

PAGE = Path(__file__).resolve().parents[1] / "docs" / "flags.md"
_HEAD = "| flag | default | values | meaning |\n|---|---|---|---|\n"
_ESCAPED_BAR = r"\|"
INTRODUCTION = """\
# Flags

This page is written by `python scripts/make_flags.py` from the options declared in the code. Every
command also takes `--flagfile=FILE`, a file with one flag per line; flags after it override it.
Dashes and underscores in a flag's name are equivalent, `-o` is `--output`, and pictures without a
flag are `--content` followed by `--style`. In a path, `~`, `$NAME` and `${NAME}` are replaced
unless the path exists as it is written; a `$` that names no variable stays. `--help=FLAG` describes
one flag in full. In Python, painting options are keyword arguments without the dashes: of
`tf_nst.stylize`, `tf_nst.export` and the functions of `tf_nst.viz`.
"""


def flags_page() -> str:
    """The whole page, in Markdown."""
    sections = [INTRODUCTION]
    for name, verb in VERBS.items():
        command = "tf-nst" if name == "paint" else f"tf-nst {name}"
        text = f"{verb.summary[0].upper()}{verb.summary[1:]}."
        tables = flag_tables(name)
        if "" in tables:
            sections.append(_section(f"## {command}", text, tables[""]))
            continue
        sections.append(f"## {command}\n\n{text}\n")
        sections += [
            _section(f"### {command} {kind}", f"Draws {KINDS[kind].summary}.", table)
            for kind, table in tables.items()
        ]
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
