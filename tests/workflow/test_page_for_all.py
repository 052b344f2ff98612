"""What makes the comparison page easy to share, to read and to use, on small pages made for it."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sample_pages import MANY, MINUS, PHONE, gain_db

pytest_plugins = ["browsing"]

LOOKS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "phone": PHONE}


def test_the_address_holds_the_whole_state(visit, few):
    opened = visit(few)
    page = opened.page
    opened.press("n", "1", "Shift+Digit2", *"++", "Shift+ArrowRight", "d", "ArrowLeft")
    page.locator("#levels").select_option("16")
    page.get_by_role("combobox", name="Gain of").select_option("worse")
    page.get_by_role("combobox", name="Sort by").select_option("name")
    page.get_by_text("More filters").click()
    page.get_by_role("combobox", name="Against bicubic").select_option("lost")
    page.get_by_role("spinbutton", name="Gain at least").fill("-4")
    page.get_by_role("searchbox", name="Name contains").fill("e")
    page.wait_for_url(re.compile(r"text=e$|text=e&"))
    fragment = page.evaluate("location.hash")
    again = visit(few, fragment)
    assert opened.boxes() == again.boxes()
    controls = ["left", "right", "split", "levels", "method", "order", "outcome", "least", "text"]
    assert [again.value(each) for each in controls] == [opened.value(each) for each in controls]
    assert again.value("text") == "e"
    expect(again.page.locator("#name")).to_have_text("wide")
    expect(again.page.locator("#least")).to_be_visible()
    assert again.names() == opened.names() == ["large", "wide"]
    assert again.shot() == opened.shot()
    # A link that is opened in the same window.
    again.page.evaluate("location.hash = '#photo=large&left=HR&zoom=16&x=0.1&blink=on'")
    expect(again.page.locator("#name")).to_have_text("large")
    assert again.zoom() == "16"
    expect(again.page.locator("#blink")).to_have_attribute("aria-pressed", "true")
    expect(again.page.locator("#difference")).to_have_attribute("aria-pressed", "false")
    assert again.value("left") == "HR"


def test_a_link_leads_to_its_photo_in_the_list(visit, many):
    opened = visit(many, "#photo=photo+143&scale=3")
    expect(opened.page.locator("#status")).to_contain_text("Photo 499 of 500, x3")
    expect(opened.page.get_by_role("button", name="photo 143")).to_be_in_viewport(ratio=1)
    assert opened.page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    "fragment",
    [
        "#photo=<img src=x onerror=alert(1)>&left=nothing&scale=9&zoom=7&x=NaN&y=-8&split=a",
        "#__proto__=1&order=constructor&method=HR&outcome=&levels=1e9&least=a&blink=<b>",
        "#%E0%A4%A&&&==&zoom=Infinity&split=1e999",
    ],
)
def test_an_address_that_makes_no_sense_changes_nothing(visit, few, fragment):
    plain, odd = visit(few), visit(few, fragment)
    controls = ["scale", "left", "right", "levels", "method", "order", "outcome", "least", "text"]
    assert [odd.value(each) for each in controls] == [plain.value(each) for each in controls]
    assert odd.boxes() == plain.boxes()
    expect(odd.page.locator("#name")).to_have_text("small")
    assert odd.zoom() == "fit, 3"


def test_the_link_is_copied(visit, few):
    opened = visit(few, permissions=["clipboard-read", "clipboard-write"])
    opened.press("n", *"++")
    opened.page.get_by_role("button", name="Copy link").click()
    expect(opened.page.get_by_role("button", name="Copied")).to_be_visible()
    link = opened.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(few.as_uri())
    assert "photo=wide" in link and "zoom=2" in link
    # Where the browser refuses, the link is shown.
    opened.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    opened.page.locator("#copy").click()
    assert opened.troubles.pop() == "Copy this link:"


def test_the_chart_has_a_bar_for_every_photo_and_opens_it(visit, many):
    opened = visit(many)
    page = opened.page
    chart = page.get_by_role("slider", name="Chart of gains")
    gains = sorted((gain_db(number, "mine", 2) for number in range(MANY)), reverse=True)
    bars = [
        page.locator(f"#chart .{kind}").get_attribute("d").count("M") for kind in ("won", "lost")
    ]
    assert bars == [sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)]
    expect(page.locator("#highest")).to_have_text("+2.99 dB")
    expect(page.locator("#lowest")).to_have_text(f"{MINUS}2.00 dB")
    # In its middle.
    page.locator("#plot").click()
    expect(page.locator("#status")).to_contain_text(re.compile("^Photo (250|251) of 500"))
    chart.focus()
    opened.press("End")
    expect(page.locator("#status")).to_contain_text("Photo 500 of 500")
    expect(chart).to_have_attribute("aria-valuetext", re.compile(f": {MINUS}2.00 dB$"))
    opened.press("ArrowLeft", "ArrowLeft")
    expect(page.locator("#status")).to_contain_text("Photo 498 of 500")
    expect(chart).to_have_attribute("aria-valuenow", "498")
    assert opened.value("split") == "50"
    opened.press("Home")
    expect(page.locator("#status")).to_contain_text("Photo 1 of 500")
    # It shows what the list shows.
    page.get_by_role("searchbox", name="Name contains").fill("photo 12")
    bars = page.locator("#chart path").evaluate_all("all => all.map(one => one.outerHTML).join()")
    assert bars.count("M") == len(opened.names()) == 11
    page.get_by_role("searchbox", name="Name contains").fill("nothing")
    chart.click()
    expect(page.locator("#chart path").first).to_have_attribute("d", "")


@pytest.mark.parametrize("look", [{}, PHONE], ids=["keyboard", "phone"])
def test_terms_are_explained_on_the_spot(visit, few, look):
    opened = visit(few, **look)
    page = opened.page
    if look:
        page.get_by_text("Scores of this photo").tap()
    terms = page.locator("[popovertarget]")
    words = set(terms.all_text_contents())
    assert words >= {"LR", "HR", "PSNR", "gain", "gain (dB)", "SSIM Y", "FLIP"}
    for index in range(terms.count()):
        about = page.locator(f"#{terms.nth(index).get_attribute('popovertarget')}")
        expect(about).to_be_hidden()
        if look:
            terms.nth(index).tap()
        else:
            terms.nth(index).focus()
            opened.press("Enter")
        expect(about).to_be_visible()
        expect(about).to_be_in_viewport(ratio=1)
        assert len(about.text_content()) > 100
        opened.press("Escape")
        expect(about).to_be_hidden()


def test_a_phone_shows_photos_first_and_folds_the_scores(visit, few):
    opened = visit(few, **PHONE, device_scale_factor=3)
    stage = opened.page.locator("#stage").bounding_box()
    assert stage["y"] < 150
    assert stage["y"] + stage["height"] < 844 / 2 + 80
    table = opened.page.get_by_role("table")
    expect(table).to_be_hidden()
    opened.page.get_by_text("Scores of this photo").tap()
    expect(table).to_be_visible()
    opened.page.get_by_role("button", name="worse").tap()
    assert opened.value("right") == "worse"
    # Pixels of a phone are small.
    opened.page.get_by_role("button", name="Largest difference").tap()
    assert opened.zoom() == "16"
    wide = visit(few).page.get_by_role("table")
    expect(wide).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_barrier(visit, many, look):
    opened = visit(many, **LOOKS[look])
    page = opened.page
    page.get_by_role("combobox", name="Sort by").select_option("gain-up")
    page.get_by_role("searchbox", name="Name contains").fill("12")
    expect(page.locator("#list .lost")).not_to_have_count(0)
    for details in ("#fold", "#help", "#filters"):
        page.locator(details).evaluate("details => { details.open = true }")
    opened.press("Tab")
    for view in ("plain", "difference"):
        # axe would read the style sheet by a request that file:// refuses.
        found = Axe().run(page, options={"preload": False})
        assert [rule["id"] for rule in found.response["violations"]] == [], view
        assert len(found.response["passes"]) > 20
        # Nothing is cut off or to be scrolled sideways.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#difference").click()
        page.locator(".terms button").nth(2).click()


def test_light_and_dark_follow_the_system_and_the_button(visit, few):
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = visit(few, color_scheme="dark")
    light = visit(few, color_scheme="light", reduced_motion="reduce")
    colours = [one.page.evaluate(ground) for one in (dark, light)]
    assert colours[0] != colours[1]
    button = light.page.get_by_role("button", name="Dark")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert light.page.evaluate(ground) == colours[0]
    button.click()
    assert light.page.evaluate(ground) == colours[1]
    moving = "getComputedStyle(document.getElementById('dark')).transitionDuration"
    assert light.page.evaluate(moving) == "0s"
    assert dark.page.evaluate(moving) != "0s"


def test_every_script_and_style_sheet_is_used(few):
    page = few.read_text()
    files = {file.name for file in Path(few.parent).iterdir() if file.suffix in {".js", ".css"}}
    assert files == set(re.findall(r'(?:src|href)="([a-z]+\.(?:js|css))"', page))
