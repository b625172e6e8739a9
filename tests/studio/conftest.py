"""Pages in a browser whose server's state is canned."""

import pytest


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    from pages import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture
def canned(browser):
    """(state) -> the page in Chromium, and its server."""
    from canned import canned_pages

    with canned_pages(browser) as open_page:
        yield open_page
