"""Sources of photos: names and files, before any image is read."""

import csv
import importlib.util
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from superres.core.errors import InputError
from superres.core.natural_order import composed
from superres.data import free_photographs
from superres.images import picture_folders


@dataclass(frozen=True)
class LowResolution:
    """One row of a dataset's table: a photo at one scale."""

    row: int
    scale: int
    file: Path


@dataclass(frozen=True)
class Source:
    """One photo: its name, its HR file, and the LR files that a table lists for it."""

    photo: str
    file: Path
    rows: tuple[LowResolution, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something that cannot be used: the row of the table, if there is one, the file, and why."""

    row: int | None
    file: Path
    reason: str


_FILES_OF_PACKAGES = {
    "skimage": [
        "data/astronaut.png",
        "data/chelsea.png",
        "data/coffee.png",
        "data/hubble_deep_field.jpg",
        "data/ihc.png",
        "data/motorcycle_left.png",
        "data/motorcycle_right.png",
        "data/retina.jpg",
        "data/rocket.jpg",
    ],
    "sklearn": ["datasets/images/china.jpg", "datasets/images/flower.jpg"],
}
# Between the name of a folder and that of a photo in it.
IN_FOLDER = "__"
# Files of results have the photo's name and a little more, and file systems take 255 bytes.
MOST_NAME_BYTES = 230
TABLE = "image_data.csv"
TABLE_COLUMNS = ["low_res", "high_res"]


def bundled() -> list[Source]:
    """The photos of `from_packages` and the free photographs that the workflow carries, by name.

    Raises:
        InputError: a package or file is missing, or a photograph is damaged.
    """
    photographs = free_photographs.carried()
    carried = [
        Source(row.photo, free_photographs.FOLDER / row.file) for row in photographs.itertuples()
    ]
    return sorted([*from_packages(), *carried], key=lambda source: source.photo)


def from_packages() -> list[Source]:
    """The colour photos inside the installed scikit-image and scikit-learn packages.

    Raises:
        InputError: a package or a file of it is missing.
    """
    sources = []
    for package, files in _FILES_OF_PACKAGES.items():
        # The packages hold the files but need not be imported, which would take seconds.
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise InputError(f"package {package}, which carries photos, is not installed")
        for file in (Path(spec.origin).parent / name for name in files):
            if not file.is_file():
                raise InputError(f"{file} is missing; install {package} at the locked version")
            sources.append(Source(file.stem, file))
    return sorted(sources, key=lambda source: source.photo)


def folder(path: Path, flat: bool = False) -> tuple[list[Source], list[Problem], list[Path]]:
    """The photos of a folder and of those in it.

    A photo's name is that of its file without ending; one in a folder of the folder has the names
    of both, joined by two underscores. Names are in Unicode's composed form (NFC), whichever form
    the file system uses.

    Args:
        path: the folder.
        flat: leave out the folders in it.

    Returns:
        Photos sorted by name; photos whose names no table can hold, or are another one's; files
        that are no pictures.

    Raises:
        InputError: no such folder, or no photo in it.
    """
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; set datasets.<name>.path to a folder of photos")
    photos: dict[str, Source] = {}
    problems = []
    try:
        files, others = picture_folders.files_in(path, flat)
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}; check its permissions") from error
    for file in files:
        name = composed(IN_FOLDER.join(file.relative_to(path).with_suffix("").parts))
        if reason := _name_problem(name):
            problems.append(Problem(None, file, reason))
        elif name in photos:
            first = photos[name].file.relative_to(path)
            reason = (
                f"its name is that of {first} but for the ending or the form of its letters; "
                "rename one of them"
            )
            problems.append(Problem(None, file, reason))
        else:
            photos[name] = Source(name, file)
    if not photos and not problems:
        raise InputError(f"{path}: holds no photo; put at least one image file there")
    return [photos[name] for name in sorted(photos)], problems, others


def _name_problem(name: str) -> str:
    """Why a photo cannot have a name; empty if it can."""
    try:
        size_bytes = len(name.encode())
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    if size_bytes > MOST_NAME_BYTES:
        return (
            f"its name, with its folders, has {size_bytes} bytes, more than {MOST_NAME_BYTES}; "
            "shorten it"
        )
    return ""


def _on_disk(file: Path) -> Path:
    """The file under its name in the form of Unicode that the disk has it in."""
    forms = (file.with_name(unicodedata.normalize(form, file.name)) for form in ("NFC", "NFD"))
    return next((form for form in (file, *forms) if form.exists()), file)


def with_lr(photos: list[Source], path: Path, scale: int) -> tuple[list[Source], list[Problem]]:
    """Photos of a folder with the LR files of the same names in another one, as rows in its order.

    Args:
        photos: from `folder`.
        path: folder of the LR files.
        scale: their whole factor.

    Returns:
        The photos that have one; and a problem for every other.
    """
    found, problems = [], []
    for row, photo in enumerate(photos):
        lr = next(
            (file for file in sorted(path.glob("*")) if composed(file.stem) == photo.photo), None
        )
        if lr is None:
            problems.append(Problem(row, photo.file, f"{path.name} has no file of its name"))
        else:
            found.append(Source(photo.photo, photo.file, (LowResolution(row, scale, lr),)))
    return found, problems


def table(path: Path) -> tuple[list[Source], list[Problem]]:
    """The photos that `image_data.csv` lists, in the layout of the Kaggle dataset.

    Beside the table are `high res/<photo>.jpg` and `low res/<photo>_<scale>.jpg`. The table may
    be UTF-8 (with or without a mark) or ISO-8859-1, with any line ends.

    Args:
        path: a folder that holds the table, at any depth.

    Returns:
        Photos in the order of the table, rows counted from 0; and the rows that name no pair.
        Whether the files exist is not looked at.

    Raises:
        InputError: no table or several, other columns, or no row at all.
    """
    tables = sorted(path.rglob(TABLE))
    if len(tables) != 1:
        raise InputError(
            f"{path}: holds {len(tables)} files named {TABLE}; exactly one is needed, beside the "
            "folders 'high res' and 'low res'"
        )
    lines = csv.DictReader(io.StringIO(_decoded(tables[0]), newline=""))
    if lines.fieldnames != TABLE_COLUMNS:
        raise InputError(
            f"{tables[0]}: columns are {', '.join(lines.fieldnames or ['(none)'])}; expected "
            f"{', '.join(TABLE_COLUMNS)}, separated by a comma, as UTF-8 or ISO-8859-1"
        )
    photos: dict[str, Source] = {}
    problems = []
    seen: dict[tuple[str, int], int] = {}
    row = -1
    for row, line in enumerate(lines):
        low, high = (Path((line[column] or "").strip()).name for column in TABLE_COLUMNS)
        lr = _on_disk(tables[0].parent / "low res" / low)
        hr = _on_disk(tables[0].parent / "high res" / high)
        photo = composed(hr.stem)
        named = re.fullmatch(r"(.+)_([2-8])", composed(lr.stem))
        if None in line or not named or named[1] != photo:
            reason = f"'{low}', '{high}' is no pair <photo>_<scale>.jpg, <photo>.jpg"
            problems.append(Problem(row, tables[0], reason))
            continue
        pair = (photo, int(named[2]))
        if (first := seen.setdefault(pair, row)) != row:
            problems.append(Problem(row, lr, f"listed before, in row {first}"))
            continue
        source = photos.get(photo, Source(photo, hr))
        rows = (*source.rows, LowResolution(row, pair[1], lr))
        photos[photo] = Source(photo, hr, rows)
    if row < 0:
        raise InputError(f"{tables[0]}: has no rows")
    return list(photos.values()), problems


def _decoded(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")
