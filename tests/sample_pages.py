"""Comparison pages made for tests, and what tests ask of one in a browser."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import ConsoleMessage, Dialog, Page

from superres.report import gallery
from superres.scoring import photo_scores

TEMPLATE = Path(__file__).parents[1] / "workflow/report/page/index.html"
HOSTILE = ["<img src=x onerror=alert(1)>.png", "</script><script>alert(2)</script> \"&'#?%41\n写"]
METHODS = ["bicubic", "worse", "mine"]
COLOURS = {"LR": (255, 0, 0), "bicubic": (0, 128, 0), "worse": (0, 0, 0), "mine": (0, 0, 255)}
COLOURS["HR"] = (255, 255, 255)
MANY = 500
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
MINUS = "\N{MINUS SIGN}"
# Where each method of `few` errs: upper left corner (x, y) of a square, and grey levels.
ERROR_PX = 32
ERRORS = {"bicubic": ((40, 30), 60), "worse": ((200, 30), 150), "mine": ((120, 100), 24)}

# Chromium may never call a network idle: a request whose end it does not report is enough.
IN_VIEW_IS_PAINTED = """async () => {
  const inView = [...document.images].filter((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  // One without a source, or a broken one, is refused here and complete below.
  await Promise.all(inView.map((image) => image.decode().catch(() => null)));
  return inView.every((image) => image.complete);
}"""
ALL_OF_PHOTO_ARE_LOADED = "preloaded.length > 0 && preloaded.every((image) => image.complete)"


@dataclass
class Opened:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(message.text)

    def dismiss(self, dialog: Dialog) -> None:
        self.troubles.append(dialog.message)
        dialog.dismiss()

    def settle(self) -> None:
        """Wait until every image in view can be painted."""
        self.page.wait_for_function(IN_VIEW_IS_PAINTED)

    def images(self, part: str) -> set[str]:
        """Images requested so far, by a part of their path."""
        return {url for url in self.requests if part in url}

    def names(self) -> list[str]:
        """The photos listed, in order."""
        return self.page.locator("#list img").evaluate_all("all => all.map(one => one.alt)")

    def colour(self, share: float) -> tuple[int, ...]:
        """What the stage shows above its grip, at a share of its width."""
        shot = self.shot()
        return shot.getpixel((round(share * shot.width), shot.height // 4))

    def shot(self) -> Image.Image:
        """The stage as it is seen."""
        return Image.open(io.BytesIO(self.page.locator("#stage").screenshot())).convert("RGB")

    def pixel(self, x: float, y: float) -> tuple[int, ...]:
        """What the stage shows of a pixel of the photo."""
        stage, image = self.page.locator("#stage").bounding_box(), self.boxes()[0]
        factor = image["width"] / self.page.evaluate("shown().width_px")
        position = (
            image["x"] - stage["x"] + (x + 0.5) * factor,
            image["y"] - stage["y"] + (y + 0.5) * factor,
        )
        return self.shot().getpixel(tuple(int(each) for each in position))

    def value(self, control: str) -> str:
        """Of a form's control, by its id."""
        return self.page.locator(f"#{control}").input_value()

    def boxes(self) -> list[dict]:
        """Where both images are on the page, in CSS pixels."""
        return [self.page.locator(f"#{side}-image").bounding_box() for side in ("left", "right")]

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def zoom(self) -> str:
        """As the page shows it, without its sign."""
        return self.page.locator("#zoom").text_content().removesuffix("\N{MULTIPLICATION SIGN}")


def gain_db(photo: int, method: str, scale: int) -> float:
    """Mixed, and with both signs."""
    return {"bicubic": 0.0, "worse": -1.0, "mine": (photo * 7 % MANY) / 100 - scale}[method]


def scored(scale: int, method: str, photo: str, psnr_db: float) -> dict:
    """A row of the schema `metrics`."""
    row = {"scale": scale, "method": method, "seed": 0, "photo": photo, "psnr_rgb_db": psnr_db}
    row |= {"psnr_y_db": 31.0, "ssim_rgb": 0.9, "ssim_y": 0.9, "ms_ssim_y": None, "flip": 0.1}
    row |= {"psnr_field_db": 31.0, "ssim_field": 0.9}
    return row | dict.fromkeys(("rmse_red", "rmse_green", "rmse_blue"), 2.0)


def write_many(folder: Path) -> Path:
    """A page of 500 photos at two scales, one plain colour an image."""
    for label, colour in COLOURS.items():
        side = (30, 20) if label == "LR" else (60, 40)
        Image.new("RGB", side, colour).save(folder / f"{label}.png")
    names = [*HOSTILE, *(f"photo {number}" for number in range(len(HOSTILE), MANY))]
    predictions = {method: folder / f"{method}.png" for method in METHODS}
    photos = [
        gallery.Photo(name, folder / "HR.png", predictions, folder / "LR.png") for name in names
    ]
    per_image = pd.DataFrame(
        scored(scale, method, name, 30 + gain_db(photo, method, scale))
        for scale in (2, 3)
        for method in METHODS
        for photo, name in enumerate(names)
    )
    return write(folder / "page", "many", dict.fromkeys((2, 3), photos), per_image)


def write_few(folder: Path) -> Path:
    """A page of three photos, 240 x 160 px and one larger, on which each method errs in one square.

    HR is a board of single pixels, grey 90 and 110; each is named by its gain.
    """
    photos, table = [], []
    for name, size, gain in (
        ("large", (160, 240), 1),
        ("small", (160, 240), 3),
        ("wide", (320, 960), 2),
    ):
        hr = np.where(np.indices(size).sum(axis=0) % 2, 90, 110).astype(np.uint8)
        images = {"HR": hr, "LR": np.full((size[0] // 2, size[1] // 2), 100, np.uint8)}
        for method, ((left, top), error) in ERRORS.items():
            images[method] = hr.copy()
            images[method][top : top + ERROR_PX, left : left + ERROR_PX] += np.uint8(error)
        for label, image in images.items():
            Image.fromarray(image).convert("RGB").save(folder / f"{name} {label}.png")
        files = {label: folder / f"{name} {label}.png" for label in images}
        methods = {method: files[method] for method in METHODS}
        photos.append(gallery.Photo(name, files["HR"], methods, files["LR"]))
        psnr_db = {"bicubic": 30, "worse": 28, "mine": 30 + gain}
        table += [scored(2, method, name, psnr_db[method]) for method in METHODS]
    return write(folder / "page", "few", {2: photos}, pd.DataFrame(table))


def write(
    page: Path, title: str, by_scale: dict[int, list[gallery.Photo]], per_image: pd.DataFrame
) -> Path:
    """A page as the workflow writes it."""
    wording = gallery.Wording(title, f"{title}: test photos")
    gallery.write(page, TEMPLATE, wording, by_scale, photo_scores.of_first_seed(per_image))
    return page / "index.html"
