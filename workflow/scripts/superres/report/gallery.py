"""The comparison page: a folder with every photo measured as each method gives it.

The folder needs nothing outside itself. Its files have names of their own, as photos may have any.
"""

import html
import math
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from superres.core.atomic import write_text
from superres.core.console import tracked
from superres.core.errors import InputError
from superres.core.methods import REFERENCE
from superres.core.natural_order import natural
from superres.data.pair_files import size_px
from superres.images.rgb_files import read_rgb
from superres.report import differences, script_json

# Labels of the images that are no method's.
LR, HR = "LR", "HR"
# Column of the page's table -> its heading, digits, and the term that the page explains.
COLUMNS = {
    "gain_rgb_db": ("gain (dB)", 2, "gain"),
    "psnr_rgb_db": ("PSNR RGB (dB)", 2, "psnr"),
    "psnr_y_db": ("PSNR Y (dB)", 2, "psnr"),
    "ssim_rgb": ("SSIM RGB", 4, "ssim"),
    "ssim_y": ("SSIM Y", 4, "ssim"),
    "ms_ssim_y": ("MS-SSIM Y", 4, "ssim"),
    "flip": ("FLIP", 4, "flip"),
}
# Twice the width at which thumbnails are shown, for sharp screens.
THUMBNAIL_PX = 240
# Side of the region that the page shows as the largest difference.
REGION_PX = 64
# Errors in grey levels that the scale of the error map can end at.
ERROR_SCALES = [8, 16, 32, 64, 128, 255]


@dataclass(frozen=True)
class Photo:
    """The files of a photo at one scale: PNG or JPEG of 8 bits.

    Attributes:
        name: of the photo.
        hr: what the methods are measured against.
        methods: what each of them gives, of the same size.
        lr: what they were given, of any size; not shown where it is None.
    """

    name: str
    hr: Path
    methods: dict[str, Path]
    lr: Path | None = None

    def images(self) -> dict[str, Path]:
        """All of them, by the labels that the page shows."""
        return ({LR: self.lr} if self.lr else {}) | self.methods | {HR: self.hr}


@dataclass(frozen=True)
class Wording:
    """What the page says that its photos do not.

    Attributes:
        title: of the page.
        heading: above its photos.
        border: what of the border is not scored.
        note: on the methods, a sentence; may be empty.
        reference: method that gains are counted from.
    """

    title: str
    heading: str
    border: str = "border crop = scale"
    note: str = ""
    reference: str = REFERENCE


Scores = dict[tuple[int, str, str], dict[str, float]]
"""Of scale, photo and method: a value for each of `COLUMNS`."""


def write(
    folder: Path,
    template: Path,
    wording: Wording,
    by_scale: dict[int, list[Photo]],
    scores: Scores,
    links: str = "",
) -> None:
    """Write the page.

    The scale of its error map begins at what holds the reference's errors on half of the photos.

    Args:
        folder: to write into.
        template: index.html with a place for each attribute of `Wording`, for $links and for $data;
            files beside it are copied too.
        wording: what it says.
        by_scale: every photo at every scale, all with the same methods.
        scores: of all of them.
        links: HTML for the page's header, to pages beside it.

    Raises:
        InputError: an image cannot be read, or a photo was not scored with every method.
    """
    at_scales = [(scale, photo) for scale, photos in by_scale.items() for photo in photos]
    numbers = _numbers(photo.name for _, photo in at_scales)
    photos: dict[str, dict] = {}
    errors = []
    for scale, photo in tracked(at_scales, "images"):
        number = numbers[photo.name]
        values = _scores(scores, scale, photo)
        if photo.name not in photos:
            photos[photo.name] = _entry(folder, photo, number)
        width_px, height_px = size_px(photo.hr)
        places, error = _differences(photo, wording.reference)
        errors.append(error)
        photos[photo.name]["scales"][scale] = {
            "width_px": width_px,
            "height_px": height_px,
            "images": _place_images(folder, f"x{scale}/{number}", photo),
            "places": places,
            "scores": values,
        }
    data = {
        "reference": wording.reference,
        "scales": list(by_scale),
        "labels": list(at_scales[0][1].images()),
        "methods": list(at_scales[0][1].methods),
        "columns": [
            {"key": key, "label": label, "digits": digits, "term": term}
            for key, (label, digits, term) in COLUMNS.items()
        ],
        "error_scales": ERROR_SCALES,
        "error_scale": next(level for level in ERROR_SCALES if level >= np.median(errors)),
        "photos": [photos[name] for name in numbers],
    }
    page = Template(template.read_text(encoding="utf-8"))
    for file in template.parent.iterdir():
        if file != template:
            shutil.copyfile(file, folder / file.name)
    words = {name: html.escape(word) for name, word in vars(wording).items()}
    write_text(
        folder / template.name, page.substitute(words, links=links, data=script_json.text(data))
    )


def _numbers(photos: Iterable[str]) -> dict[str, int]:
    """Photos in the order of their names, each with the number that its files have."""
    return {name: number for number, name in enumerate(sorted(set(photos), key=natural), start=1)}


def _scores(scores: Scores, scale: int, photo: Photo) -> dict[str, list]:
    """The scores of a photo by method, in the order of the columns.

    Raises:
        InputError: it was not scored with every method.
    """
    missing = [name for name in photo.methods if (scale, photo.name, name) not in scores]
    if missing:
        raise InputError(
            f"per_image.csv: photo '{photo.name}' has no scores of {', '.join(missing)} at "
            f"x{scale}; delete the file and run again"
        )
    return {
        name: [_value(scores[scale, photo.name, name][key]) for key in COLUMNS]
        for name in photo.methods
    }


def _entry(folder: Path, photo: Photo, number: int) -> dict:
    """A photo's entry in the page's data, scales still to come; its thumbnail is written."""
    thumbnail = f"thumbnails/{number}.webp"
    return {
        "name": photo.name,
        "thumbnail": thumbnail,
        "thumbnail_px": _write_thumbnail(photo.hr, folder / thumbnail),
        "scales": {},
    }


def _differences(photo: Photo, reference: str) -> tuple[list[tuple[int, int] | None], float]:
    """Where any two images of a photo differ most, in the order of the page's labels.

    The second value is the usual error of the reference. The page could compute neither: browsers
    let no script read the pixels of local files.
    """
    width_px, height_px = size_px(photo.hr)
    shape = (height_px, width_px)
    step = differences.step_for(shape)
    images = {
        label: differences.thinned(read_rgb(file), shape, step)
        for label, file in photo.images().items()
    }
    places = differences.places_of_pairs(list(images.values()), REGION_PX, step)
    return places, differences.usual_error(images[reference], images[HR])


def _place_images(folder: Path, below: str, photo: Photo) -> dict[str, str]:
    """Put the images of a photo into the page's folder; give their paths there by label."""
    # Names of methods may be those of a user's files; no number is taken for another.
    names = {name: str(number) for number, name in enumerate(photo.methods, start=1)}
    names |= {LR: "lr", HR: "hr"}
    placed = {}
    for label, file in photo.images().items():
        placed[label] = f"{below}/{names[label]}{file.suffix}"
        _place(file, folder / placed[label])
    return placed


def _value(score: float) -> float | str | None:
    """A score as JSON can say it: infinite ones as text, none where there is none."""
    if math.isfinite(score):
        return round(score, 6)
    return None if math.isnan(score) else str(score).replace("inf", "Infinity")


def _write_thumbnail(hr: Path, file: Path) -> tuple[int, int]:
    """Write a small copy of an image; give its width and height."""
    image = Image.fromarray(read_rgb(hr))
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file, quality=75)
    return image.size


def _place(file: Path, target: Path) -> None:
    """Put a file into the page's folder: by a hard link, which takes no room, or as a copy.

    Every step replaces its files whole, so none is ever written through the link.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copyfile(file, target)
