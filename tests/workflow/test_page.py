"""The comparison page in a real browser: Debian's Chromium without a window."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PAPER, SMOKE, TARGETS, Checkout, needs, rows
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from superres.data.pair_files import Pair
from superres.report import gallery

ROOT = Path(__file__).parents[2]
HOSTILE = ["<img src=x onerror=alert(1)>.png", "</script><script>alert(2)</script> \"&'#?%41\n写"]
METHODS = ["bicubic", "worse", "mine"]
COLOURS = {"LR": (255, 0, 0), "bicubic": (0, 128, 0), "worse": (0, 0, 0), "mine": (0, 0, 255)}
COLOURS["HR"] = (255, 255, 255)
MANY = 500
MINUS = "\N{MINUS SIGN}"


@dataclass
class Opened:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(message.text)

    def images(self, part: str) -> set[str]:
        """Images requested so far, by a part of their path."""
        return {url for url in self.requests if part in url}

    def names(self) -> list[str]:
        """The photos listed, in order."""
        return self.page.locator("#list img").evaluate_all("all => all.map(one => one.alt)")

    def colour(self, share: float) -> tuple[int, ...]:
        """What the stage shows in the middle of its height, at a share of its width."""
        shot = Image.open(io.BytesIO(self.page.locator("#stage").screenshot())).convert("RGB")
        return shot.getpixel((round(share * shot.width), shot.height // 2))

    def boxes(self) -> list[dict]:
        """Where both images are on the page, in CSS pixels."""
        return [self.page.locator(f"#{side}-image").bounding_box() for side in ("left", "right")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = needs("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """Open a page; whatever it does, it must ask for nothing but files, and complain of nothing."""
    visits = []

    def opened(file: Path, **options) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        visit = Opened(context.new_page())
        visits.append(visit)
        context.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
        visit.page.on("dialog", lambda dialog: visit.troubles.append(dialog.message))
        visit.page.goto(file.as_uri())
        visit.page.wait_for_load_state("networkidle")
        return visit

    yield opened
    for visit in visits:
        visit.page.context.close()
        assert visit.troubles == []
        assert {urlsplit(url).scheme for url in visit.requests} <= {"file", "data"}


@pytest.fixture(scope="module")
def index(finished_run, tmp_path_factory) -> Path:
    """The page of the finished run, moved to a folder of an awkward name."""
    folder = tmp_path_factory.mktemp("moved") / "of Zoë #1 100%41?"
    shutil.copytree(finished_run.folder / "results/bundled/comparison", folder)
    return folder / "index.html"


def gain_db(photo: int, method: str, scale: int) -> float:
    """Mixed, and with both signs."""
    return {"bicubic": 0.0, "worse": -1.0, "mine": (photo * 7 % MANY) / 100 - scale}[method]


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    """A page of 500 photos at two scales, one plain colour an image."""
    folder = tmp_path_factory.mktemp("many")
    for label, colour in COLOURS.items():
        side = (30, 20) if label == "LR" else (60, 40)
        Image.new("RGB", side, colour).save(folder / f"{label}.png")
    names = [*HOSTILE, *(f"photo {number}" for number in range(len(HOSTILE), MANY))]
    predictions = {method: folder / f"{method}.png" for method in METHODS}
    pairs = [Pair(name, folder / "LR.png", folder / "HR.png", None) for name in names]
    scores = {"psnr_y_db": 31.0, "ssim_rgb": 0.9, "ssim_y": 0.9, "ms_ssim_y": None, "flip": 0.1}
    scores |= {"psnr_field_db": 31.0, "ssim_field": 0.9}
    scores |= dict.fromkeys(("rmse_red", "rmse_green", "rmse_blue"), 2.0)
    per_image = pd.DataFrame(
        {"scale": scale, "method": method, "seed": 0, "photo": name, **scores}
        | {"psnr_rgb_db": 30 + gain_db(photo, method, scale)}
        for scale in (2, 3)
        for method in METHODS
        for photo, name in enumerate(names)
    )
    predicted = {scale: [(pair, predictions) for pair in pairs] for scale in (2, 3)}
    template = ROOT / "workflow/report/page/index.html"
    gallery.write(folder / "page", template, "many", "test", predicted, per_image)
    return folder / "page/index.html"


def test_the_page_of_a_run_shows_its_photos_and_their_scores(visit, index, finished_run):
    opened = visit(index)
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("bundled")
    expect(page.get_by_role("heading", level=2).first).to_have_text("chelsea")
    assert opened.names() == ["chelsea", "flower", "rocket"]
    widths = page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert len(widths) == 5 and min(widths) > 0
    # The folder needs nothing outside itself.
    inside = {Path(unquote(urlsplit(url).path)) for url in opened.requests if url[:5] == "file:"}
    assert all(file.is_relative_to(index.parent) for file in inside)

    per_image = rows(finished_run.folder / "results/bundled/tables/per_image.csv")
    expected = {row["method"]: row for row in per_image if row["photo"] == "chelsea"}
    table = page.get_by_role("table", name=re.compile("PSNR in dB.*border crop"))
    keys = ("psnr_rgb_db", "psnr_y_db", "ssim_rgb", "ssim_y", "ms_ssim_y", "flip")
    for method, row in expected.items():
        gain = float(row["psnr_rgb_db"]) - float(expected["bicubic"]["psnr_rgb_db"])
        cells = table.get_by_role("row", name=method).get_by_role("cell").all_text_contents()
        found = [float(cell.replace(MINUS, "-")) for cell in cells]
        assert found == pytest.approx([gain, *(float(row[key]) for key in keys)], abs=0.006)


def test_any_two_images_stand_side_by_side(visit, many):
    opened = visit(many)
    for left, right in (("bicubic", "mine"), ("LR", "HR"), ("worse", "LR")):
        opened.page.get_by_role("combobox", name="Left").select_option(left)
        opened.page.get_by_role("combobox", name="Right").select_option(right)
        opened.page.wait_for_load_state("networkidle")
        assert (opened.colour(0.4), opened.colour(0.6)) == (COLOURS[left], COLOURS[right])
        status = opened.page.locator("#status")
        expect(status).to_contain_text(f"left {left}, right {right}")
    expect(status).to_contain_text(f"worse {MINUS}1.00 dB over bicubic")


def test_the_slider_moves_by_keyboard_mouse_and_line(visit, many):
    opened = visit(many)
    slider = opened.page.get_by_role("slider", name="Divider")
    assert opened.colour(0.45) == COLOURS["bicubic"]
    slider.focus()
    for _ in range(10):
        opened.page.keyboard.press("ArrowLeft")
    assert (opened.colour(0.38), opened.colour(0.45)) == (COLOURS["bicubic"], COLOURS["mine"])
    expect(slider).to_have_attribute("aria-valuetext", "40 % bicubic, 60 % mine")
    slider.fill("70")
    assert (opened.colour(0.65), opened.colour(0.72)) == (COLOURS["bicubic"], COLOURS["mine"])
    box = opened.page.locator("#stage").bounding_box()
    middle = box["y"] + box["height"] / 2
    opened.page.mouse.move(box["x"] + 0.7 * box["width"], middle)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 0.3 * box["width"], middle, steps=4)
    opened.page.mouse.up()
    assert (opened.colour(0.28), opened.colour(0.35)) == (COLOURS["bicubic"], COLOURS["mine"])
    expect(slider).to_have_value("30")


def test_both_images_zoom_and_pan_in_step(visit, index):
    opened = visit(index)
    page, stage = opened.page, opened.page.locator("#stage")
    seen = [opened.boxes()[0]]

    def moved() -> dict:
        left, right = opened.boxes()
        assert left == right
        assert left != seen[-1]
        seen.append(left)
        return left

    page.get_by_role("button", name="Zoom in").click()
    assert moved()["width"] == pytest.approx(1.25 * seen[0]["width"], abs=0.1)
    for _ in range(4):
        page.keyboard.press("+")
    assert moved()["width"] == pytest.approx(1.25**5 * seen[0]["width"], abs=0.5)
    stage.focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        moved()
    assert seen[-1]["x"] == pytest.approx(seen[-3]["x"] - 60, abs=0.1)
    assert seen[-1]["y"] == pytest.approx(seen[-3]["y"] - 60, abs=0.1)
    box = stage.bounding_box()
    at = (box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1] + 20, steps=3)
    page.mouse.up()
    assert moved()["x"] == pytest.approx(seen[-2]["x"] + 40, abs=0.1)
    percent = page.locator("#zoom").text_content()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page.locator("#zoom")).not_to_have_text(percent)
    zoomed = moved()
    # The point below the pointer stayed where it was.
    for axis, side, where in (("x", "width", at[0] + 40), ("y", "height", at[1] + 20)):
        before, after = ((where - b[axis]) / b[side] for b in (seen[-2], zoomed))
        assert after == pytest.approx(before, abs=0.002)
    page.get_by_role("button", name="Fit").click()
    assert moved() == seen[0]
    for _ in range(30):
        page.keyboard.press("+")
    expect(page.locator("#zoom")).to_have_text("1600 %")


def test_fingers_pan_and_pinch(visit, index):
    opened = visit(index, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    session = opened.page.context.new_cdp_session(opened.page)
    box = opened.page.locator("#stage").bounding_box()
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": at[0], "y": at[1], "id": i} for i, at in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (x - 20, y), (x + 20, y))
    touch("touchMove", (x - 30, y), (x + 30, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    fitting = box["width"]
    left, right = opened.boxes()
    assert left == right
    assert left["width"] == pytest.approx(3 * fitting, rel=0.02)
    touch("touchStart", (x, y))
    touch("touchMove", (x - 10, y))
    touch("touchMove", (x - 50, y - 30))
    touch("touchEnd")
    panned, right = opened.boxes()
    assert panned == right
    assert panned["x"] == pytest.approx(left["x"] - 50, abs=1)
    opened.page.keyboard.press("n")
    expect(opened.page.locator("#name")).to_have_text("flower")
    assert opened.page.evaluate("scrollX + scrollY") == 0


def test_keys_go_from_photo_to_photo_but_not_while_typing(visit, index):
    opened = visit(index)
    name = opened.page.locator("#name")
    for key, photo in zip(
        "njpkk", ("flower", "rocket", "flower", "chelsea", "rocket"), strict=True
    ):
        opened.page.keyboard.press(key)
        expect(name).to_have_text(photo)
    expect(opened.page.locator("#status")).to_contain_text("Photo 3 of 3, x2: left bicubic")
    current = opened.page.locator("[aria-current=true]")
    expect(current).to_have_count(1)
    expect(current).to_contain_text("rocket")
    opened.page.get_by_role("searchbox", name="Name contains").press_sequentially("n+kp")
    expect(name).to_have_text("rocket")
    opened.page.get_by_role("searchbox", name="Name contains").fill("")
    # Every control is reached by Tab alone, and Enter chooses a photo.
    opened.page.get_by_role("button", name="flower").focus()
    opened.page.keyboard.press("Enter")
    expect(name).to_have_text("flower")
    reached = set()
    opened.page.locator("#dark").focus()
    for _ in range(30):
        reached.add(opened.page.evaluate("document.activeElement.id"))
        opened.page.keyboard.press("Tab")
    assert reached >= {"dark", "previous", "left", "right", "in", "stage", "split", "text", "least"}


def test_photos_are_sorted_and_filtered_by_gain_psnr_and_name(visit, many):
    opened = visit(many)
    page = opened.page
    assert len(opened.names()) == MANY
    gains = {f"photo {n}": gain_db(n, "mine", 2) for n in range(len(HOSTILE), MANY)}
    gains |= {name: gain_db(n, "mine", 2) for n, name in enumerate(HOSTILE)}
    falling = sorted(gains, key=gains.get, reverse=True)
    by_name = opened.names()
    assert by_name[-3:] == ["photo 497", "photo 498", "photo 499"]

    for choice, expected in (("gain, highest", falling), ("gain, lowest", falling[::-1])):
        page.get_by_role("combobox", name="Sort by").select_option(label=f"{choice} first")
        assert opened.names() == expected
    page.get_by_role("combobox", name="Sort by").select_option(label="PSNR, highest first")
    assert opened.names() == falling
    # "worse" is alike everywhere, which leaves the order of the names.
    page.get_by_role("combobox", name="Method").select_option("worse")
    assert opened.names() == by_name
    page.get_by_role("combobox", name="Against bicubic").select_option("won")
    assert opened.names() == []
    expect(page.locator("#count")).to_have_text("0 of 500")
    page.get_by_role("combobox", name="Method").select_option("mine")
    assert opened.names() == [name for name in falling if gains[name] > 0]
    page.get_by_role("combobox", name="Against bicubic").select_option("lost")
    assert opened.names() == [name for name in falling if gains[name] < 0]
    page.get_by_role("combobox", name="Against bicubic").select_option("any")
    page.get_by_role("spinbutton", name="Gain at least").fill("2.5")
    assert opened.names() == [name for name in falling if gains[name] >= 2.5]
    page.get_by_role("spinbutton", name="Gain at least").fill("")
    page.get_by_role("searchbox", name="Name contains").fill("PHOTO 12")
    assert sorted(opened.names()) == sorted(name for name in gains if "photo 12" in name)
    # Other gains at another scale, and next and previous keep to the list.
    page.get_by_role("searchbox", name="Name contains").fill("")
    page.get_by_role("combobox", name="Scale").select_option("3")
    expect(page.locator("#list .gain").first).to_have_text("+1.99 dB")
    page.get_by_role("button", name=falling[0], exact=False).click()
    page.keyboard.press("n")
    expect(page.locator("#name")).to_have_text(falling[1])
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.locator("#name")).to_have_text(falling[-1])
    expect(page.get_by_role("button", name=falling[-1])).to_be_in_viewport()
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator("#status")).to_contain_text("Photo 2 of 500, x3")


def test_names_are_text_whatever_they_hold(visit, many):
    opened = visit(many)
    for name in HOSTILE:
        opened.page.get_by_role("searchbox", name="Name contains").fill(name.splitlines()[0])
        assert opened.names() == [name]
        opened.page.locator("#list button").click()
        assert opened.page.locator("#name").text_content() == name
    assert opened.page.locator("script").count() == 2


def test_500_photos_ask_for_few_images_until_they_are_looked_at(visit, many):
    opened = visit(many)
    assert len(opened.images("/x2/")) == 2
    at_first = len(opened.images("/thumbnails/"))
    assert 0 < at_first < 150
    opened.page.locator("#list button").last.scroll_into_view_if_needed()
    opened.page.wait_for_load_state("networkidle")
    expect(opened.page.locator("#list img").last).to_have_js_property("complete", True)
    assert at_first < len(opened.images("/thumbnails/")) < MANY
    opened.page.locator("#list button").last.click()
    expect(opened.page.locator("#name")).to_have_text("photo 499")
    assert len(opened.images("/x2/")) == 4
    assert len(opened.images("/x3/")) == 0


LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_barrier(visit, many, look):
    opened = visit(many, **LOOKS[look])
    opened.page.get_by_role("combobox", name="Sort by").select_option("gain-up")
    opened.page.get_by_role("searchbox", name="Name contains").fill("12")
    expect(opened.page.locator("#list .lost")).not_to_have_count(0)
    # axe would read the style sheet by a request that file:// refuses.
    found = Axe().run(opened.page, options={"preload": False})
    assert [rule["id"] for rule in found.response["violations"]] == []
    assert len(found.response["passes"]) > 20
    # Nothing is cut off or to be scrolled sideways.
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_light_and_dark_follow_the_system_and_the_button(visit, index):
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = visit(index, color_scheme="dark")
    light = visit(index, color_scheme="light", reduced_motion="reduce")
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


def test_the_report_opens_the_page(visit, finished, tmp_path):
    done = finished.snakemake("--report", "report.zip", *SMOKE)
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(finished.folder / "report.zip") as archive:
        archive.extractall(tmp_path)
    opened = visit(tmp_path / "report/report.html")
    opened.page.get_by_text("Comparison", exact=True).first.click()
    opened.page.locator("a[iconname=eye]").click()
    page = opened.page.frame_locator("iframe")
    expect(page.locator("#name")).to_have_text("chelsea")
    expect(page.locator("#left-image")).to_have_js_property("naturalWidth", 450)


def test_the_report_shows_every_figure_and_table_and_what_it_is(visit, finished_paper, tmp_path):
    project = Checkout(tmp_path / "checkout")
    shutil.copytree(finished_paper.folder, project.folder, symlinks=True)
    done = project.snakemake(*TARGETS, "--report", "report.zip", *PAPER)
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(project.folder / "report.zip") as archive:
        archive.extractall(tmp_path)
    page = visit(tmp_path / "report/report.html").page
    categories = page.evaluate("categories")
    assert set(categories) == {
        "Answer",
        "Comparison",
        "Figures",
        "Kinds of LR",
        "Paper",
        "Runtimes",
        "Sweeps",
        "Tables",
    }
    results = page.evaluate("results")
    made = {
        str(file.relative_to(project.folder))
        for pattern in ("*.png", "*.html")
        for file in project.folder.glob(f"results/**/{pattern}")
        if not {"code", "comparison", "downloads", "pairs", "photos", "predictions"}
        & set(file.relative_to(project.folder).parts)
    }
    pages = {f"results/{name}/comparison/index.html" for name in ("paper", "clean", "more")}
    assert made | pages == set(results)
    for name, result in results.items():
        caption = re.sub("<[^>]*>", "", result["caption"])
        assert len(caption) > 50, name
        assert "{{" not in caption
        assert result["labels"], name
    for name in filter(lambda name: name.endswith(".png"), results):
        width_px = page.evaluate(
            "uri => new Promise((done, failed) => {"
            " const image = new Image(); image.onload = () => done(image.naturalWidth);"
            " image.onerror = failed; image.src = uri })",
            results[name]["data_uri"],
        )
        assert width_px > 100, name
