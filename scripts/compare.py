"""Compares two folders of pictures blindly: python scripts/compare.py A/ B/

Writes a page that shows pictures of the same name side by side, in random order and on random
sides, without saying which is whose. The page needs no network; at its end it saves choices.json.

    python scripts/compare.py A/ B/ --choices=choices.json

then prints how often the pictures of each folder were preferred. --sheets=FOLDER writes the same
comparisons as PNG files for judges who see only pictures, and a choices.json for them to fill in
with "left", "right" or "equal". docs/quality.md has more.
"""

import sys

from absl import app, flags
from benchmarks.painted import parse_pairs
from comparison.page import make_folder, page_data, write_page, write_sheets
from comparison.scoring import print_scores
from comparison.trials import make_trials

from tf_nst.errors import NstError, UserError

OUTPUT = flags.DEFINE_string("output", "page.html", "the page to write")
SHEETS = flags.DEFINE_string("sheets", "", "folder to write the comparisons to as pictures as well")
PAIRS = flags.DEFINE_list(
    "pairs", [], "CONTENT:STYLE, which are shown above the pictures CONTENT_x_STYLE"
)
SEED = flags.DEFINE_integer("seed", 0, "of order and sides", lower_bound=0)
TIMES = flags.DEFINE_integer("times", 2, "comparisons of each picture", lower_bound=1)
CHOICES = flags.DEFINE_multi_string(
    "choices", [], "choices.json to score; may be repeated, for several judges"
)


def main(argv):
    """Writes the page and the sheets, or scores choices; exits with 2 for what a user can mend."""
    try:
        if len(argv) != 3:
            raise UserError(f"expected two folders of pictures, received {len(argv) - 1}")
        if CHOICES.value:
            print_scores(*argv[1:], CHOICES.value)
        else:
            write_comparison(*argv[1:])
    except NstError as error:
        print(f"compare: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def write_comparison(first, second):
    """Writes what the flags ask for, and prints where."""
    how = {"seed": SEED.value, "times": TIMES.value}
    trials = make_trials(first, second, **how)
    if SHEETS.value:
        make_folder(SHEETS.value)
    write_page(OUTPUT.value, page_data(trials, originals(trials, PAIRS.value), **how))
    print(f"{OUTPUT.value}: {len(trials)} comparisons")
    if SHEETS.value:
        write_sheets(SHEETS.value, trials, **how)
        print(f"{SHEETS.value}: as pictures")


def originals(trials, texts):
    """{name of a picture: its photograph and painting}, of the pairs CONTENT:STYLE."""
    pairs = {pair.name: pair for pair in parse_pairs(texts)}
    names = {trial.name: trial.name.rpartition(".")[0] for trial in trials}
    return {name: pairs[stem] for name, stem in names.items() if stem in pairs}


if __name__ == "__main__":
    app.run(main)
