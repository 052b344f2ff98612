"""Where photos come from: names and files, before anything is read."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from superres.errors import InputError


@dataclass(frozen=True)
class Source:
    """One photo: its name, its file, and the scene it shows (several photos may share one)."""

    photo: str
    file: Path
    scene: str


_BUNDLED_FILES = {
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
_BUNDLED_SCENES = {"motorcycle_left": "motorcycle", "motorcycle_right": "motorcycle"}


def bundled() -> list[Source]:
    """The colour photos inside the installed scikit-image and scikit-learn packages.

    Raises:
        InputError: a package or a file of it is missing.
    """
    sources = []
    for package, files in _BUNDLED_FILES.items():
        # The packages hold the files but need not be imported, which would take seconds.
        spec = importlib.util.find_spec(package)
        if spec is None:
            raise InputError(f"package {package}, which carries photos, is not installed")
        for file in (Path(spec.origin).parent / name for name in files):
            if not file.is_file():
                raise InputError(f"{file} is missing; install {package} at the locked version")
            scene = _BUNDLED_SCENES.get(file.stem, file.stem)
            sources.append(Source(file.stem, file, scene))
    return sorted(sources, key=lambda source: source.photo)


def folder(path: Path) -> tuple[list[Source], list[Path]]:
    """The photos of a folder (not of its subfolders), every one its own scene.

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
        photos[file.stem] = Source(file.stem, file, file.stem)
    if not photos:
        raise InputError(f"{path}: holds no photo; put at least one image file there")
    return list(photos.values()), passed_over
