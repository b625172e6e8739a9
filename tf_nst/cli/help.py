"""What --help says: flags in groups, a line or two for each, or one flag whole; 80 columns."""

import difflib
import re
from itertools import groupby

from tf_nst.cli.arguments import SHORT
from tf_nst.config.options import Option
from tf_nst.errors import UserError

COLUMNS = 80
# Where what is said of a flag begins, and how long a default is shown beside its name.
_INDENT, _LONGEST_DEFAULT = 26, 20
FLAG_FILE = (
    "--flagfile",
    "=FILE",
    "more flags, one per line; flags after it override it; may be repeated",
)
# By group, in the order of --help. A flag without a group is of `control`.
GROUPS = {
    "pictures": "content style style_fade photos styles out init output preset images record",
    "look": "style_statistic style_layers content_layers content_loss tv_loss network weights "
    "pooling padding layers layer units ratios",
    "control": "",
    "speed": "size steps frame_steps every passes seconds scales optimizer learning_rate "
    "lbfgs_pairs average stop memory "
    "tile seed precision xla strategy deterministic processes runner runner_options",
    "server": "url grpc model header tls ca_file timeout retries max_megapixels "
    "max_request_megapixels max_pictures",
    "files": "quality bits output_profile keep_metadata sidecars preview_every preview "
    "monitor checkpoint_seconds resume overwrite json quiet verbose debug completion",
}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}


def help_text(table: tuple[Option, ...], usage: str, *, full: bool = False) -> str:
    """Usage, then the flags in groups.

    Args:
      full: whether all is said of each flag, as `--helpfull` has it; else its first clause.
    """
    order = list(GROUPS)
    options = sorted(table, key=lambda option: order.index(_group(option)))
    blocks = [usage]
    for group, members in groupby(options, _group):
        entries = [_whole(option) if full else _short(option) for option in members]
        blocks.append("\n".join([f"{group.capitalize()}:", *entries]))
    blocks[-1] += "\n" + entry(*FLAG_FILE)
    blocks.append("--help=FLAG describes one flag in full, --helpfull all flags; --version.")
    return "\n\n".join(blocks)


def flag_help(table: tuple[Option, ...], name: str) -> str:
    """All that there is to say of one flag: default, values, unit.

    Raises:
      UserError: no such flag.
    """
    options = {option.name: option for option in table}
    wanted = name.lstrip("-").replace("-", "_")
    option = options.get(SHORT.get(wanted, wanted))
    if wanted == "flagfile":
        return entry(*FLAG_FILE)
    if option is None:
        nearest = difflib.get_close_matches(wanted, options, n=3)
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        raise UserError(
            f"--help: expected a flag that --help lists, received {name!r}{hint}; flags of a "
            f"verb: tf-nst VERB --help={wanted}"
        )
    rows = {
        "default": option.default_text or ("required" if option.required else "none"),
        "values": option.type.values or "true|false, as --NAME, --NAME=false or --noNAME",
        "unit": option.unit,
        "group": _group(option),
    }
    lines = [entry(option.flag, "", option.help)]
    lines += [_folded(f"      {row:<9}", text, 15) for row, text in rows.items() if text]
    return "\n".join(lines)


def _group(option: Option) -> str:
    return _GROUP_OF.get(option.name, "control")


def _short(option: Option) -> str:
    equals = f"={option.default_text}" if option.default_text else ""
    shown = equals if len(equals) <= _LONGEST_DEFAULT else "=..."
    return entry(option.flag, shown, option.help.split(";")[0])


def _whole(option: Option) -> str:
    equals = f"={option.default_text}" if option.default_text else ""
    values = f" ({option.values_text})" if option.values_text else ""
    text = _folded(" " * 6, f"{option.help}{values}", 6)
    return f"{_folded('', f'  {option.flag}{equals}', 6)}\n{text}"


def entry(flag: str, equals: str, text: str) -> str:
    """A flag and its text side by side, or one below the other where the flag is long."""
    name = f"  {flag}{equals}"
    if len(name) > _INDENT - 2:
        return f"{name}\n{_folded(' ' * _INDENT, text, _INDENT)}"
    return _folded(name.ljust(_INDENT), text, _INDENT)


def _folded(first: str, text: str, indent: int) -> str:
    """Text after `first` in lines of at most COLUMNS, broken after blanks, commas and bars."""
    lines = [first]
    for part in re.findall(r"[^\s,|]*(?:[,|]+|\s+|$)", text):
        if len(lines[-1]) + len(part.rstrip()) > COLUMNS and lines[-1].strip():
            lines.append(" " * indent)
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)
