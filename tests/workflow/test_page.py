"""The comparison page in a real browser: Debian's Chromium without a window."""

import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import PAPER, SMOKE, TARGETS, Checkout, rows
from PIL import Image
from playwright.sync_api import expect
from sample_pages import (
    ALL_OF_PHOTO_ARE_LOADED,
    COLOURS,
    HOSTILE,
    MANY,
    METHODS,
    MINUS,
    TEMPLATE,
    gain_db,
)

from superres.report import gallery

pytest_plugins = ["browsing"]


@pytest.fixture(scope="module")
def index(finished_run, tmp_path_factory) -> Path:
    """The page of the finished run, moved to a folder of an awkward name."""
    folder = tmp_path_factory.mktemp("moved") / "of Zoë #1 100%41?"
    shutil.copytree(finished_run.folder / "results/bundled/comparison", folder)
    return folder / "index.html"


def test_the_page_of_a_run_shows_its_photos_and_their_scores(visit, index, finished_run):
    opened = visit(index)
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("bundled")
    expect(page.locator("#left-image")).to_have_attribute("alt", re.compile(r", bicubic$"))
    page.get_by_role("combobox", name="Sort by").select_option("name")
    assert opened.names() == ["chelsea", "flower", "rocket"]
    page.get_by_role("button", name="chelsea").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("chelsea")
    widths = page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert len(widths) == 8 and min(widths) > 0
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

    page.get_by_role("link", name="Upscale your own photo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upscale your own photo")
    offered = page.locator("#network option").all_text_contents()
    assert offered == ["paper_autoencoder", "lr_autoencoder"]


def test_any_two_images_stand_side_by_side(visit, many):
    opened = visit(many)
    for left, right in (("bicubic", "mine"), ("LR", "HR"), ("worse", "LR")):
        opened.page.get_by_role("combobox", name="Left").select_option(left)
        opened.page.get_by_role("combobox", name="Right").select_option(right)
        opened.settle()
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
    assert (opened.colour(0.38), opened.colour(0.42)) == (COLOURS["bicubic"], COLOURS["mine"])
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


def test_photos_are_sorted_and_filtered_by_gain_psnr_and_name(visit, many):
    opened = visit(many)
    page = opened.page
    assert len(opened.names()) == MANY
    gains = {f"photo {n}": gain_db(n, "mine", 2) for n in range(len(HOSTILE), MANY)}
    gains |= {name: gain_db(n, "mine", 2) for n, name in enumerate(HOSTILE)}
    falling = sorted(gains, key=gains.get, reverse=True)
    assert opened.names() == falling
    expect(page.locator("#name")).to_have_text(falling[0])
    page.get_by_role("combobox", name="Sort by").select_option("name")
    by_name = opened.names()
    assert by_name[-3:] == ["photo 497", "photo 498", "photo 499"]

    for choice, expected in (("gain, lowest", falling[::-1]), ("gain, highest", falling)):
        page.get_by_role("combobox", name="Sort by").select_option(label=f"{choice} first")
        assert opened.names() == expected
    page.get_by_role("combobox", name="Sort by").select_option(label="PSNR, highest first")
    assert opened.names() == falling
    # "worse" is alike everywhere, which leaves the order of the names.
    page.get_by_role("combobox", name="Gain of").select_option("worse")
    assert opened.names() == by_name
    page.get_by_text("More filters").click()
    page.get_by_role("combobox", name="Against bicubic").select_option("won")
    assert opened.names() == []
    expect(page.locator("#count")).to_have_text("0 of 500")
    page.get_by_role("combobox", name="Gain of").select_option("mine")
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


def test_a_page_of_any_pictures_has_no_scale_and_no_lr(visit, tmp_path):
    for name, colour in (("HR", "white"), ("1", "green"), ("2", "blue")):
        Image.new("RGB", (60, 40), colour).save(tmp_path / f"{name}.png")
    files = {"<b>mine": tmp_path / "1.png", 'the "other"': tmp_path / "2.png"}
    scores = {(1, "photo", name): dict.fromkeys(gallery.COLUMNS, 1.0) for name in files}
    wording = gallery.Wording("any", "any pictures", "no border crop", reference="<b>mine")
    photo = gallery.Photo("photo", tmp_path / "HR.png", files)
    gallery.write(tmp_path / "page", TEMPLATE, wording, {1: [photo]}, scores)
    opened = visit(tmp_path / "page/index.html")
    page = opened.page
    assert (opened.colour(0.4), opened.colour(0.6)) == ((0, 128, 0), (0, 0, 255))
    expect(page.locator("#status")).to_have_text(
        'Photo 1 of 1: left <b>mine, right the "other"; the "other" +1.00 dB over <b>mine'
    )
    options = page.get_by_role("combobox", name="Left").locator("option").all_text_contents()
    assert options == ["<b>mine", 'the "other"', "HR"]
    expect(page.get_by_role("button", name="LR", exact=True)).to_be_hidden()
    expect(page.get_by_role("combobox", name="Scale")).to_be_hidden()
    page.get_by_role("button", name="Difference", exact=True).click()
    assert opened.colour(0.4) not in ((0, 128, 0), (255, 255, 255))


def test_names_are_text_whatever_they_hold(visit, many):
    opened = visit(many)
    for name in HOSTILE:
        opened.page.get_by_role("searchbox", name="Name contains").fill(name.splitlines()[0])
        assert opened.names() == [name]
        opened.page.locator("#list button").click()
        assert opened.page.locator("#name").text_content() == name
    assert opened.page.locator("script").count() == 11


def test_500_photos_ask_for_few_images_until_they_are_looked_at(visit, many):
    opened = visit(many)
    opened.page.wait_for_function(ALL_OF_PHOTO_ARE_LOADED)
    assert len(opened.images("/x2/")) == len(COLOURS)
    at_first = len(opened.images("/thumbnails/"))
    assert 0 < at_first < 150
    opened.page.locator("#list button").last.scroll_into_view_if_needed()
    opened.settle()
    expect(opened.page.locator("#list img").last).to_have_js_property("complete", True)
    assert at_first < len(opened.images("/thumbnails/")) < MANY
    with opened.page.expect_request(f"**/x2/*/{METHODS.index('worse') + 1}.png"):
        opened.page.locator("#list button").last.click()
    expect(opened.page.locator("#status")).to_contain_text("Photo 500 of 500")
    assert len(opened.images("/x2/")) == 2 * len(COLOURS)
    assert len(opened.images("/x3/")) == 0


def test_the_report_opens_the_page(visit, finished, tmp_path):
    done = finished.snakemake("--report", "report.zip", *SMOKE)
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(finished.folder / "report.zip") as archive:
        archive.extractall(tmp_path)
    opened = visit(tmp_path / "report/report.html")
    # The answer, before any click.
    expect(
        opened.page.get_by_text("3 photos are too few to judge lr_autoencoder by")
    ).to_be_visible()
    picture = opened.page.get_by_alt_text("Photos as each method enlarges them")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    opened.page.get_by_text("Comparison", exact=True).first.click()
    opened.page.locator("a[iconname=eye]").click()
    page = opened.page.frame_locator("iframe")
    expect(page.locator("#name")).to_have_text(re.compile("chelsea|flower|rocket"))
    expect(page.locator("#left-image")).not_to_have_js_property("naturalWidth", 0)


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
        for pattern in ("*.png", "*.html", "*.webp")
        for file in project.folder.glob(f"results/**/{pattern}")
        if not {"code", "comparison", "downloads", "pairs", "photos", "predictions", "taught"}
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
