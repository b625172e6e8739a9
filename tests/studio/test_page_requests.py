"""What the studio's page asks of its server, by a server whose state is canned."""

import io

import numpy as np
import pytest
from canned import mask, painted, png, run, until
from PIL import Image


def test_settings_that_are_as_by_default_are_not_sent(canned):
    page, server = canned()
    page.fill("#set-size-exact", "96")
    page.select_option("#set-color", "content")
    page.select_option("#set-color", "style")
    assert painted(page, server) == {
        "content": "p1",
        "styles": ["p2", "p3"],
        "settings": {"size": 96},
    }


RECIPES = [
    {"name": name, "summary": "", "thumbnail": None, "values": values}
    for name, values in {"monet": {"size": 384, "steps": 56}, "gatys": {"style_weight": 10}}.items()
]


def test_under_a_recipe_a_default_is_a_value_of_its_own(canned):
    page, server = canned(presets=RECIPES)
    page.locator("#settings summary").click()
    page.select_option("#set-preset", "monet")
    until(page, lambda: page.input_value("#set-size-exact") == "384")
    page.fill("#set-size-exact", "512")
    assert painted(page, server)["settings"] == {"preset": "monet", "size": 512}


def test_controls_show_the_values_of_the_recipe(canned):
    page, server = canned(presets=RECIPES)
    page.locator("#settings summary").click()
    page.select_option("#set-preset", "gatys")
    until(page, lambda: page.input_value("#set-style_weight-exact") == "10")
    page.select_option("#set-preset", "")
    until(page, lambda: page.input_value("#set-style_weight-exact") == "270")
    assert painted(page, server)["settings"] == {}


def test_seconds_take_the_place_of_steps(canned):
    page, server = canned()
    page.fill("#set-steps-exact", "30")
    page.check("#by-seconds")
    page.get_by_text("About 9 s · 100 MB · 120 × 90").wait_for()
    assert painted(page, server)["settings"] == {"seconds": 60}


def test_a_painting_without_a_mask_paints_what_the_others_leave(canned):
    page, server = canned()
    page.click("#to-masks")
    page.locator("#mask-list button").nth(1).click()
    half = np.zeros((90, 120), np.uint8)
    half[:, :60] = 255
    target = io.BytesIO()
    Image.fromarray(half).save(target, "PNG")
    page.set_input_files(
        "#mask-import", {"name": "half.png", "mimeType": "image/png", "buffer": target.getvalue()}
    )
    page.locator("#mask-list").get_by_text("drawn", exact=True).wait_for()
    page.click("#masks-done")
    body = painted(page, server)
    assert len(body["masks"]["styles"]) == 2 and "keep" not in body["masks"]
    first, second = map(mask, server.bodies("/api/pictures"))
    assert np.array_equal(first, half) and np.array_equal(second, 255 - half)


def test_masks_are_there_when_the_page_is_loaded_again(canned):
    page, _ = canned()
    page.click("#to-masks")
    page.locator("#mask-canvas").click()
    page.wait_for_function("() => sessionStorage.getItem('tf_nst_studio_masks')")
    before = page.evaluate("document.querySelector('#mask-canvas').toDataURL()")
    page.reload()
    page.get_by_text("1 mask is used.").wait_for()
    page.click("#to-masks")
    page.locator("#mask-list").get_by_text("drawn", exact=True).wait_for()
    assert page.evaluate("document.querySelector('#mask-canvas').toDataURL()") == before
    page.click("#mask-clear")
    page.wait_for_function(
        "() => !JSON.parse(sessionStorage.getItem('tf_nst_studio_masks')).masks.length"
    )
    page.reload()
    page.locator("#photo img").wait_for()
    assert not page.locator("#masks-line").is_visible()


def test_a_stroke_can_be_undone_and_exported(canned):
    page, _ = canned()
    page.click("#to-masks")
    page.locator("#mask-canvas").click()
    page.locator("#mask-list").get_by_text("drawn", exact=True).wait_for()
    with page.expect_download() as download:
        page.click("#mask-export")
    drawn = mask(download.value.path().read_bytes())
    assert drawn[45, 60] == 255 and drawn[0, 0] == 0
    page.click("#mask-undo")
    page.wait_for_function("() => !document.querySelector('#mask-list').innerText.match(/^drawn/m)")


def test_a_slider_asks_once_for_where_it_comes_to_rest(canned):
    page, server = canned(runs=[run("r1")])
    page.focus("#live-style_weight")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    until(page, lambda: server.bodies("/api/runs/r1/weights"))
    page.wait_for_timeout(400)
    (body,) = server.bodies("/api/runs/r1/weights")
    assert body["style_weight"] > 270


@pytest.mark.parametrize(
    ("status", "weights", "is_there"),
    [
        ("queued", {"style_weight": 10}, False),
        ("preparing", {}, False),
        ("preparing", {"style_weight": 10}, True),
        ("painting", {"style_weight": 10}, True),
        ("finished", {"style_weight": 10}, False),
    ],
)
def test_sliders_act_on_what_is_painted_once_its_weights_are_known(
    canned, status, weights, is_there
):
    page, _ = canned(runs=[run("r1", status=status, weights=weights, undo=1)])
    page.locator("#run-title").wait_for()
    assert page.locator("#live-controls").is_visible() == is_there
    assert page.locator("#undo").is_visible() == (status in ("preparing", "painting"))


def test_what_waits_has_a_place_and_can_be_cancelled(canned):
    waiting = [run("r2", status="queued", place=1), run("r3", status="queued", place=2)]
    page, server = canned(runs=[run("r1"), *waiting])
    page.get_by_text("Waiting, place 2").wait_for()
    page.locator("#queue").get_by_role("button", name="Cancel").first.click()
    until(page, lambda: ("DELETE", "/api/runs/r3") in [asked[:2] for asked in server.asked])


def test_a_click_on_a_try_paints_it_large(canned):
    tile = {"number": 1, "caption": "0.5x", "settings": {"style_size": "0.5x"}, "styles": ["p3"]}
    tile |= {"picture": "/api/sheets/s1/1.png", "status": "painted", "message": ""}
    page, server = canned(sheet={"id": "s1", "status": "painted", "content": "p1", "tiles": [tile]})
    page.click("#to-sheet")
    page.locator("#tiles button").click()
    until(page, lambda: server.bodies("/api/runs"))
    asked = {"content": "p1", "styles": ["p3"], "settings": {"style_size": "0.5x"}}
    assert server.bodies("/api/runs") == [asked]


def test_a_file_that_is_too_large_is_not_sent(canned):
    page, server = canned()
    large = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": png() + bytes(10**6)}
    page.set_input_files("#choose-painting", large)
    page.get_by_text("large.jpg has 1 MB; at most 1 MB are accepted.").wait_for()
    assert not server.bodies("/api/pictures")
