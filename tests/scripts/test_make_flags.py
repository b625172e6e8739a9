"""The page of all flags: up to date, and a table that Markdown can read."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from make_flags import PAGE, flags_page


def test_the_page_is_what_the_options_declare():
    message = "python scripts/make_flags.py writes it"
    assert PAGE.read_text(encoding="utf-8") == flags_page(), message


def test_every_row_has_a_flag_and_its_help_in_four_cells():
    rows = [line for line in flags_page().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    for row in rows:
        flag, *_, text = re.split(r"(?<!\\)\|", row)[1:-1]
        assert re.fullmatch(r" `--\w+` ", flag) and text.strip()
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
