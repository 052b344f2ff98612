"""Networks that come with the program."""

import json
from dataclasses import dataclass
from pathlib import Path

from superres.core.errors import InputError
from superres.core.resources import resource


@dataclass(frozen=True)
class Shipped:
    """One of them.

    Attributes:
        name: of its file, without ending.
        file: the network.
        scale: its factor.
        gain_db: over bicubic on photos that it never saw, mean of PSNR in RGB.
        photos: how many these were.
    """

    name: str
    file: Path
    scale: int
    gain_db: float
    photos: int


def networks() -> list[Shipped]:
    """All networks that come with the program, by name."""
    shipped = []
    for file in sorted(resource("models").glob("*.tflite")):
        about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        (scores,) = (row for row in about["benchmark"] if row["method"] == about["method"])
        shipped.append(
            Shipped(file.stem, file, scores["scale"], scores["gain_rgb_db"], scores["photos"])
        )
    return shipped


def chosen(name: str | None, factor: float | None) -> Path:
    """The file of a network.

    Args:
        name: of one that comes with the program, or a path; None for the one that fits best.
        factor: side of the result over side of the picture; None for the network's own.

    Raises:
        InputError: neither a name nor a file.
    """
    known = {one.name: one for one in networks()}
    if name is None:
        fitting = [one for one in known.values() if one.scale == factor]
        return (fitting or [min(known.values(), key=lambda one: one.scale)])[0].file
    if name in known:
        return known[name].file
    if not Path(name).is_file():
        raise InputError(
            f"--network {name}: no such file, and none of the networks that come with superres: "
            f"{', '.join(known)}"
        )
    return Path(name)
