"""The whole story of the studio's page, at the sizes of a desktop and of a telephone."""

import base64

import psutil
import pytest
from pages import DESKTOP, FEWER, TELEPHONE, Server, Studio, small_picture

SIZE = 96


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def server(folder, browser):
    started = Server(folder / "history")
    yield started
    started.close()


@pytest.fixture(scope="module")
def photo(folder):
    return small_picture("louvre_court.jpg", folder / "court.jpg", 160)


@pytest.fixture(scope="module")
def painting(folder):
    return small_picture("water_garden.jpg", folder / "garden.jpg", 160)


@pytest.fixture
def opened(browser, server):
    studios = []

    def open_page(screen, of=server):
        studios.append(Studio(browser, of, screen))
        return studios[-1]

    yield open_page
    for studio in studios:
        studio.close()


@pytest.mark.parametrize("screen", [DESKTOP, TELEPHONE], ids=["desktop", "telephone"])
def test_the_whole_story(screen, opened, photo, painting):
    studio = opened(screen)
    upload(studio, photo, painting)
    paint(studio)
    move_a_slider(studio)
    stop_and_go_further(studio)
    draw_a_mask(studio)
    look_at_the_history(studio)


def upload(studio, photo, painting):
    """Pictures are seen, and what they will take is said."""
    (page := studio.page).click("#tab-prepare")
    if page.locator("#photo img").count():
        page.locator("#photo").get_by_role("button", name="Remove").click()
    while count := page.locator("#paintings button").count():
        page.locator("#paintings button").first.click()
        page.wait_for_function(FEWER, arg=count)  # it goes when the page is drawn again
    page.set_input_files("#choose-photo", photo)
    page.locator("#photo img").wait_for()
    drop(page, painting)
    page.locator("#paintings img").wait_for()
    page.fill("#set-size-exact", str(SIZE))
    page.fill("#set-steps-exact", "900")
    page.press("#set-steps-exact", "Enter")
    page.get_by_text(f"{SIZE} × 72").wait_for()
    studio.check()


def drop(page, picture):
    """Drops a file on the page."""
    files = page.evaluate_handle(
        """([name, data]) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, {type: "image/jpeg"}));
          return transfer;
        }""",
        [picture.name, base64.b64encode(picture.read_bytes()).decode()],
    )
    page.dispatch_event("#stage", "drop", {"dataTransfer": files})


def paint(studio):
    """The picture appears and refines."""
    page = studio.page
    studio.paint()
    run = studio.until(lambda it: it["step"] > 6 and it["preview"], "a picture")
    assert run["size"] == [72, SIZE]
    page.locator("#after[src*='preview']").wait_for()
    studio.until(lambda it: it["preview"] > run["preview"], "another picture")
    page.locator("#curves svg").wait_for()
    assert "Style from" in page.locator("#curves svg").get_attribute("aria-label")
    studio.check()


def move_a_slider(studio):
    """It acts on the running picture: the loss of its role changes, and nothing is traced."""
    page, before = studio.page, studio.run()
    page.focus("#live-style_weight")
    page.keyboard.press("End")
    changed = studio.until(lambda it: it["weights"]["style_weight"] == 10_000, "the weight")
    assert changed["undo"] == 1
    after = studio.until(lambda it: it["step"] > changed["step"] + 6, "more steps")
    assert style_loss(after) > 2 * style_loss(before)
    assert after["traces"] == before["traces"]
    page.click("#undo")
    studio.until(lambda it: it["weights"]["style_weight"] == 270, "the weight of before")


def style_loss(run):
    return run["losses"]["style"][-1][1]


def stop_and_go_further(studio):
    page = studio.page
    page.click("#stop")
    stopped = studio.until(lambda it: it["status"] == "stopped", "the end")
    page.click("#further-steps")
    further = studio.until(lambda it: it["step"] > stopped["step"], "more steps")
    assert further["steps"] == stopped["step"] + 100
    page.click("#stop")
    studio.until(lambda it: it["status"] in ("stopped", "finished"), "the end")
    page.click("#compare")
    page.focus("#divider")
    page.keyboard.press("ArrowRight")
    assert page.locator("#divider").get_attribute("aria-valuenow") == "52"
    page.click("#actual")
    assert page.inner_text("#zoom") == "100 %"
    page.click("#fit")
    studio.check()


def draw_a_mask(studio):
    """What is drawn stays the photograph."""
    page = studio.page
    page.click("#to-masks")
    box = page.locator("#mask-canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 40, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=5)
    page.mouse.up()
    if studio.width < 500:
        page.touchscreen.tap(x, y + 20)
    page.locator("#mask-list").get_by_text("not drawn").wait_for()
    assert page.locator("#mask-list").get_by_text("drawn", exact=True).count() == 1
    studio.check()
    page.click("#masks-done")
    page.get_by_text("1 mask is used.").wait_for()
    studio.paint()
    run = studio.until(lambda it: it["step"] > 2 and it["masks"], "a picture with a mask")
    assert run["masks"]["keep"] and not run["masks"]["styles"]
    page.click("#stop")
    studio.until(lambda it: it["status"] == "stopped", "the end")


def look_at_the_history(studio):
    page = studio.page
    page.click("#to-history")
    count = len(studio.state()["history"])
    page.locator("#history li").nth(count - 1).wait_for()
    studio.check()
    page.locator("#history button").first.click()
    page.get_by_role("button", name="Paint again").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Flag file").click()
    assert download.value.suggested_filename.endswith(".cfg")
    studio.check()


def test_the_keyboard_alone_paints(opened, photo):
    """With the pictures and settings of the picture before."""
    studio = opened(DESKTOP)
    page = studio.page
    page.locator("#photo img").wait_for(state="attached")
    go_to(page, "tab-painting")
    page.keyboard.press("ArrowLeft")
    go_to(page, "choose-photo")
    page.keyboard.press("Enter")
    studio.wait(lambda: studio.choosers, "a file chooser")
    studio.choosers[0].set_files(photo)
    go_to(page, "paint")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    studio.paint(lambda: page.keyboard.press("Enter"))
    go_to(page, "stop")
    page.keyboard.press("Enter")
    studio.until(lambda it: it["status"] == "stopped", "the end")
    studio.check()


def go_to(page, name):
    """Presses Tab until an element of an id has the focus."""
    page.locator(f"#{name}").wait_for(state="attached")
    for _ in range(120):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_painter_that_dies_is_one_message_with_resume(opened, server):
    studio = opened(DESKTOP)
    page = studio.page
    page.click("#tab-prepare")
    studio.paint()
    studio.until(lambda it: it["step"] > 2 and it["status"] == "painting", "a picture")
    for child in psutil.Process(server.process.pid).children():
        child.kill()
    page.locator("#banner button").first.wait_for()
    assert page.locator("#banner p").count() == 1
    studio.check()
    page.locator("#banner .primary").click()  # Resume, or Begin again without a state yet
    studio.until(lambda it: it["status"] == "painting", "that it goes on")
    page.locator("#banner").wait_for(state="hidden")
    page.click("#stop")
    studio.until(lambda it: it["status"] == "stopped", "the end")


def test_the_history_is_there_after_a_restart(opened, server, folder):
    studio = opened(DESKTOP)
    count = len(studio.state()["history"])
    server.close()
    studio.page.get_by_text("server is gone").wait_for()
    again = Server(folder / "history")
    try:
        studio = opened(DESKTOP, again)
        studio.page.click("#to-history")
        studio.page.locator("#history li").nth(count - 1).wait_for()
        studio.page.locator("#history button").first.click()
        studio.page.locator("#details dt", has_text="Size").wait_for()
        studio.check()
        studio.page.get_by_role("button", name="Paint again").click()
        studio.page.locator("body:has(#photo [alt$='court.jpg']) [alt$='garden.jpg']").wait_for()
    finally:
        again.close()
