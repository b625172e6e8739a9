"""Bad input: one line that says what is wrong, the exit code, and no file touched."""

from pathlib import Path

import pytest
from bad_files import FOLDERS, LYING_ABOUT
from bad_flags import TABLE
from command_line import GOOD, SHORT, assert_fine, assert_one_line, finish, snapshot, start_fresh


@pytest.fixture
def cluttered(folder) -> Path:
    """The folder with all that lies about in it."""
    for name, data in LYING_ABOUT.items():
        (folder / name).write_bytes(data)
    for name in FOLDERS:
        (folder / name).mkdir()
    return folder


@pytest.mark.parametrize("row", TABLE, ids=[row[0].replace("--", "") for row in TABLE])
def test_bad_input_is_one_line_and_exit_code_2_and_touches_nothing(cluttered, run_here, row):
    flags, *said = row
    before = snapshot(cluttered)
    ran = run_here(*GOOD, *flags.split(" "))
    assert_one_line(ran, 2, ("expected", *said))
    assert ran.out == ""
    assert snapshot(cluttered) == before


def test_what_the_table_spoils_is_good_by_itself(cluttered, run_here):
    ran = run_here(*GOOD, *SHORT)
    assert_fine(ran)


@pytest.mark.parametrize("flag", ["--content", "--style"])
def test_an_image_that_is_not_given_is_asked_for(folder, run_here, flag):
    others = [given for given in GOOD if not given.startswith(flag + "=")]
    assert_one_line(run_here(*others), 2, (f"{flag}: expected an image file, received nothing",))


@pytest.mark.parametrize("flags", ["--content=cut.jpg", "--size=abc", "--output=nowhere/out.png"])
def test_bad_input_in_a_fresh_process(cluttered, flags):
    before = snapshot(cluttered)
    ran = finish(start_fresh(cluttered, *GOOD, flags))
    assert_one_line(ran, 2, ("expected", flags[: flags.index("=")]))
    assert ran.out == ""
    assert snapshot(cluttered) == before
