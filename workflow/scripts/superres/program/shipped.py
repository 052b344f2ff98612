"""Networks that come with the program."""

import json
from dataclasses import dataclass
from pathlib import Path

from superres.core.checksums import sha256
from superres.core.errors import InputError
from superres.core.families import Cost, Kind
from superres.core.resources import resource
from superres.images.passes import passes

CLEAN: Kind = "clean"
PHOTO: Kind = "photo"
# Most multiply-adds for one HR pixel, in thousands.
MOST_KMACS: dict[Cost, float] = {"small": 7.5, "standard": 25, "large": 100}


@dataclass(frozen=True)
class Shipped:
    """One of them.

    Attributes:
        name: of its file, without ending.
        file: the network.
        scale: its factor.
        kind: of the pictures that it is for, `clean` or `photo`.
        cost: what an HR pixel takes.
        gain_db: over bicubic on photos that it never saw, mean of PSNR in RGB.
        photos: how many these were.
    """

    name: str
    file: Path
    scale: int
    kind: Kind
    cost: Cost
    gain_db: float
    photos: int


def networks() -> list[Shipped]:
    """All networks that come with the program, by name."""
    shipped = []
    for file in sorted(resource("models").glob("*.onnx")):
        about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        (scores,) = (row for row in about["benchmark"] if row["method"] == about["method"])
        kind = PHOTO if about["recipe"]["degradation"] == "realistic" else CLEAN
        kmacs = about["macs_per_hr_px"] / 1e3
        cost: Cost = next((name for name, most in MOST_KMACS.items() if kmacs <= most), "large")
        gain = scores["gain_rgb_db"], scores["photos"]
        shipped.append(Shipped(file.stem, file, about["scale"], kind, cost, *gain))
    return shipped


def lost_in_bfloat16_db(file: Path) -> float | None:
    """What a network loses in bfloat16, mean of PSNR in RGB over photos that it never saw.

    Args:
        file: of the network, with its record beside it.

    Returns:
        None where there is no record of this network beside it that says so.
    """
    try:
        about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        return about["bfloat16"]["mean_lost_db"] if about["sha256"] == sha256(file) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def chosen(
    name: str | None, kind: Kind | None, factor: float | None, cost: Cost | None = None
) -> tuple[list[Path], list[Path]]:
    """The files of networks for all pictures, and of others for lossy files.

    After the first pass a photograph is no longer what the networks for photographs are for: on
    validation photos those for clean pictures then gained more.

    Args:
        name: of one that comes with the program, or a path; None for those that fit best.
        kind: of these, `clean` or `photo`; None for both.
        factor: side of the result over side of the picture; None for the smallest scale.
        cost: of these; where none of a kind and scale has it, the nearest. None for `standard`.

    Returns:
        One file, or two of one scale, of which the second is for all passes after the first; and
        the same, or nothing where the first are for all pictures.

    Raises:
        InputError: neither a name nor a file, or a kind or cost beside a name.
    """
    known = {one.name: one for one in networks()}
    if name is None:
        costs = list(MOST_KMACS)

        def off(network: Shipped) -> int:
            """How far its cost is from the wanted one."""
            return abs(costs.index(network.cost) - costs.index(cost or "standard"))

        def work(network: Shipped) -> tuple[int, int, int]:
            """How often it is applied, and how far it then gets."""
            count = passes(factor or network.scale, network.scale)
            return count, network.scale**count, off(network)

        clean, photo = (
            min((one for one in known.values() if one.kind == each), key=work)
            for each in (CLEAN, PHOTO)
        )
        again = [one for one in known.values() if (one.kind, one.scale) == (CLEAN, photo.scale)]
        best = {
            CLEAN: [clean.file],
            PHOTO: [photo.file, *(one.file for one in sorted(again, key=off)[:1])],
        }
        return (best[CLEAN], best[PHOTO]) if kind is None else (best[kind], [])
    for option, value in (("kind", kind), ("cost", cost)):
        if value is not None:
            raise InputError(f"--{option} {value}: chooses a network; leave it out with --network")
    if name in known:
        return [known[name].file], []
    if not Path(name).is_file():
        raise InputError(
            f"--network {name}: no such file, and none of the networks that come with superres: "
            f"{', '.join(known)}"
        )
    return [Path(name)], []
