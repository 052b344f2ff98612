"""The comparison page: a folder with every photo measured as each method gives it.

The folder needs nothing outside itself. Its files have names of their own, as photos may have any.
"""

import html
import math
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from PIL import Image

from superres.core.atomic import write_text
from superres.core.console import tracked
from superres.core.errors import InputError
from superres.core.methods import REFERENCE
from superres.core.natural_order import natural
from superres.data.pair_files import Pair
from superres.images.rgb_files import read_rgb
from superres.report import differences, script_json
from superres.scoring import photo_scores

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


def write(
    folder: Path,
    template: Path,
    title: str,
    split: str,
    predicted: dict[int, list[tuple[Pair, dict[str, Path]]]],
    per_image: pd.DataFrame,
    links: str = "",
) -> None:
    """Write the page.

    The scale of its error map begins at what holds bicubic's errors on half of the photos.

    Args:
        folder: to write into.
        template: index.html with the places $title, $split, $links and $data; files beside it
            are copied too.
        title: name of the dataset.
        split: that the photos are of, test or validation.
        predicted: by scale; every pair with its prediction by each method.
        per_image: rows of the schema `metrics`, the first seed of a method before the others.
        links: HTML for the page's header, to pages beside it.

    Raises:
        InputError: an image cannot be read, or a photo was not scored with every method.
    """
    # What is shown was made by the first seed.
    first = per_image.drop_duplicates(["scale", "method", "photo"])
    table = photo_scores.gains(first).set_index(["scale", "photo", "method"])[list(COLUMNS)]
    values = {key: list(map(_value, row)) for key, *row in table.itertuples(name=None)}
    photos: dict[str, dict] = {}
    pairs_at_scales = [(scale, *pair) for scale, pairs in predicted.items() for pair in pairs]
    numbers = _numbers(pair.photo for _, pair, _ in pairs_at_scales)
    errors = []
    for scale, pair, files in tracked(pairs_at_scales, "images"):
        scores = _scores(values, scale, pair.photo, files)
        number = numbers[pair.photo]
        if pair.photo not in photos:
            photos[pair.photo] = _photo(folder, pair, number)
        width_px, height_px = pair.hr_size_px()
        places, error = _differences(pair, files)
        errors.append(error)
        photos[pair.photo]["scales"][scale] = {
            "width_px": width_px,
            "height_px": height_px,
            "images": _place_images(folder, f"x{scale}/{number}", pair, files),
            "places": places,
            "scores": scores,
        }
    data = {
        "reference": REFERENCE,
        "scales": list(predicted),
        "methods": list(pairs_at_scales[0][2]),
        "columns": [
            {"key": key, "label": label, "digits": digits, "term": term}
            for key, (label, digits, term) in COLUMNS.items()
        ],
        "error_scales": ERROR_SCALES,
        "error_scale": next(level for level in ERROR_SCALES if level >= np.median(errors)),
        "photos": [photos[photo] for photo in numbers],
    }
    page = Template(template.read_text(encoding="utf-8"))
    for file in template.parent.iterdir():
        if file != template:
            shutil.copyfile(file, folder / file.name)
    index = page.substitute(
        title=html.escape(title), split=split, links=links, data=script_json.text(data)
    )
    write_text(folder / template.name, index)


def _numbers(photos: Iterable[str]) -> dict[str, int]:
    """Photos in the order of their names, each with the number that its files have."""
    return {name: number for number, name in enumerate(sorted(set(photos), key=natural), start=1)}


def _scores(values: dict, scale: int, photo: str, methods: Iterable[str]) -> dict[str, list]:
    """The scores of a photo by method, in the order of the columns.

    Raises:
        InputError: it was not scored with every method.
    """
    missing = [name for name in methods if (scale, photo, name) not in values]
    if missing:
        raise InputError(
            f"per_image.csv: photo '{photo}' has no scores of {', '.join(missing)} at "
            f"x{scale}; delete the file and run again"
        )
    return {name: values[scale, photo, name] for name in methods}


def _photo(folder: Path, pair: Pair, number: int) -> dict:
    """A photo's entry in the page's data, scales still to come; its thumbnail is written."""
    thumbnail = f"thumbnails/{number}.webp"
    return {
        "name": pair.photo,
        "thumbnail": thumbnail,
        "thumbnail_px": _write_thumbnail(pair.hr, folder / thumbnail),
        "scales": {},
    }


def _differences(pair: Pair, files: dict[str, Path]) -> tuple[list[tuple[int, int] | None], float]:
    """Where any two images of a photo differ most, in the order of the page's labels.

    The second value is bicubic's usual error. The page could compute neither: browsers let no
    script read the pixels of local files.
    """
    width_px, height_px = pair.hr_size_px()
    shape = (height_px, width_px)
    step = differences.step_for(shape)
    images = {
        label: differences.thinned(read_rgb(file), shape, step)
        for label, file in {"LR": pair.lr, **files, "HR": pair.hr}.items()
    }
    places = differences.places_of_pairs(list(images.values()), REGION_PX, step)
    return places, differences.usual_error(images[REFERENCE], images["HR"])


def _place_images(folder: Path, below: str, pair: Pair, files: dict[str, Path]) -> dict[str, str]:
    """Put LR, predictions and HR into the page's folder; give their paths there by label."""
    # No method begins with an underscore, and some file systems take HR for hr.
    named = {"LR": ("_lr", pair.lr), **{name: (name, file) for name, file in files.items()}}
    named["HR"] = ("_hr", pair.hr)
    placed = {label: f"{below}/{stem}{file.suffix}" for label, (stem, file) in named.items()}
    for label, (_, file) in named.items():
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
