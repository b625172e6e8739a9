"""What the studio's page offers for paintings that ended without a picture. A canned server."""

import pytest
from canned import run, until

LEFT = {"place": None, "message": "killed", "resumable": True, "has_state": True}


def test_a_page_begins_with_the_pictures_of_the_command(canned):
    """Whatever an earlier studio left."""
    given = {"content": "p3", "styles": ["p1"]}
    page, _ = canned(runs=[run("r1", status="crashed", **LEFT)], given=given)
    page.locator("#photo [alt$='p3.jpg']").wait_for()
    assert page.locator("#paintings img").count() == 1
    page.locator("#paintings [alt$='p1.jpg']").wait_for()
    page.get_by_role("button", name="Resume").wait_for()


def test_paintings_alone_are_no_photograph(canned):
    page, _ = canned(given={"content": None, "styles": ["p2"]})
    page.locator("#paintings [alt$='p2.jpg']").wait_for()
    assert not page.locator("#photo img").count()


@pytest.mark.parametrize("status", ["crashed", "failed"])
def test_what_ended_with_a_state_is_one_message_with_resume(canned, status):
    page, server = canned(runs=[run("r1", status=status, **LEFT)])
    page.get_by_role("button", name="Resume").click()
    until(page, lambda: server.bodies("/api/runs/r1/resume"))
    assert page.get_by_text("killed").count() == 1


def test_without_a_state_that_can_be_used_it_begins_again(canned):
    page, server = canned(runs=[run("r1", status="crashed", **LEFT | {"has_state": False})])
    page.get_by_role("button", name="Begin again").click()
    until(page, lambda: server.bodies("/api/runs/r1/resume"))


def test_what_is_discarded_is_removed(canned):
    page, server = canned(runs=[run("r1", status="crashed", **LEFT)])
    questions = []
    page.once("dialog", lambda it: (questions.append(it.message), it.dismiss()))
    page.get_by_role("button", name="Discard").click()
    page.once("dialog", lambda it: it.accept())
    page.get_by_role("button", name="Discard").click()
    until(page, lambda: server.asked_for("/api/runs/r1") == ["DELETE"])
    assert questions == ["Discard p1, and what is painted of it?"]


def test_what_is_put_off_is_not_removed_and_its_message_stays_beside_it(canned):
    page, server = canned(runs=[run("r1", status="failed", **LEFT)])
    page.get_by_role("button", name="Not now").click()
    page.locator("#banner").wait_for(state="hidden")
    page.locator("#run-message", has_text="killed").wait_for()
    assert server.asked_for("/api/runs/r1") == []
