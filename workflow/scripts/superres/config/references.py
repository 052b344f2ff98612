"""Checks beyond a JSON schema: names must exist, choices must fit together."""

from pathlib import PurePath

from superres.config.paths import check_plain_name
from superres.config.sections import Configuration
from superres.config.sections.datasets import Dataset
from superres.config.sections.models import Training
from superres.config.sections.outputs import Release, Upscale
from superres.config.sections.reports import Paper
from superres.core.errors import InputError
from superres.core.methods import INTERPOLATIONS, UNCHANGED


def check(config: Configuration) -> None:
    """Check a complete configuration.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    run = config.run
    check_names("run.datasets", run.datasets, "dataset", sorted(config.datasets))
    methods = [*INTERPOLATIONS, *sorted(config.models)]
    check_names("run.methods", run.methods, "method", methods)
    check_names("statistics.against", config.statistics.against, "method", methods)
    for name, model in config.models.items():
        check_training(f"models.{name}.training", model.training)
    for name, download in config.downloads.items():
        if download.photographs is not None:
            given = download.model_dump(include={"path", "kaggle", "version", "sha256"})
            if other := sorted(key for key, value in given.items() if value is not None):
                raise InputError(
                    f"configuration: 'downloads.{name}' has 'photographs' and '{other[0]}'; "
                    "leave one of them out"
                )
        elif download.path is None and None in (download.kaggle, download.version):
            raise InputError(
                f"configuration: 'downloads.{name}' needs 'path', or 'kaggle' and 'version', or "
                "'photographs'"
            )
        if download.sha256 is not None and download.path is None:
            raise InputError(
                f"configuration: 'downloads.{name}.sha256' is of the file of 'path', which it lacks"
            )
    for name, dataset in config.datasets.items():
        _check_dataset(f"datasets.{name}", dataset, sorted(config.downloads))
    for name in run.datasets:
        dataset = config.datasets[name]
        check_names(f"datasets.{name}.methods", dataset.methods, "method", methods)
        _check_home(name, dataset, config)
        for method in filter(config.models.get, dataset.methods):
            key, training = f"models.{method}.training", config.models[method].training
            for scale in dataset.evaluate.scales:
                check_patch(key, training, scale)
            if dataset.trained_on is None:
                check_teacher(key, training, name, config)
    for method, chosen in config.release.items():
        _check_release(method, chosen, config)
    if config.prediction.precision != "float32" and config.prediction.runtime != "openvino":
        raise InputError(
            f"configuration: 'prediction.precision' is {config.prediction.precision}, which "
            "'prediction.runtime' openvino alone computes in"
        )
    if config.paper:
        _check_paper(config.paper, config)
    if config.upscale:
        _check_upscale(config.upscale)
    if config.metrics.lpips:
        check_plain_name(config.metrics.lpips.path, "metrics.lpips.path")


def check_names(key: str, names: list[str], kind: str, known: list[str]) -> None:
    """Refuse a name in a list that refers to nothing."""
    for index, name in enumerate(names):
        check_name(f"{key}[{index}]", name, kind, known)


def check_name(key: str, name: str, kind: str, known: list[str]) -> None:
    """Refuse a name that refers to nothing."""
    if name not in known:
        raise InputError(
            f"configuration: '{key}': unknown {kind} {name!r}; allowed: {', '.join(known)}"
        )


def check_training(key: str, training: Training) -> None:
    """Refuse choices of one training that exclude each other."""
    if training.scales == "all" and training.input != "images":
        raise InputError(f"configuration: '{key}.scales' is all, which takes '{key}.input' images")
    # A pass over images ends with a batch that may be too small to share.
    if training.devices == "all" and training.input != "patches":
        raise InputError(
            f"configuration: '{key}.devices' is all, which takes '{key}.input' patches"
        )


def check_patch(key: str, training: Training, scale: int) -> None:
    """Refuse patches that have no LR image of whole pixels."""
    if training.input == "images" or training.lr_patch_px is not None:
        return
    if training.hr_patch_px % scale:
        raise InputError(
            f"configuration: '{key}.hr_patch_px' is {training.hr_patch_px}, not a multiple of "
            f"scale {scale}"
        )


def check_teacher(key: str, training: Training, dataset: str, config: Configuration) -> None:
    """Refuse a teacher that a dataset does not train, or that cannot teach there."""
    if training.teacher is None:
        return
    section = config.datasets[dataset]
    teachers = [
        name
        for name in filter(config.models.get, section.methods)
        if config.models[name].training.teacher is None
    ]
    check_name(f"{key}.teacher", training.teacher, f"model of '{dataset}' to learn from", teachers)
    if section.degradation == "realistic" and section.realistic.draws == "patch":
        raise InputError(
            f"configuration: '{key}.teacher' takes LR that stays the same, but "
            f"'datasets.{dataset}.realistic.draws' is patch"
        )
    if training.input != "patches":
        raise InputError(f"configuration: '{key}.teacher' takes '{key}.input' patches")


def _check_dataset(key: str, dataset: Dataset, downloads: list[str]) -> None:
    source, split = dataset.source, dataset.split
    for source_key, needed_by, allowed_by in (
        ("path", ["folder"], ["folder"]),
        ("download", ["download"], ["download", "folder"]),
    ):
        given = getattr(dataset, source_key) is not None
        if (given and source not in allowed_by) or (not given and source in needed_by):
            raise InputError(
                f"configuration: '{key}.{source_key}' must be given with source '{needed_by[0]}', "
                f"and only with {' or '.join(allowed_by)}"
            )
    if dataset.download is not None:
        check_name(f"{key}.download", dataset.download, "download", downloads)
        for path_key, path in (("path", dataset.path), ("lr_path", dataset.lr_path)):
            inside = PurePath(path or ".")
            if inside.is_absolute() or ".." in inside.parts:
                raise InputError(
                    f"configuration: '{key}.{path_key}' is {str(inside)!r}, which leads out of "
                    "what is downloaded; give a folder in it"
                )
    provided = dataset.degradation == "provided"
    if dataset.lr_path is not None and not (
        source == "folder" and provided and len(dataset.scales) == 1
    ):
        raise InputError(
            f"configuration: '{key}.lr_path' takes the source 'folder', 'degradation: provided' "
            f"and one scale, not {source}, {dataset.degradation} and scales {dataset.scales}"
        )
    if source != "download":
        for choice, what in (
            (provided and dataset.lr_path is None, f"'{key}.degradation' is provided"),
            (split.by == "rows", f"'{key}.split.by' is rows"),
        ):
            if choice:
                raise InputError(
                    f"configuration: {what}, which takes the table of a source 'download'"
                )
    resize = dataset.resize
    if dataset.degradation == "provided" and resize and resize.filter != "nearest":
        raise InputError(
            f"configuration: '{key}.resize.filter' is {resize.filter}; LR files that are "
            "provided can only follow nearest"
        )
    if dataset.degradation == "provided" and dataset.train_sizes != [1]:
        raise InputError(
            f"configuration: '{key}.train_sizes' is {dataset.train_sizes}; LR files that are "
            "provided fit the photo's own size alone, so it must be [1]"
        )
    if missing := set(dataset.evaluate.scales) - set(dataset.scales):
        raise InputError(
            f"configuration: '{key}.evaluate.scales': {min(missing)} is not in '{key}.scales'"
        )
    if split.by == "test" and isinstance(split.test, int):
        raise InputError(
            f"configuration: '{key}.split.test' is {split.test}, but all its photos are test "
            "photos; name those to measure, or leave it out"
        )
    if split.by == "test" and dataset.evaluate.split != "test":
        raise InputError(
            f"configuration: '{key}.evaluate.split' is {dataset.evaluate.split}, but all its "
            "photos are test photos"
        )
    for name in ("blur_sigma_px", "noise_sigma", "jpeg_quality", "sharpening"):
        lowest, highest = getattr(dataset.realistic, name)
        if lowest > highest:
            raise InputError(f"configuration: '{key}.realistic.{name}': lowest above highest")
    if split.by == "rows" and dataset.evaluate.split == "test":
        raise InputError(
            f"configuration: '{key}.split.by' is rows, which has no test split; set "
            f"'{key}.evaluate.split' to validation"
        )
    named = split.test or (isinstance(split.validation, list) and split.validation)
    if split.folds > 1 and (split.by != "scene" or dataset.evaluate.split != "test" or named):
        raise InputError(
            f"configuration: '{key}.split.folds' is {split.folds}, which takes 'by: scene', "
            "'evaluate.split: test' and no names in 'test' and 'validation', as every photo is "
            "tested once"
        )
    if split.test_share + split.validation_share > 1:
        raise InputError(
            f"configuration: '{key}.split': test_share and validation_share together are above 1"
        )
    test, validation = (
        set(side) if isinstance(side, list) else set() for side in (split.test, split.validation)
    )
    if both := test & validation:
        raise InputError(
            f"configuration: '{key}.split': {', '.join(sorted(both))} named in both test and "
            "validation"
        )


def _check_home(name: str, dataset: Dataset, config: Configuration) -> None:
    """Where the models of a dataset come from."""
    key = f"datasets.{name}"
    if dataset.trained_on is None:
        if dataset.split.by == "test" and any(map(config.models.get, dataset.methods)):
            raise InputError(
                f"configuration: '{key}.split.by' is test, which leaves nothing to train on; set "
                f"'{key}.trained_on', or '{key}.methods' to interpolations"
            )
        return
    homes = [
        other
        for other in config.run.datasets
        if config.datasets[other].trained_on is None
        and config.datasets[other].split.folds == 1
        and other != name
    ]
    check_name(f"{key}.trained_on", dataset.trained_on, "training dataset", homes)
    home = config.datasets[dataset.trained_on]
    if missing := set(dataset.evaluate.scales) - set(home.scales):
        raise InputError(
            f"configuration: '{key}.evaluate.scales': {min(missing)} is not in "
            f"'datasets.{dataset.trained_on}.scales'"
        )


def _check_release(method: str, chosen: Release, config: Configuration) -> None:
    key = f"release.{method}"
    check_name("release", method, "model", sorted(config.models))
    check_name(f"{key}.dataset", chosen.dataset, "dataset", config.run.datasets)
    home = config.datasets[chosen.dataset]
    _check_is_home(f"{key}.dataset", chosen.dataset, home)
    measured_on = chosen.measured_on or chosen.dataset
    check_name(f"{key}.measured_on", measured_on, "dataset", config.run.datasets)
    dataset = config.datasets[measured_on]
    if measured_on != chosen.dataset and dataset.trained_on != chosen.dataset:
        raise InputError(
            f"configuration: '{key}.measured_on' is {measured_on!r}, which has other models than "
            f"'{key}.dataset'; set 'datasets.{measured_on}.trained_on' to {chosen.dataset!r}"
        )
    for name, compared in ((chosen.dataset, home), (measured_on, dataset)):
        _check_is_method(key, method, name, compared)
        if missing := set(chosen.scales) - set(compared.evaluate.scales):
            raise InputError(
                f"configuration: '{key}.scales': {min(missing)} is not in "
                f"'datasets.{name}.evaluate.scales'"
            )


def _check_paper(section: Paper, config: Configuration) -> None:
    check_name("paper.model", section.model, "model", sorted(config.models))
    for track, name in (("as_run", section.as_run), ("clean", section.clean)):
        check_name(f"paper.{track}", name, "dataset", config.run.datasets)
        _check_is_home(f"paper.{track}", name, config.datasets[name])
        _check_is_method("paper.model", section.model, name, config.datasets[name])
    if section.as_run == section.clean:
        raise InputError(
            f"configuration: 'paper.as_run' and 'paper.clean' are both {section.clean!r}; name "
            "two datasets"
        )
    as_run, clean = config.datasets[section.as_run], config.datasets[section.clean]
    _check_is_method("paper.as_run", UNCHANGED, section.as_run, as_run)
    if as_run.evaluate.split != "validation":
        raise InputError(
            f"configuration: 'datasets.{section.as_run}.evaluate.split' is "
            f"{as_run.evaluate.split}, but the paper compared on validation"
        )
    scale = as_run.evaluate.scales[0]
    every_scale = config.models[section.model].training.scales == "all"
    if not every_scale and scale not in clean.evaluate.scales:
        raise InputError(
            f"configuration: 'datasets.{section.clean}.evaluate.scales' lacks {scale}, the "
            f"first of 'datasets.{section.as_run}.evaluate.scales'"
        )


def _check_is_home(key: str, name: str, dataset: Dataset) -> None:
    if dataset.trained_on is not None:
        raise InputError(
            f"configuration: '{key}': {name!r} has models of {dataset.trained_on!r}; name a "
            "dataset that trains its own"
        )
    if dataset.split.folds > 1:
        raise InputError(
            f"configuration: '{key}': {name!r} has folds, each with models of its own; name a "
            "dataset without"
        )


def _check_is_method(key: str, method: str, name: str, dataset: Dataset) -> None:
    if method not in dataset.methods:
        raise InputError(
            f"configuration: '{key}' needs the method {method!r}, which 'datasets.{name}.methods' "
            "lacks"
        )


def _check_upscale(section: Upscale) -> None:
    """The network's own file tells its scale, unless it is Keras'."""
    network = section.network or ""
    check_plain_name(network, "upscale.network")
    for key, value in (("kind", section.kind), ("cost", section.cost)):
        if network and value:
            raise InputError(
                f"configuration: 'upscale.{key}' is {value!r}, which chooses one of the networks "
                "that come with the workflow; leave it out with 'upscale.network'"
            )
    if network.endswith(".keras") and section.scale is None:
        raise InputError(
            f"configuration: 'upscale.scale' is missing; the network {network!r} does not tell it"
        )
