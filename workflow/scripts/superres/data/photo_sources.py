"""Sources of photos: names and files, before any image is read."""

import csv
import importlib.util
import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from superres.core.errors import InputError
from superres.data import free_photographs


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


def folder(path: Path) -> tuple[list[Source], list[Path]]:
    """The photos of a folder (not of its subfolders).

    Returns:
        Photos sorted by name, and the files passed over because their ending is no image format's.

    Raises:
        InputError: no such folder, no photo in it, or two photos of one name.
    """
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; set datasets.<name>.path to a folder of photos")
    endings = {
        ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN
    }
    photos: dict[str, Source] = {}
    passed_over = []
    for file in sorted(path.iterdir()):
        if not file.is_file() or file.name.startswith("."):
            continue
        if file.suffix.lower() not in endings:
            passed_over.append(file)
            continue
        if file.stem in photos:
            raise InputError(
                f"{path}: {photos[file.stem].file.name} and {file.name} have the same name "
                "but for the ending; rename one of them"
            )
        photos[file.stem] = Source(file.stem, file)
    if not photos:
        raise InputError(f"{path}: holds no photo; put at least one image file there")
    return list(photos.values()), passed_over


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
        lr, hr = tables[0].parent / "low res" / low, tables[0].parent / "high res" / high
        named = re.fullmatch(r"(.+)_([2-8])", lr.stem)
        if None in line or not named or named[1] != hr.stem:
            reason = f"'{low}', '{high}' is no pair <photo>_<scale>.jpg, <photo>.jpg"
            problems.append(Problem(row, tables[0], reason))
            continue
        pair = (hr.stem, int(named[2]))
        if (first := seen.setdefault(pair, row)) != row:
            problems.append(Problem(row, lr, f"listed before, in row {first}"))
            continue
        source = photos.get(hr.stem, Source(hr.stem, hr))
        rows = (*source.rows, LowResolution(row, pair[1], lr))
        photos[hr.stem] = Source(hr.stem, hr, rows)
    if row < 0:
        raise InputError(f"{tables[0]}: has no rows")
    return list(photos.values()), problems


def _decoded(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")
