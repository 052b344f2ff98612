"""The configuration: checked against its schema, completed with its defaults."""

import copy
import itertools
from pathlib import Path

import jsonschema
import yaml

from superres.errors import InputError
from superres.methods import INTERPOLATIONS

ARCHITECTURES = Path(__file__).parent / "architectures"


def complete(config: dict, schema_file: Path) -> dict:
    """Check a configuration and fill in every default.

    Args:
        config: as read from YAML; left unchanged.
        schema_file: JSON schema (YAML) with a default for every optional key.

    Returns:
        A new dictionary in which every key of the schema is set.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    _check_keys(config)
    schema = yaml.safe_load(schema_file.read_text())
    error = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(config),
        # The deepest error names the key that the user wrote.
        key=lambda error: len(error.absolute_path),
    )
    if error is not None:
        raise InputError(_explain(error))
    config = _with_defaults(config, schema)
    for name, sweep in config["sweeps"].items():
        sweep["cells"] = _cells(name, sweep, config, schema)
    for dataset in config["datasets"].values():
        dataset.setdefault("scales", config["run"]["scales"])
        dataset.setdefault("methods", config["run"]["methods"])
        dataset["evaluate"].setdefault("scales", dataset["scales"])
        if "trained_on" in dataset:
            dataset["split"]["by"] = "test"
    _check_references(config)
    return config


def _cells(sweep_name: str, sweep: dict, config: dict, schema: dict) -> dict[str, dict]:
    """The models of a sweep: name -> the values that set it apart, and its recipe."""
    key = f"sweeps.{sweep_name}"
    _check_names(f"{key}.dataset", [sweep["dataset"]], "dataset", config["run"]["datasets"])
    _check_names(f"{key}.model", [sweep["model"]], "model", sorted(config["models"]))
    if sweep["scale"] not in config["datasets"][sweep["dataset"]].get(
        "scales", config["run"]["scales"]
    ):
        raise InputError(
            f"configuration: '{key}.scale': {sweep['scale']} is no scale of '{sweep['dataset']}'"
        )
    cells = {}
    of_a_model = schema["properties"]["models"]["additionalProperties"]
    for combination in itertools.product(*sweep["grid"].values()):
        values = dict(zip(sweep["grid"], combination, strict=True))
        recipe = copy.deepcopy(config["models"][sweep["model"]])
        for path, value in values.items():
            section, option = path.split(".")
            recipe[section][option] = value
        error = jsonschema.exceptions.best_match(
            jsonschema.Draft202012Validator(of_a_model).iter_errors(recipe)
        )
        if error is not None:
            raise InputError(_explain(error, f"{key}: "))
        words = (f"{path.split('.')[1]}={_word(value)}" for path, value in values.items())
        cells["~".join([sweep_name, *words])] = {"values": values, "recipe": recipe}
    return cells


def _word(value) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def _with_defaults(value, schema: dict):
    if not isinstance(value, dict):
        return copy.deepcopy(value)
    known = schema.get("properties", {})
    value = {key: known[key]["default"] for key in known if "default" in known[key]} | value
    others = schema.get("additionalProperties")
    others = others if isinstance(others, dict) else {}
    return {key: _with_defaults(child, known.get(key, others)) for key, child in value.items()}


def _explain(error: jsonschema.ValidationError, prefix: str = "") -> str:
    key = prefix + _dotted(error.absolute_path)
    schema = error.schema
    match error.validator:
        case "additionalProperties":
            known = sorted(schema["properties"])
            unknown = sorted(set(error.instance) - set(known))
            key = prefix + _dotted([*error.absolute_path, unknown[0]])
            return f"configuration: unknown key '{key}'; allowed: {', '.join(known)}"
        case "required":
            missing = [name for name in schema["required"] if name not in error.instance]
            return f"configuration: '{_dotted([*error.absolute_path, missing[0]])}' is missing"
        case "enum":
            allowed = ", ".join(map(str, schema["enum"]))
            return f"configuration: '{key}' is {error.instance!r}; allowed: {allowed}"
        case "contains":
            needed = schema["contains"]["const"]
            return f"configuration: '{key}' lacks '{needed}', which every gain is measured against"
        case "pattern" if "propertyNames" in error.absolute_schema_path:
            return (
                f"configuration: the name {error.instance!r} in '{key}' is reserved or has "
                "characters other than letters, digits, '_' and '-'"
            )
    return f"configuration: '{key}': {error.message}{_limits(schema)}"


def _limits(schema: dict) -> str:
    words = {
        "type": "type",
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
        "minItems": "entries at least",
    }
    limits = ", ".join(f"{word} {schema[name]}" for name, word in words.items() if name in schema)
    return f"; allowed: {limits}" if limits else ""


def _dotted(path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    # A key may hold anything; an error is one line.
    text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return text.removeprefix(".") or "(top level)"


def _check_keys(value: object, path: tuple = ()) -> None:
    """YAML reads `2: x` and `no: x` as keys that are no text, which no schema can speak of."""
    if isinstance(value, dict):
        for key, child in value.items():
            if not isinstance(key, str):
                raise InputError(
                    f"configuration: '{_dotted(path)}': the key {key!r} is no text; put it into "
                    "quotes"
                )
            _check_keys(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _check_keys(child, (*path, index))


def _check_references(config: dict) -> None:
    """What a JSON schema cannot say: names must exist, choices must fit together."""
    run = config["run"]
    _check_names("run.datasets", run["datasets"], "dataset", sorted(config["datasets"]))
    methods = [*INTERPOLATIONS, *sorted(config["models"])]
    _check_names("run.methods", run["methods"], "method", methods)
    _check_names("statistics.against", config["statistics"]["against"], "method", methods)
    architectures = sorted(file.stem for file in ARCHITECTURES.glob("[!_]*.py"))
    for name, model in config["models"].items():
        _check_model(f"models.{name}", model, architectures)
    for name, download in config["downloads"].items():
        if "path" not in download and not {"kaggle", "version"} <= set(download):
            raise InputError(
                f"configuration: 'downloads.{name}' needs 'path', or 'kaggle' and 'version'"
            )
        if "sha256" in download and "path" not in download:
            raise InputError(
                f"configuration: 'downloads.{name}.sha256' is of the file of 'path', which it lacks"
            )
    for name, dataset in config["datasets"].items():
        _check_dataset(f"datasets.{name}", dataset, sorted(config["downloads"]))
    for name in run["datasets"]:
        dataset = config["datasets"][name]
        _check_names(f"datasets.{name}.methods", dataset["methods"], "method", methods)
        _check_training(name, dataset, config)
        for method in filter(config["models"].get, dataset["methods"]):
            _check_patches(method, config["models"][method]["training"], dataset)
    if "release" in config:
        chosen = config["release"]
        _check_names("release.dataset", [chosen["dataset"]], "dataset", run["datasets"])
        _check_names("release.method", [chosen["method"]], "model", sorted(config["models"]))
    for track in ("as_run", "clean"):
        if "paper" in config:
            key = f"paper.{track}"
            _check_names(key, [config["paper"][track]], "dataset", run["datasets"])


def _check_names(key: str, names: list[str], kind: str, known: list[str]) -> None:
    for index, name in enumerate(names):
        if name not in known:
            raise InputError(
                f"configuration: '{key}[{index}]': unknown {kind} {name!r}; "
                f"allowed: {', '.join(known)}"
            )


def _check_model(key: str, model: dict, architectures: list[str]) -> None:
    if model["architecture"] not in architectures:
        raise InputError(
            f"configuration: '{key}.architecture' is '{model['architecture']}'; "
            f"allowed: {', '.join(architectures)}"
        )
    training = model["training"]
    if training["scales"] == "all" and training["input"] != "images":
        raise InputError(
            f"configuration: '{key}.training.scales' is all, which takes '{key}.training.input' "
            "images"
        )
    # A pass over images ends with a batch that may be too small to share.
    if training["devices"] == "all" and training["input"] != "patches":
        raise InputError(
            f"configuration: '{key}.training.devices' is all, which takes '{key}.training.input' "
            "patches"
        )


def _check_dataset(key: str, dataset: dict, downloads: list[str]) -> None:
    source, split = dataset["source"], dataset["split"]
    for source_key, needed_by, allowed_by in (
        ("path", ["folder"], ["folder"]),
        ("download", ["download"], ["download", "folder"]),
    ):
        if (source_key in dataset and source not in allowed_by) or (
            source_key not in dataset and source in needed_by
        ):
            raise InputError(
                f"configuration: '{key}.{source_key}' must be given with source '{needed_by[0]}', "
                f"and only with {' or '.join(allowed_by)}"
            )
    if "download" in dataset:
        _check_names(f"{key}.download", [dataset["download"]], "download", downloads)
    if source != "download":
        for choice, what in (
            (dataset["degradation"] == "provided", f"'{key}.degradation' is provided"),
            (split["by"] == "rows", f"'{key}.split.by' is rows"),
        ):
            if choice:
                raise InputError(
                    f"configuration: {what}, which takes the table of a source 'download'"
                )
    resize = dataset.get("resize", {"filter": "nearest"})
    if dataset["degradation"] == "provided" and resize["filter"] != "nearest":
        raise InputError(
            f"configuration: '{key}.resize.filter' is {resize['filter']}; LR files that are "
            "provided can only follow nearest"
        )
    if dataset["degradation"] == "provided" and dataset["train_sizes"] != [1]:
        raise InputError(
            f"configuration: '{key}.train_sizes' is {dataset['train_sizes']}; LR files that are "
            "provided fit the photo's own size alone, so it must be [1]"
        )
    if missing := set(dataset["evaluate"]["scales"]) - set(dataset["scales"]):
        raise InputError(
            f"configuration: '{key}.evaluate.scales': {min(missing)} is not in '{key}.scales'"
        )
    if split["by"] == "test" and dataset["evaluate"]["split"] != "test":
        raise InputError(
            f"configuration: '{key}.evaluate.split' is {dataset['evaluate']['split']}, but all its "
            "photos are test photos"
        )
    ranges = dataset["realistic"]
    for name in ("blur_sigma_px", "noise_sigma", "jpeg_quality"):
        if ranges[name][0] > ranges[name][1]:
            raise InputError(f"configuration: '{key}.realistic.{name}': lowest above highest")
    if split["by"] == "rows" and dataset["evaluate"]["split"] == "test":
        raise InputError(
            f"configuration: '{key}.split.by' is rows, which has no test split; set "
            f"'{key}.evaluate.split' to validation"
        )
    if split["test_share"] + split["validation_share"] > 1:
        raise InputError(
            f"configuration: '{key}.split': test_share and validation_share together are above 1"
        )
    if both := set(split["test"]) & set(split["validation"]):
        raise InputError(
            f"configuration: '{key}.split': {', '.join(sorted(both))} named in both test and "
            "validation"
        )


def _check_training(name: str, dataset: dict, config: dict) -> None:
    """Where the models of a dataset come from."""
    key = f"datasets.{name}"
    if "trained_on" not in dataset:
        if dataset["split"]["by"] == "test" and any(map(config["models"].get, dataset["methods"])):
            raise InputError(
                f"configuration: '{key}.split.by' is test, which leaves nothing to train on; set "
                f"'{key}.trained_on', or '{key}.methods' to interpolations"
            )
        return
    homes = [
        other
        for other in config["run"]["datasets"]
        if "trained_on" not in config["datasets"][other] and other != name
    ]
    _check_names(f"{key}.trained_on", [dataset["trained_on"]], "training dataset", homes)
    home = config["datasets"][dataset["trained_on"]]
    if missing := set(dataset["evaluate"]["scales"]) - set(home["scales"]):
        raise InputError(
            f"configuration: '{key}.evaluate.scales': {min(missing)} is not in "
            f"'datasets.{dataset['trained_on']}.scales'"
        )


def _check_patches(method: str, training: dict, dataset: dict) -> None:
    if training["input"] != "patches":
        return
    for scale in dataset["evaluate"]["scales"]:
        if training["hr_patch_px"] % scale:
            raise InputError(
                f"configuration: 'models.{method}.training.hr_patch_px' is "
                f"{training['hr_patch_px']}, not a multiple of scale {scale}"
            )
