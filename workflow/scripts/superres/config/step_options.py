"""Options of steps, as the configuration's sections determine them."""

from collections.abc import Mapping, Sequence

from superres.config.sections.datasets import Dataset
from superres.config.sections.downloads import Download, Photographs
from superres.config.sections.outputs import Upscale


class Repeated(tuple):
    """Values of an option that is given once for each of them, as each may begin with `-`."""


def words(options: Mapping[str, object]) -> list[str]:
    """Options as the words of a command line.

    Args:
        options: name to value. A list or tuple becomes several words, `Repeated` several options,
            True a flag alone; None, False, empty text and empty lists leave the option out.
    """
    line: list[str] = []
    for name, value in options.items():
        if value is None or value is False or value == "" or value == [] or value == ():
            continue
        option = f"--{name.replace('_', '-')}"
        if value is True:
            line.append(option)
            continue
        if isinstance(value, Repeated):
            line += [f"{option}={item}" for item in value]
            continue
        first, *others = map(str, value if isinstance(value, list | tuple) else [value])
        # A file may have the name of an option.
        line += [f"{option}={first}"] if first.startswith("-") else [option, first]
        line += others
    return line


def photos(dataset: Dataset, download: Sequence[str], least_px: int) -> dict:
    """Options that tell the photo step where to look and what to take.

    Args:
        dataset: entry of the section `datasets`.
        download: folder and table of the download that it uses; empty without one.
        least_px: shortest side that scale and training take; smaller photos are left out where bad
            input is, and are refused by a later step where it is not.
    """
    options: dict[str, object] = {}
    match dataset.source:
        case "folder" if dataset.download is not None:
            files, record = download
            options = {"folder": f"{files}/{dataset.path}", "record": record}
            if dataset.lr_path is not None:
                options["lr_folder"] = f"{files}/{dataset.lr_path}"
        case "folder":
            options = {"folder": dataset.path}
            if dataset.lr_path is not None:
                options["lr_folder"] = dataset.lr_path
        case "download":
            files, record = download
            options = {"dataset": files, "record": record}
        case "bundled" | "packages":
            options = {dataset.source: True}
    if "lr_folder" in options:
        options["lr_scale"] = dataset.scales[0]
    return options | {
        "low_resolution": dataset.degradation == "provided",
        "quarantine": dataset.bad_input == "quarantine",
        "most_megapixels": dataset.most_megapixels,
        "least_px": least_px if dataset.bad_input == "quarantine" else None,
        "flat": dataset.source == "folder" and not dataset.subfolders,
    }


def pairs(dataset: Dataset, split: str) -> dict:
    """Options that tell the pair step how to make LR from HR."""
    options = degradation(dataset) | {"mod_crop": dataset.mod_crop}
    if dataset.resize:
        options["resize_px"] = dataset.resize.size_px
        options["resize_filter"] = dataset.resize.filter
    if split == "train":
        options["sizes"] = dataset.train_sizes
    return options


def train(dataset: Dataset) -> dict:
    """Options that tell training to make LR itself."""
    options = degradation(dataset)
    if "realistic" in options and dataset.realistic.draws == "patch":
        return {"realistic": options["realistic"]}
    return {}


def degradation(dataset: Dataset) -> dict:
    """Options that say how LR is made from HR."""
    options: dict[str, object] = {"degradation": dataset.degradation}
    if dataset.degradation == "realistic":
        options["realistic"] = dataset.realistic.model_dump_json()
    return options


def split(dataset: Dataset) -> dict:
    """Options that tell the split step what is locked and how the rest is shared out."""
    settings = dataset.split
    options = settings.model_dump(include={"by", "near_duplicate_bits", "seed"})
    for side, chosen, share in (
        ("test", settings.test, settings.test_share),
        ("validation", settings.validation, settings.validation_share),
    ):
        if isinstance(chosen, int):
            options |= {f"{side}_photos": chosen, f"{side}_share": 0}
        else:
            options |= {side: Repeated(chosen), f"{side}_share": share}
    if settings.folds > 1:
        options |= {"fold": settings.fold, "folds": settings.folds}
    return options | {"measured": dataset.evaluate.split}


def download(section: Download) -> dict:
    """Options that tell the download step what to fetch, or where the user has it.

    Args:
        section: entry of the section `downloads`.
    """
    options: dict[str, object] = {"max_unpacked_mb": section.max_unpacked_mb}
    if section.path is not None:
        return options | {"path": section.path, "sha256": section.sha256}
    return options | {"dataset": f"{section.kaggle}/{section.version}"}


def photographs(section: Photographs) -> dict:
    """Options that tell the download step how to get the training set of free photographs."""
    return section.model_dump(include={"folders", "leave_out", "test_sets"})


def upscale(section: Upscale) -> dict:
    """Options that tell the upscale step what to do."""
    keys = {"input", "output", "precision", "scale", "factor", "memory_mb"}
    keys |= {"overwrite", "most_megapixels", "drop_private", "jpeg_quality"}
    return section.model_dump(include=keys) | {"flat": not section.subfolders}
