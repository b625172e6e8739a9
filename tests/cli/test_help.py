"""--help: what it shows of every flag, and that it needs no TensorFlow."""

import re

import pytest
from absl import flags as absl_flags
from command_line import finish, start_fresh

from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.help import COLUMNS, GROUPS, flag_help, help_text
from tf_nst.cli.run import USAGE, main
from tf_nst.cli.verbs import VERBS, flag_tables
from tf_nst.config import (
    COLORS,
    CONTENT_LOSSES,
    LEAST_TILE,
    MAX_PAIRS,
    MAX_SEED,
    MAX_SIDE,
    NETWORKS,
    OPTIMIZERS,
    PADDINGS,
    POOLINGS,
    PRECISIONS,
    STARTS,
    STRATEGIES,
    STYLE_STATISTICS,
    TILES,
    VARIATION_LOSSES,
    XLA_CHOICES,
    StylizeConfig,
    option_names,
    options_from_config,
)
from tf_nst.config.lengths import MAX_SCALES, MAX_STEPS
from tf_nst.model.weights import WORDS
from tf_nst.optim.optimizers import OPTIMIZERS as OPTIMIZER_ROWS
from tf_nst.version import VERSION

# What --help must say of each flag: unit and range, or every choice.
HELP_PARTS = {
    "content": ("image file",),
    "style": ("image file", "folder", "PATH:WEIGHT", "blended"),
    "mask": ("image file", "auto:N", "white"),
    "keep": ("image file", "photograph"),
    "style_mask": ("image file", "white"),
    "labels": ("colour",),
    "output": (".png", ".jpg", ".webp", ".tiff"),
    "preset": ("paper", "override", "gatys"),
    "size": ("pixels", f"1 to {MAX_SIDE}"),
    "style_size": ("pixels", f"0 to {MAX_SIDE}", "never enlarged", "0.5x"),
    "style_strength": ("from 0 to 1", "photograph"),
    "color": COLORS,
    "feather": ("pixels", f"0 to {MAX_SIDE}"),
    "steps": ("evaluations", f"1 to {MAX_STEPS}", "separated by commas", "0 leaves a scale out"),
    "seconds": ("instead of --steps", "above 0", "NAME.cfg"),
    "scales": ("sizes", f"0 to {MAX_SCALES}", "sqrt(2)"),
    "network": NETWORKS,
    "weights": (*WORDS, "in the package", "PATH", "59 to 80 MB"),
    "pooling": POOLINGS,
    "padding": (*PADDINGS, "border"),
    "content_layers": ("NAME:WEIGHT",),
    "style_layers": ("NAME:WEIGHT",),
    "content_weight": ("0 or more",),
    "style_weight": ("0 or more",),
    "tv_weight": ("0 or more",),
    "laplacian_weight": ("0 or more", "edges"),
    "content_loss": CONTENT_LOSSES,
    "style_statistic": STYLE_STATISTICS,
    "tv_loss": VARIATION_LOSSES,
    "init": STARTS,
    "optimizer": OPTIMIZERS,
    "learning_rate": ("above 0", "share", "pixel values", *OPTIMIZERS),
    "lbfgs_pairs": ("moves", f"1 to {MAX_PAIRS}", "pictures"),
    "average": ("0 or more and less than 1", "best", "adam"),
    "stop": ("0 or more and less than 1", "ten steps", "never"),
    "memory": ("GB", "free"),
    "tile": (*TILES, "pixels", f"{LEAST_TILE} to {MAX_SIDE}", "each scale", "same picture"),
    "seed": (f"0 to {MAX_SEED}",),
    "precision": PRECISIONS,
    "xla": XLA_CHOICES,
    "strategy": (*STRATEGIES, "one picture"),
    "deterministic": ("fixed order",),
    "output_profile": ("srgb", "input"),
    "preview_every": ("steps", "0"),
    "keep_metadata": ("EXIF", "place"),
    "checkpoint_seconds": ("seconds", "never"),
    "resume": ("NAME.state",),
    "overwrite": ("true", "false", "ask", "terminal"),
    "debug": ("tracebacks",),
    "quality": ("1 to 100", "lossless", "WebP", "95"),
    "bits": ("8", "16", "PNG", "TIFF"),
    "sidecars": ("all", "record", "none", "NAME.json"),
    "json": ("stdout",),
    "quiet": ("errors",),
    "verbose": ("every option",),
    "monitor": ("TensorBoard", "DIR"),
}


def explained() -> dict[str, tuple[str, str]]:
    """{flag: (default, what is said)} as --help=FLAG has them, folded lines joined."""
    entries = {}
    for option in PAINT_FLAGS:
        shown = flag_help(PAINT_FLAGS, option.name)
        assert shown.startswith(f"  {option.flag} ")
        joined = re.sub(r"\n {8,}", " ", shown)
        default = re.search(r"default  +(.+)", joined)[1].replace(", ", ",")
        entries[option.name] = ("" if default in ("none", "required") else default), joined
    return entries


@pytest.mark.parametrize("flag", ["--help", "-h", "-help", "--helpshort", "--helpfull"])
def test_help_shows_usage_and_every_flag_and_exits_0(flag, capsys):
    assert main(["tf-nst", "--size=abc", flag]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == help_text(PAINT_FLAGS, USAGE, full=flag == "--helpfull") + "\n"
    assert shown.out.startswith(USAGE)
    for name in (*option_names(), "content", "style", "output", "flagfile"):
        assert f"\n  --{name}" in shown.out


def test_help_says_units_ranges_and_choices_of_every_flag():
    entries = explained()
    assert entries.keys() == HELP_PARTS.keys()
    for name, parts in HELP_PARTS.items():
        said = re.sub(r"(?<=[,|]) ", "", entries[name][1])
        for part in parts:
            assert re.sub(r"(?<=[,|]) ", "", part) in said, name


def test_help_shows_the_defaults_of_the_config():
    entries, defaults = explained(), options_from_config(StylizeConfig())
    for name, default in defaults.items():
        shown = "" if default is None else str(default)
        shown = shown.lower() if isinstance(default, bool) else shown
        assert entries[name][0] == shown, name
    for name, row in OPTIMIZER_ROWS.items():
        said = re.search(rf"{name}: [^;]* by default ([\d.e-]+)", entries["learning_rate"][1])[1]
        assert float(said) == row.learning_rate
    averaged = {name: row.decay for name, row in OPTIMIZER_ROWS.items() if row.decay}
    assert averaged == {"adam": 0.9} and "by default 0.9 for adam, else 0" in entries["average"][1]


@pytest.mark.parametrize("full", [False, True])
def test_help_has_groups_and_80_columns(full):
    for verb in VERBS:
        for table in flag_tables(verb).values():
            shown = help_text(table, "", full=full)
            assert max(map(len, shown.splitlines())) <= COLUMNS
            for option in table:
                assert f"\n  {option.flag}" in shown
                assert max(map(len, flag_help(table, option.name).splitlines())) <= COLUMNS
    headings = re.findall(r"^(\w+):$", help_text(PAINT_FLAGS, ""), re.MULTILINE)
    assert headings == ["Pictures", "Look", "Control", "Speed", "Files"]
    assert max(map(len, USAGE.splitlines())) <= COLUMNS


def test_groups_name_flags_that_there_are():
    tables = [table for verb in VERBS for table in flag_tables(verb).values()]
    known = {option.name for table in tables for option in table}
    assert {name for names in GROUPS.values() for name in names.split()} <= known


@pytest.mark.parametrize("flag", ["style-size", "style_size", "--style-size", "o", "flagfile"])
def test_help_of_one_flag(flag, capsys):
    assert main(["tf-nst", f"--help={flag}"]) == 0
    shown = capsys.readouterr().out
    name = {"o": "output", "flagfile": "flagfile"}.get(flag, "style_size")
    assert shown.startswith(f"  --{name}") and ("pixels" in shown) == (name == "style_size")


def test_version(capsys):
    assert main(["tf-nst", "--version"]) == 0
    assert capsys.readouterr() == (f"tf-nst {VERSION}\n", "")


def test_help_shows_nothing_of_other_libraries():
    shown = help_text(PAINT_FLAGS, USAGE)
    for foreign in ("verbosity", "logtostderr", "pdb", "undefok", "helpxml", "only_check_args"):
        assert foreign not in shown


def test_flags_of_other_libraries_are_unknown_and_they_know_none_of_ours(capsys):
    before = set(absl_flags.FLAGS)
    assert main(["tf-nst", "--verbosity=1"]) == 2
    assert "--verbosity" in capsys.readouterr().err
    assert set(absl_flags.FLAGS) == before


# --- fresh processes -------------------------------------------------------------------------


def test_help_and_a_mistyped_flag_are_answered_without_tensorflow(tmp_path):
    code = """
import sys
from tf_nst.cli.run import main
codes = [main(["tf-nst", "--help"]), main(["tf-nst", "--content=a", "--style=b", "--size=0"])]
heavy = {"tensorflow", "keras", "numpy", "PIL", "h5py"} & set(sys.modules)
print(codes, sorted(heavy))
"""
    ran = finish(start_fresh(tmp_path, code=code))
    assert ran.code == 0
    assert ran.out.endswith("\n[0, 2] []\n")
    assert ran.err.startswith("tf_nst: --size: ") and ran.err.count("\n") == 1


def test_help_into_a_closed_pipe_is_silent(tmp_path):
    process = start_fresh(tmp_path, "--help")
    process.stdout.close()
    err = process.stderr.read()
    process.wait(timeout=60)
    assert err == ""
