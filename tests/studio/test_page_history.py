"""What the studio's page does with finished pictures, by a server whose state is canned."""

import numpy as np
import pytest
from canned import mask, painted, picture, until

ENTRY = {
    **{"id": "h1", "name": "p1.jpg", "when": "2026-11-27T12:00:00", "width": 120, "height": 90},
    **{"settings": {"size": 96}, "command": "tf-nst me.jpg", "notes": [], "has_flags": True},
}


def paint_again(page):
    page.click("#to-history")
    page.locator("#history button").click()
    page.get_by_role("button", name="Paint again").click()


def test_a_picture_of_an_earlier_studio_is_painted_again_with_its_masks(canned):
    page, server = canned(history=[ENTRY], pictures=[])
    kept = {"content": "p4", "styles": ["p5"], "masks": {"keep": "m1", "styles": []}}
    server.answers["/api/history/h1/pictures"] = kept
    paint_again(page)
    server.state["pictures"] = [picture("p4"), picture("p5")]
    page.get_by_text("1 mask is used.").wait_for()
    body = painted(page, server)
    assert (body["content"], body["styles"], body["settings"]) == ("p4", ["p5"], {"size": 96})
    (keep,) = map(mask, server.bodies("/api/pictures"))
    assert np.unique(keep).tolist() == [128] and list(body["masks"]) == ["keep"]


def test_without_its_pictures_the_settings_are_taken(canned):
    page, server = canned(history=[ENTRY])
    server.answers["/api/history/h1/pictures"] = None
    paint_again(page)
    page.get_by_text("Add the photograph and the paintings again.").wait_for()
    assert painted(page, server)["settings"] == {"size": 96}


CLIPBOARDS = {
    "takes": "{writeText: async (text) => (window.copied = text)}",
    "refuses": "{writeText: async () => { throw new Error('not allowed'); }}",
    "is not there": "undefined",
}


def copy_the_command(page, clipboard):
    page.evaluate(
        f"Object.defineProperty(navigator, 'clipboard', {{value: {CLIPBOARDS[clipboard]}}})"
    )
    page.click("#to-history")
    page.locator("#history button").click()
    page.get_by_role("button", name="Copy the command").click()


def test_the_command_is_copied(canned):
    page, _ = canned(history=[ENTRY])
    copy_the_command(page, "takes")
    page.get_by_text("The command is copied.").wait_for()
    assert page.evaluate("window.copied") == "tf-nst me.jpg"


@pytest.mark.parametrize("clipboard", ["refuses", "is not there"])
def test_a_command_that_cannot_be_copied_is_shown_and_selected(canned, clipboard):
    page, _ = canned(history=[ENTRY])
    copy_the_command(page, clipboard)
    page.get_by_label("The command, selected").wait_for()
    assert page.evaluate("getSelection().toString()") == "tf-nst me.jpg"
    assert not page.get_by_text("is copied").count()


def test_explain_opens_the_lesson_once_it_is_ready(canned):
    page, server = canned(history=[ENTRY])
    page.click("#to-history")
    page.locator("#history button").click()
    page.get_by_role("button", name="Explain").click()
    until(page, lambda: server.bodies("/api/lessons/h1"))
    server.state["lessons"] = {"h1": {"status": "ready", "message": ""}}
    link = page.get_by_role("link", name="Open the lesson")
    assert link.get_attribute("href") == "/api/lessons/h1.html"
