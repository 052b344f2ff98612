"""What the comparison page can do with its images, on small pages made for it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from sample_pages import COLOURS, ERROR_PX, ERRORS, METHODS, PHONE, TEMPLATE, Opened

pytest_plugins = ["browsing"]


def zooms(opened: Opened, keys: str) -> list[str]:
    """The zoom after each key."""
    texts = []
    for key in keys:
        opened.page.keyboard.press(key)
        left, right = opened.boxes()
        assert left == right
        texts.append(opened.zoom())
    return texts


def test_zoom_goes_in_whole_pixels(visit, few):
    opened = visit(few)
    # 240 px; the stage has room for 3.4 times as much.
    expect(opened.page.locator("#name")).to_have_text("small")
    assert opened.zoom() == "fit, 3"
    assert zooms(opened, "+++++") == ["4", "6", "8", "16", "16"]
    assert opened.boxes()[0]["width"] == 16 * 240
    assert zooms(opened, "0---o") == ["fit, 3", "2", "1", "1", "1"]
    assert opened.boxes()[0]["width"] == 240
    opened.page.get_by_role("button", name="Zoom in").click()
    assert opened.boxes()[0]["width"] == 2 * 240
    opened.page.get_by_role("button", name="Fit").click()
    opened.page.get_by_role("button", name="1:1").click()
    assert opened.boxes()[0]["width"] == 240
    # One that is wider than the stage.
    opened.press("n")
    expect(opened.page.locator("#name")).to_have_text("wide")
    fitting, *rest = zooms(opened, "0+-")
    assert fitting.startswith("fit, 0.")
    assert rest == ["1", fitting]


@pytest.mark.parametrize("screen", [1, 1.5, 2])
def test_pixels_are_smooth_below_3_and_hard_from_there(visit, few, screen):
    opened = visit(few, device_scale_factor=screen)
    for side in ("left", "right"):
        opened.page.locator(f"#{side}").select_option("HR")
    opened.page.keyboard.press("o")
    greys = {}
    for factor in (1, 2, 3, 4):
        assert opened.zoom() == str(factor)
        assert opened.boxes()[0]["width"] == 240 * factor / screen
        shot = opened.shot()
        width, height = shot.size
        middle = shot.crop((width // 2 - 90, height // 2 - 70, width // 2 - 50, height // 2 - 40))
        greys[factor] = set(np.asarray(middle)[..., 0].flatten().tolist())
        opened.page.keyboard.press("+")
    assert greys[1] == greys[3] == greys[4] == {90, 110}
    assert not greys[2] & {90, 110}


def test_images_pan_in_step_by_keys_and_mouse(visit, few):
    opened = visit(few)
    page = opened.page
    opened.press(*"++++")
    positions = [opened.boxes()[0]]

    def moved() -> tuple[float, float]:
        left, right = opened.boxes()
        assert left == right
        positions.append(left)
        return tuple(left[axis] - positions[-2][axis] for axis in "xy")

    # Wherever the focus is.
    for focus in ("#right", "#split", "#next", "#left"):
        page.locator(focus).focus()
        opened.press("Shift+ArrowRight", "Shift+ArrowDown")
        assert moved() == (-60, -60)
        opened.press("Shift+ArrowLeft", "Shift+ArrowUp")
        assert moved() == (60, 60)
    assert (opened.value("right"), opened.value("split")) == ("mine", "50")
    box = page.locator("#stage").bounding_box()
    at = (box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1] + 20, steps=3)
    page.mouse.up()
    assert moved() == (40, 20)
    page.keyboard.down("Control")
    page.mouse.wheel(0, 100)
    page.keyboard.up("Control")
    assert opened.zoom() == "8"
    moved()
    # The point below the pointer stayed where it was.
    for axis, side, where in (("x", "width", at[0] + 40), ("y", "height", at[1] + 20)):
        before, after = ((where - box[axis]) / box[side] for box in positions[-2:])
        assert after == pytest.approx(before, abs=0.001)


def test_fingers_pan_and_pinch_to_whole_steps(visit, few):
    opened = visit(few, **PHONE)
    session = opened.page.context.new_cdp_session(opened.page)
    box = opened.page.locator("#stage").bounding_box()
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": at[0], "y": at[1], "id": i} for i, at in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        # Browsers tell of moves once per frame.
        frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        opened.page.evaluate(frame)

    button = opened.page.get_by_role("button", name="Hold for HR").bounding_box()
    touch("touchStart", (button["x"] + 20, button["y"] + 20))
    expect(opened.page.locator("#stage")).to_have_attribute("data-shown", "original")
    touch("touchEnd")
    expect(opened.page.locator("#stage")).to_have_attribute("data-shown", "both")
    fitting = opened.boxes()[0]["width"]
    touch("touchStart", (x - 20, y), (x + 20, y))
    touch("touchMove", (x - 30, y), (x + 30, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    left, right = opened.boxes()
    assert left == right
    assert left["width"] == pytest.approx(3 * fitting, rel=0.02)
    touch("touchEnd")
    assert opened.zoom() in ("4", "6")
    before = opened.boxes()[0]
    touch("touchStart", (x, y))
    touch("touchMove", (x - 10, y))
    touch("touchMove", (x - 50, y - 30))
    touch("touchEnd")
    panned, right = opened.boxes()
    assert panned == right
    assert panned["x"] == pytest.approx(before["x"] - 50, abs=1)
    opened.press("n")
    expect(opened.page.locator("#name")).to_have_text("wide")
    assert opened.page.evaluate("scrollX + scrollY") == 0


def test_zoom_and_place_stay_from_photo_to_photo(visit, few):
    opened = visit(few)
    opened.press(*"+++", "Shift+ArrowRight", "Shift+ArrowUp")
    before = opened.boxes()[0]
    opened.press(*"nn")
    expect(opened.page.locator("#name")).to_have_text("large")
    assert opened.boxes()[0] == before
    # Nor is the place lost on the way, where a photo is shown whole.
    opened.press("p", "0", "n", *"++++")
    assert opened.zoom() == "16"


def test_digits_and_rows_switch_methods_at_the_same_spot(visit, few):
    # High enough that nothing scrolls.
    opened = visit(few, viewport={"width": 1280, "height": 1500})
    opened.press(*"++", "Shift+ArrowRight")
    before = opened.boxes()
    opened.press("2")
    assert (opened.value("left"), opened.value("right")) == ("bicubic", "worse")
    opened.press("Shift+Digit3")
    assert (opened.value("left"), opened.value("right")) == ("mine", "worse")
    expect(opened.page.locator("#right-image")).to_have_attribute("alt", "small, worse")
    opened.press("9")
    rows = opened.page.locator("#scores tr")
    rows.nth(0).click()
    assert (opened.value("left"), opened.value("right")) == ("mine", "bicubic")
    rows.nth(1).click(modifiers=["Shift"])
    assert (opened.value("left"), opened.value("right")) == ("worse", "bicubic")
    expect(rows.nth(1)).to_contain_text("left")
    rows.nth(2).get_by_role("button", name="mine").press("Enter")
    assert (opened.value("left"), opened.value("right")) == ("worse", "mine")
    assert opened.page.evaluate("document.activeElement.textContent") == "3 mine"
    assert opened.boxes() == before


def test_keys_are_text_while_typing_and_can_be_switched_off(visit, few):
    opened = visit(few)
    name = opened.page.locator("#name")
    for key, photo in zip("njpkk", ("wide", "large", "wide", "small", "large"), strict=True):
        opened.press(key)
        expect(name).to_have_text(photo)
    expect(opened.page.locator("#status")).to_contain_text("Photo 3 of 3, x2: left bicubic")
    current = opened.page.locator("[aria-current=true]")
    expect(current).to_have_count(1)
    expect(current).to_contain_text("large")
    search = opened.page.get_by_role("searchbox", name="Name contains")
    search.press_sequentially("n+kp2 d")
    opened.press("ArrowLeft")
    assert (search.input_value(), opened.value("split")) == ("n+kp2 d", "50")
    assert (opened.value("right"), name.text_content()) == ("mine", "large")
    search.fill("")
    opened.page.get_by_text("Keys and gestures").click()
    opened.page.get_by_role("checkbox", name="Single letters").uncheck()
    opened.press(*"nd2+")
    expect(name).to_have_text("large")
    expect(opened.page.get_by_role("button", name="Difference", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    assert opened.value("right") == "mine"


def test_every_control_is_reached_by_tab_alone(visit, few):
    opened = visit(few)
    opened.page.locator("#copy").focus()
    reached = set()
    for _ in range(50):
        reached.add(opened.page.evaluate("document.activeElement.id"))
        opened.press("Tab")
    controls = "copy dark previous next left right split in one hold blink difference largest"
    assert reached >= {*controls.split(), "method", "order", "text", "chart"}


def test_arrows_move_the_divider_wherever_the_focus_is(visit, few):
    opened = visit(few)
    share = 50
    for focus in (None, "#next", "#right", "#list button", "#scores button", "#split"):
        if focus:
            opened.page.locator(focus).first.focus()
        opened.press("ArrowLeft", "ArrowLeft", "ArrowRight")
        share -= 1
        assert opened.value("split") == str(share)
    assert opened.value("right") == "mine"


def test_space_shows_the_original_while_it_is_held(visit, many):
    opened = visit(many)
    page = opened.page
    name = page.locator("#name").text_content()
    both = (COLOURS["bicubic"], COLOURS["mine"])
    opened.press("Tab")
    page.get_by_role("button", name="Next photo").click()
    # The button that was clicked does not take the key.
    for _ in range(2):
        page.keyboard.down(" ")
    assert (opened.colour(0.3), opened.colour(0.7)) == (COLOURS["HR"], COLOURS["HR"])
    page.keyboard.up(" ")
    assert (opened.colour(0.3), opened.colour(0.7)) == both
    opened.press("p")
    expect(page.locator("#name")).to_have_text(name)
    # One that was reached by Tab does.
    page.locator("#previous").focus()
    opened.press("Tab", " ")
    expect(page.locator("#name")).not_to_have_text(name)
    assert opened.colour(0.3) == COLOURS["bicubic"]
    button = page.get_by_role("button", name="Hold for HR")
    button.hover()
    page.mouse.down()
    assert opened.colour(0.3) == COLOURS["HR"]
    page.mouse.up()
    assert opened.colour(0.3) == COLOURS["bicubic"]
    opened.press("Tab")
    button.focus()
    page.keyboard.down(" ")
    assert opened.colour(0.7) == COLOURS["HR"]
    page.keyboard.up(" ")
    assert opened.colour(0.7) == COLOURS["mine"]


def test_blink_shows_both_in_turn(visit, many):
    opened = visit(many)
    opened.page.clock.install(time="2026-01-01")
    opened.page.clock.pause_at("2026-01-02")
    opened.press("b")
    for label in ("bicubic", "mine", "bicubic"):
        assert {opened.colour(share) for share in (0.3, 0.5, 0.7)} == {COLOURS[label]}
        opened.page.clock.run_for(600)
    button = opened.page.get_by_role("button", name="Blink")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    opened.page.clock.run_for(2000)
    assert (opened.colour(0.3), opened.colour(0.7)) == (COLOURS["bicubic"], COLOURS["mine"])


def colour_of(error: float, end: float) -> list[float]:
    """What the page draws for an error in grey levels."""
    tables = re.findall('tableValues="([^"]*)"', TEMPLATE.read_text())
    assert len(tables) == 3
    rows = [[float(value) for value in table.split()] for table in tables]
    share = min(error / end, 1)
    return [255 * np.interp(share, np.linspace(0, 1, len(row)), row) for row in rows]


def test_the_difference_view_maps_errors_in_grey_levels(visit, few):
    opened = visit(few)
    opened.press("d")
    scale = opened.page.get_by_role("combobox", name="End of the error scale")
    # Bicubic errs in 2.7 % of the pixels, by 60 grey levels.
    expect(scale).to_have_value("64")
    for end in (64, 255, 32):
        scale.select_option(str(end))
        for method in METHODS:
            (left, top), error = ERRORS[method]
            for side in ("left", "right"):
                opened.page.locator(f"#{side}").select_option(method)
            assert opened.pixel(left + 8, top + 9) == pytest.approx(colour_of(error, end), abs=3)
            assert opened.pixel(left - 2, top + 9) == pytest.approx(colour_of(0, end), abs=3)
    opened.page.locator("#right").select_option("HR")
    assert opened.pixel(220, 120) == pytest.approx(colour_of(0, end), abs=3)
    opened.page.keyboard.down(" ")
    assert opened.pixel(220, 120) == (110, 110, 110)
    opened.page.keyboard.up(" ")
    opened.press("d")
    expect(opened.page.locator("#legend")).to_be_hidden()
    assert opened.pixel(220, 120) == (110, 110, 110)


def test_the_error_of_a_pixel_is_the_mean_of_its_channels(visit, many):
    opened = visit(many)
    opened.page.get_by_role("button", name="Difference", exact=True).click()
    opened.page.get_by_role("combobox", name="End of the error scale").select_option("255")
    # HR is white, and "mine" is blue.
    assert opened.colour(0.7) == pytest.approx(colour_of(2 / 3 * 255, 255), abs=3)


def test_the_largest_difference_of_the_two_is_shown(visit, few):
    opened = visit(few)
    stage = opened.page.locator("#stage").bounding_box()
    for left, right, where in (
        ("worse", "mine", "worse"),
        ("mine", "bicubic", "bicubic"),
        ("mine", "HR", "mine"),
        ("bicubic", "worse", "worse"),
    ):
        opened.page.locator("#left").select_option(left)
        opened.page.locator("#right").select_option(right)
        opened.press("8", "0")
        opened.press("l")
        assert opened.zoom() == "4"
        image = opened.boxes()[0]
        for axis, side, start in zip("xy", ("width", "height"), ERRORS[where][0], strict=True):
            first = image[axis] + 4 * start - stage[axis]
            assert 0 <= first <= stage[side] - 4 * ERROR_PX
    # Closer, if the images were closer.
    opened.press(*"++")
    opened.page.get_by_role("button", name="Largest difference").click()
    assert opened.zoom() == "8"
    opened.press("2", "Shift+Digit2", "l")
    expect(opened.page.locator("#status")).to_have_text("Left and right are the same.")
