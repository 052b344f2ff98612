"""The page that upscales one's own photo, in a real browser; it must give what `superres` gives."""

import base64
import io
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import needs, once
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from sample_pages import PHONE, write_few

from superres.images.interpolations import upsample
from superres.networks import prediction, runtimes
from superres.report import own_photos
from superres.resuming.imports import SCRIPTS

pytest_plugins = ["browsing"]

REPORT = SCRIPTS.parent / "report"
PHOTO = SCRIPTS.parent / "photographs/bata_drums.webp"
# Few channels, so that slow machines are fast enough; no weight is zero, as some are untrained.
EXPORT = """
import sys
from pathlib import Path
import numpy as np
from superres.networks import architectures, conversion
small = {"channels": 4, "inner_channels": 4, "encoder_blocks": 1, "decoder_blocks": 1}
for name, scale, options in [
    ("paper_autoencoder", 2, {}), ("paper_autoencoder", 3, {}),
    ("lr_autoencoder", 2, small), ("lr_autoencoder", 3, small),
]:
    model = architectures.build(name, scale, **options)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.02, weight.shape))
    conversion.write(model, scale, Path(sys.argv[1], f"{name}_x{scale}.onnx"))
"""
# What a browser without a GPU offers to tests.
SOFTWARE_GPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass
class Site:
    """A page with networks, and their files."""

    page: Path
    networks: dict[tuple[str, int], Path]

    def expected(self, method: str, scale: int, rgb: np.ndarray) -> np.ndarray:
        """What the library makes of a photo."""
        network = runtimes.open_network(self.networks[method, scale], threads=1)
        return prediction.predict(network, rgb, scale)


def networks_in(folder: Path) -> dict[tuple[str, int], Path]:
    return {
        (method, scale): folder / f"{method}_x{scale}.onnx"
        for scale in (2, 3)
        for method in ("paper_autoencoder", "lr_autoencoder")
    }


def write_site(folder: Path) -> None:
    folder.mkdir()
    command = [sys.executable, "-c", EXPORT, folder]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True)
    page = write_few(folder).parent
    parts = [(REPORT / name).iterdir() for name in ("own", "onnxruntime")]
    networks = [(method, file) for (method, _), file in networks_in(folder).items()]
    own_photos.write(page, *parts, "few", networks)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Site:
    folder = once(tmp_path_factory, "own", write_site).folder
    return Site(folder / "page" / own_photos.PAGE, networks_in(folder))


def photo(width: int, height: int) -> np.ndarray:
    with Image.open(PHOTO) as image:
        return np.asarray(image.convert("RGB").resize((width, height)))


def payload(name: str, rgb: np.ndarray, file_format: str = "PNG", **options) -> FilePayload:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, file_format, **options)
    return {"name": name, "mimeType": "", "buffer": file.getvalue()}


def give(page: Page, file: FilePayload) -> None:
    page.locator("#file").set_input_files(file)


def status(page: Page, pattern: str) -> None:
    expect(page.locator("#status")).to_have_text(re.compile(pattern))


def finished(page: Page, width: int, height: int, how: str = "") -> None:
    status(page, f"^Finished: {width} {TIMES} {height} px.*{how}")


def choose(page: Page, method: str, scale: int) -> None:
    page.get_by_role("combobox", name="Network").select_option(method)
    page.get_by_role("combobox", name="Scale").select_option(str(scale))


def downloaded(page: Page) -> tuple[str, np.ndarray]:
    """Name and pixels of the result."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download PNG").click()
    with Image.open(waiting.value.path()) as image:
        assert (image.format, image.mode) == ("PNG", "RGBA")
        assert image.getextrema()[3] == (255, 255)
        return waiting.value.suggested_filename, np.asarray(image.convert("RGB"))


def on_canvas(page: Page, side: str) -> np.ndarray:
    """What is to be seen on one side, as RGB."""
    text = page.evaluate(f"element['{side}-image'].toDataURL().split(',')[1]")
    with Image.open(io.BytesIO(base64.b64decode(text))) as image:
        return np.asarray(image.convert("RGB"))


def greatest_difference(first: np.ndarray, second: np.ndarray) -> int:
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second).max())


@pytest.mark.parametrize(
    ("method", "scale", "size_px"),
    [
        # Several tiles along both sides, and sides that are no multiples of the period.
        ("lr_autoencoder", 2, (901, 411)),
        ("lr_autoencoder", 3, (431, 397)),
        # On the grid of the result.
        ("paper_autoencoder", 2, (143, 61)),
        ("paper_autoencoder", 3, (9, 5)),
        ("lr_autoencoder", 2, (1, 1)),
    ],
)
def test_the_result_is_what_superres_gives(visit, site, method, scale, size_px):
    page = visit(site.page).page
    rgb = photo(*size_px)
    choose(page, method, scale)
    give(page, payload("my photo.v2.png", rgb))
    width, height = (side * scale for side in size_px)
    finished(page, width, height, rf" by {method}, on WebAssembly.*, in \d+\.\d s\.$")
    name, result = downloaded(page)
    assert name == f"my photo.v2_x{scale}.png"
    assert greatest_difference(result, site.expected(method, scale, rgb)) <= 1
    # Pillow's, to the last bit.
    bicubic = upsample(rgb, (width, height), "bicubic")
    assert greatest_difference(on_canvas(page, "left"), bicubic) == 0
    assert greatest_difference(on_canvas(page, "right"), result) == 0


def test_a_photo_of_12_megapixels(visit, site):
    page = visit(site.page).page
    rgb = photo(4000, 3000)
    give(page, payload("large.png", rgb, compress_level=1))
    finished(page, 8000, 6000)
    name, result = downloaded(page)
    assert (name, result.shape) == ("large_x2.png", (6000, 8000, 3))
    # Of a region inside, and of one at the last corner.
    for part in (slice(1400, 1560), slice(2900, 3000)):
        expected = site.expected("lr_autoencoder", 2, rgb[part, -300:])[80:, 80:]
        rows = slice(part.start * 2 + 80, part.stop * 2 - 80 if part.stop < 3000 else None)
        assert greatest_difference(result[rows, -520:], expected[: -80 if rows.stop else None]) <= 1


def test_photos_are_upright_and_in_colour_on_white(visit, site):
    page = visit(site.page).page
    rgb = photo(60, 40)
    exif = Image.Exif()
    exif[0x0112] = 6
    give(page, payload("turned.jpg", rgb, "JPEG", exif=exif, quality=95))
    finished(page, 80, 120)
    transparent = np.dstack([rgb, np.zeros(rgb.shape[:2], np.uint8)])
    give(page, payload("transparent.png", transparent))
    finished(page, 120, 80)
    expect(page.locator("#notes")).to_contain_text("Transparent parts are on white.")
    assert on_canvas(page, "left").min() == 255


def test_what_is_no_photo_is_answered_in_a_line_and_loses_nothing(visit, site):
    page = visit(site.page).page
    rgb = photo(40, 30)
    give(page, payload("first.png", rgb))
    status(page, "^Finished")
    large = Image.new("1", (10_000, 10_000))
    file = io.BytesIO()
    large.save(file, "PNG")
    whole = payload("whole.png", photo(60, 50))["buffer"]
    answers = {
        "notes.txt": (
            b"Dear diary",
            "is no picture that this browser can read; choose a JPEG, PNG",
        ),
        "empty.png": (b"", "is no picture that this browser can read"),
        "cut.png": (whole[:2000], "is damaged, or of a kind that this browser cannot read"),
        "huge.png": (
            file.getvalue(),
            rf"is too large: 10000 {TIMES} 10000 px \(100 MP\); the result at x2 would be 20000 px "
            "wide or high, and browsers show 16384. In a terminal, superres has no such limit.",
        ),
    }
    for name, (content, answer) in answers.items():
        give(page, {"name": name, "mimeType": "image/png", "buffer": content})
        status(page, f"^“{name}” {answer}")
        expect(page.locator("#status")).to_have_class("problem")
    page.evaluate("take([])")
    status(page, "^That is no file")
    # What was there before is still there.
    expect(page.locator("#name")).to_have_text("first.png")
    name, result = downloaded(page)
    assert (name, result.shape) == ("first_x2.png", (60, 80, 3))


def test_a_name_is_text_whatever_it_holds(visit, site):
    page = visit(site.page).page
    for name in ('it\'s "mine" <img src=x onerror=alert(1)>.png', "写真 #1?x=%41&amp;.PNG", ".png"):
        give(page, payload(name, photo(8, 6)))
        status(page, "^Finished")
        assert page.locator("#name").text_content() == name
        assert downloaded(page)[0].endswith("_x2.png")
    assert page.locator("main img").count() == 0


def test_work_is_cancelled_and_begun_again(visit, site):
    page = visit(site.page).page
    give(page, payload("long.png", photo(2000, 1500), compress_level=1))
    expect(page.locator("#state")).to_have_text(re.compile(r"^\d+ %"))
    page.get_by_role("button", name="Cancel").click()
    status(page, "^“long.png” was cancelled; what is finished is shown.$")
    expect(page.locator("#work")).to_be_hidden()
    expect(page.get_by_role("button", name="Download PNG")).to_be_disabled()
    # Another network begins again with the same photo; a drop during work comes in its place.
    choose(page, "lr_autoencoder", 3)
    status(page, "^“long.png” by lr_autoencoder at x3$")
    page.evaluate("take([new File(['text'], 'notes.txt')])")
    status(page, "^“notes.txt” is no picture")
    expect(page.locator("#work")).to_be_visible()
    give(page, payload("short.png", photo(20, 10)))
    finished(page, 60, 30)
    expect(page.locator("#name")).to_have_text("short.png")


def test_a_photo_may_be_dropped_and_pasted(visit, site):
    page = visit(site.page).page
    event = """async (kind) => {
      const blob = await new Promise((done) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 9, height: 7 });
        canvas.toBlob(done);
      });
      const data = new DataTransfer();
      data.items.add(new File([blob], `${kind}.png`));
      data.items.add(new File([blob], "other.png"));
      const options = { bubbles: true, dataTransfer: data, clipboardData: data };
      const Kind = { drop: DragEvent, paste: ClipboardEvent }[kind];
      document.body.dispatchEvent(new Kind(kind, options));
    }"""
    for kind in ("drop", "paste"):
        page.evaluate(event, kind)
        status(page, f"^Only the first of 2 files is taken. “{kind}.png” by lr_autoencoder at x2$")
        expect(page.locator("#name")).to_have_text(f"{kind}.png")
        finished(page, 18, 14)


def test_all_of_it_by_keyboard(visit, site):
    opened = visit(site.page)
    page = opened.page
    # From now on Chromium leaves choosers to the test; it would take a moment to be told so.
    page.on("filechooser", lambda _: None)
    for _ in range(6):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Choose a photo")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([payload("a.png", photo(300, 200))])
    status(page, "^Finished")
    opened.press("ArrowRight", "ArrowRight")
    slider = page.get_by_role("slider", name="Divider")
    expect(slider).to_have_attribute("aria-valuetext", "52 % bicubic, 48 % lr_autoencoder")
    before = opened.zoom()
    opened.press("o")
    assert (opened.zoom(), before[:3]) == ("1", "fit")
    # By way of the size that fits, which is between 1 and 2.
    opened.press("+", "+", "+", "Shift+ArrowRight")
    assert opened.zoom() == "3"
    boxes = opened.boxes()
    assert boxes[0] == boxes[1] and boxes[0]["width"] == 3 * 600
    opened.press("0")
    assert opened.zoom() == before


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE])
def test_axe_finds_nothing(visit, site, look):
    page = visit(site.page, **look).page

    def violations() -> list[str]:
        # axe would read the style sheet by a request that file:// refuses.
        found = Axe().run(page, options={"preload": False})
        assert len(found.response["passes"]) > 20
        return [rule["id"] for rule in found.response["violations"]]

    assert violations() == []
    give(page, payload("a.png", photo(60, 40)))
    status(page, "^Finished")
    page.get_by_text("Keys and gestures").click()
    assert violations() == []
    give(page, {"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"})
    status(page, "no picture")
    assert violations() == []
    # Nothing is cut off or to be scrolled sideways.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_webgpu_or_when_it_fails_midway_webassembly_goes_on(visit, site):
    page = visit(site.page).page
    rgb = photo(901, 411)
    page.get_by_role("combobox", name="Runs on").select_option("webgpu")
    give(page, payload("a.png", rgb))
    status(page, "^Finished: .* on WebAssembly")
    expect(page.locator("#notes")).to_have_text(re.compile("^WebGPU failed: .*[a-z]"))
    # A GPU that is lost after the first tile; the CPU stands in for it until then.
    page.evaluate("""() => {
      const ask = Helper.prototype.ask;
      Helper.prototype.ask = function (task, values) {
        if (values.backend === "webgpu") [this.lost, values] = [2, { ...values, backend: "wasm" }];
        if (task === "run" && this.lost) this.lost -= 1;
        if (task === "run" && this.lost === 0) return Promise.reject(new Error("device lost"));
        return ask.apply(this, [task, values, ...[...arguments].slice(2)]);
      };
    }""")
    give(page, payload("b.png", rgb))
    status(page, "^Finished: .* on WebAssembly")
    expect(page.locator("#notes")).to_contain_text("WebGPU failed: device lost. ")
    expected = site.expected("lr_autoencoder", 2, rgb)
    assert greatest_difference(on_canvas(page, "right"), expected) <= 1


def test_a_folder_that_lacks_a_part_says_so(visit, site, tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in site.page.parent.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    opened = visit(folder / "own.html")
    give(opened.page, payload("a.png", photo(8, 6)))
    status(
        opened.page, r"^own/(runtime|network_\d)\.js is missing beside this page; copy its whole"
    )
    assert all("ERR_FILE_NOT_FOUND" in trouble for trouble in opened.troubles)
    opened.troubles.clear()


@pytest.mark.slow
def test_webgpu_gives_the_same_picture(browser, site):
    """On a GPU in software, as machines for tests have no other."""
    arguments = ["--no-sandbox", *SOFTWARE_GPU]
    other = browser.browser_type.launch(executable_path=needs("chromium"), args=arguments)
    try:
        page = other.new_page()
        page.goto(site.page.as_uri())
        if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean) ?? false"):
            pytest.skip("this Chromium has no WebGPU, not even in software")
        rgb = photo(90, 60)
        page.get_by_role("combobox", name="Runs on").select_option("webgpu")
        give(page, payload("a.png", rgb))
        finished(page, 180, 120, r" on WebGPU, in")
        expected = site.expected("lr_autoencoder", 2, rgb)
        assert greatest_difference(on_canvas(page, "right"), expected) <= 1
        # What only pretends to be a GPU is not chosen where nobody asked for it.
        page.get_by_role("combobox", name="Runs on").select_option("auto")
        finished(page, 180, 120, " on WebAssembly")
    finally:
        other.close()


def test_the_comparison_links_to_the_page_where_there_are_networks(visit, few, site):
    assert visit(few).page.get_by_role("link").count() == 0
    page = visit(site.page).page
    page.get_by_role("link", name="method by method").click()
    expect(page).to_have_url(re.compile("index.html"))
