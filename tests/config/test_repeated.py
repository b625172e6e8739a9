"""What is given twice in a list."""

import pytest

from tf_nst.config.repeated import repeated


@pytest.mark.parametrize(
    ("items", "index"),
    [("", None), ("abc", None), ("abab", 2), ("aba", 2), ("abb", 2), ([1, 1.0], 1)],
)
def test_the_first_item_that_occurred_before_is_named(items, index):
    assert repeated(items) == index
