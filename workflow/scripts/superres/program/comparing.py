"""The comparison page of any pictures."""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superres.core.console import log, printable, shown, tracked
from superres.core.errors import InputError
from superres.core.natural_order import natural
from superres.core.resources import resource
from superres.images.picture_folders import files_in
from superres.images.rgb_files import read_rgb, write_png
from superres.report import gallery
from superres.scoring import image_quality

# Of pictures that no step has enlarged.
SCALE = 1
# What the terminal shows of the page's columns.
SUMMARY = ("psnr_rgb_db", "gain_rgb_db", "psnr_y_db", "ssim_y", "flip")
CONVENTION = (
    "PSNR in dB, peak 1.0, of RGB and of BT.601 Y; SSIM of Y; FLIP: lower is better; 8-bit images, "
    "no border crop"
)


@dataclass(frozen=True)
class Sources:
    """The files of one photo.

    Attributes:
        name: of the photo.
        truth: what the others are measured against.
        methods: the others by name.
        lr: what these were made from; None where it is not shown.
    """

    name: str
    truth: Path
    methods: dict[str, Path]
    lr: Path | None


def sources(paths: list[Path], lr: Path | None) -> list[Sources]:
    """The photos of a command line, whose last path is the truth.

    Args:
        paths: all of them pictures of one photo, or all of them folders of several photos, which
            have the same names in every folder, whatever their endings.
        lr: of the same kind.

    Raises:
        InputError: fewer than two, files beside folders, or no photo that all folders have.
    """
    if len(paths) < 2:
        raise InputError(
            "give at least two pictures: those to compare, and the original, which is the last"
        )
    every = [*paths, *([lr] if lr else [])]
    for path in every:
        if not path.exists():
            raise InputError(f"{shown(path)}: no such file or folder")
    folders = [path for path in every if path.is_dir()]
    if not folders:
        return [_photo(paths[-1].stem, paths, every, _names(paths[:-1]))]
    if len(folders) < len(every):
        raise InputError(
            f"{shown(folders[0])}: is a folder; compare pictures with a picture, or folders with a "
            "folder"
        )
    by_stem = [{file.stem: file for file in files_in(path, flat=True)[0]} for path in every]
    common = set.intersection(*(set(files) for files in by_stem))
    if not common:
        raise InputError(f"{shown(every[-1])}: no picture has the name of one in all other folders")
    others = {stem for files in by_stem for stem in files} - common
    if others:
        named = ", ".join(printable(stem) for stem in sorted(others, key=natural))
        log.info("left out, as they are not in every folder: %s", named)
    return [
        _photo(stem, paths, [files[stem] for files in by_stem], _names(paths[:-1]))
        for stem in sorted(common, key=natural)
    ]


def _photo(stem: str, paths: list[Path], files: list[Path], names: list[str]) -> Sources:
    """A photo of which there is a file for each path, and perhaps one more, its LR image."""
    *methods, truth = files[: len(paths)]
    lr = files[len(paths)] if len(files) > len(paths) else None
    return Sources(printable(stem), truth, dict(zip(names, methods, strict=True)), lr)


def _names(paths: Iterable[Path]) -> list[str]:
    """Names of methods, each once and none that of another image of the page."""
    names: list[str] = []
    for path in paths:
        name = printable(path.resolve().stem)
        number = 2
        unique = name
        while unique in (*names, gallery.HR, gallery.LR):
            unique, number = f"{name} ({number})", number + 1
        names.append(unique)
    return names


def write(photos: list[Sources], folder: Path, overwrite: bool, most_megapixels: float) -> str:
    """Write the page, and give the scores as a table for a terminal.

    Gains are over the first of the methods.

    Args:
        photos: from `sources`.
        folder: to write; appears when it is complete.
        overwrite: replace a page that is there.
        most_megapixels: larger pictures are not read.

    Raises:
        InputError: a picture that cannot be read or has another size than its original, or a
            folder that is no page.
    """
    _check_free(folder, overwrite)
    names = list(photos[0].methods)
    folder.parent.mkdir(parents=True, exist_ok=True)
    scores: gallery.Scores = {}
    with tempfile.TemporaryDirectory(prefix=".superres-", dir=folder.parent) as temporary:
        page, files = Path(temporary) / "page", Path(temporary) / "files"
        page.mkdir()
        placed = []
        for number, photo in enumerate(tracked(photos, "photos")):
            images = _images(photo, most_megapixels)
            for name, values in _scored(images, names).items():
                scores[SCALE, photo.name, name] = values
            placed.append(_placed(photo, images, files / str(number)))
        listed = ", ".join(names)
        wording = gallery.Wording(
            listed, f"{listed}: compared with the original", "no border crop", reference=names[0]
        )
        template = resource("report/page") / "index.html"
        gallery.write(page, template, wording, {SCALE: placed}, scores)
        if folder.exists():
            shutil.rmtree(folder)
        page.rename(folder)
    return _table(scores, names, len(photos))


def _check_free(folder: Path, overwrite: bool) -> None:
    """Refuse a place where something is that is not ours to replace.

    Raises:
        InputError: names it.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / "index.html").is_file() or not (folder / "stage.css").is_file():
        raise InputError(f"{shown(folder)}: is there and no comparison page; choose another folder")
    if not overwrite:
        raise InputError(f"{shown(folder)}: is there; --overwrite replaces it")


def _images(photo: Sources, most_megapixels: float) -> dict[str, np.ndarray]:
    """The pixels of a photo by the labels of the page.

    Raises:
        InputError: a picture that cannot be read, or of another size.
    """
    truth = read_rgb(photo.truth, most_megapixels)
    images = {name: read_rgb(file, most_megapixels) for name, file in photo.methods.items()}
    for name, image in images.items():
        if image.shape != truth.shape:
            size, wanted = (f"{x.shape[1]} x {x.shape[0]}" for x in (image, truth))
            raise InputError(
                f"{shown(photo.methods[name])}: {size} pixels, but {shown(photo.truth)} has "
                f"{wanted}; give pictures of one size, and the small one they were made from with "
                "--lr"
            )
    lr = {gallery.LR: read_rgb(photo.lr, most_megapixels)} if photo.lr else {}
    return {gallery.HR: truth, **images, **lr}


def _placed(photo: Sources, images: dict[str, np.ndarray], folder: Path) -> gallery.Photo:
    """A photo with files that browsers show."""
    files = {label: folder / f"{number}.png" for number, label in enumerate(images)}
    for label, file in files.items():
        write_png(file, images[label])
    methods = {name: files[name] for name in photo.methods}
    return gallery.Photo(photo.name, files[gallery.HR], methods, files.get(gallery.LR))


def _scored(images: dict[str, np.ndarray], names: list[str]) -> dict[str, dict[str, float]]:
    """Scores of the named images against the truth, with the gain over the first."""
    scores = {
        name: image_quality.score(images[gallery.HR], images[name], scale=0) for name in names
    }
    reference_db = scores[names[0]]["psnr_rgb_db"]
    for values in scores.values():
        own_db = values["psnr_rgb_db"]
        values["gain_rgb_db"] = 0.0 if own_db == reference_db else own_db - reference_db
    return scores


def _table(scores: gallery.Scores, names: list[str], photos: int) -> str:
    """Means over the photos, a line for each method, and their convention.

    A photo that some method reproduces exactly, which has no finite PSNR, is left out of the mean
    PSNR and gain of all of them, unless it is the only one.
    """
    exact = {} if photos == 1 else _exact(scores)
    columns = [gallery.COLUMNS[key][0] for key in SUMMARY]
    width = max(len(name) for name in names)
    lines = ["  ".join([" " * width, *columns])]
    for name in names:
        cells = []
        for key, column in zip(SUMMARY, columns, strict=True):
            left_out = exact if key.endswith("_db") else {}
            values = [
                row[key]
                for (_, photo, method), row in scores.items()
                if method == name and photo not in left_out
            ]
            sign = "+" if key.startswith("gain") else ""
            digits = gallery.COLUMNS[key][1]
            mean = f"{np.mean(values):{sign}.{digits}f}" if values else "-"
            cells.append(mean.rjust(len(column)))
        lines.append("  ".join([name.ljust(width), *cells]))
    if exact:
        named = ", ".join(f"{photo} ({', '.join(methods)})" for photo, methods in exact.items())
        lines.append(f"Left out of the mean PSNR, as they are reproduced exactly: {named}.")
    of = f"Means over {photos} photos. " if photos > 1 else ""
    return "\n".join([*lines, f"{of}{CONVENTION}."])


def _exact(scores: gallery.Scores) -> dict[str, list[str]]:
    """Photos whose PSNR, of RGB or of Y, is infinite, and the methods with which it is."""
    found: dict[str, list[str]] = {}
    for (_, photo, method), row in scores.items():
        if np.isinf([row["psnr_rgb_db"], row["psnr_y_db"]]).any():
            found.setdefault(photo, []).append(method)
    return found
