"""The configuration: checked against its schema, completed with its defaults."""

import copy
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
    schema = yaml.safe_load(schema_file.read_text())
    error = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(config),
        # The deepest error names the key that the user wrote.
        key=lambda error: len(error.absolute_path),
    )
    if error is not None:
        raise InputError(_explain(error))
    config = _with_defaults(config, schema)
    _check_references(config)
    return config


def _with_defaults(value, schema: dict):
    if not isinstance(value, dict):
        return copy.deepcopy(value)
    known = schema.get("properties", {})
    value = {key: known[key]["default"] for key in known if "default" in known[key]} | value
    others = schema.get("additionalProperties")
    others = others if isinstance(others, dict) else {}
    return {key: _with_defaults(child, known.get(key, others)) for key, child in value.items()}


def _explain(error: jsonschema.ValidationError) -> str:
    key = _dotted(error.absolute_path)
    schema = error.schema
    match error.validator:
        case "additionalProperties":
            known = sorted(schema["properties"])
            unknown = sorted(set(error.instance) - set(known))
            key = _dotted([*error.absolute_path, unknown[0]])
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
    return text.lstrip(".") or "(top level)"


def _check_references(config: dict) -> None:
    """What a JSON schema cannot say: names must exist, sizes must fit together."""
    run = config["run"]
    for list_key, kind, known in [
        ("datasets", "dataset", sorted(config["datasets"])),
        ("methods", "method", [*INTERPOLATIONS, *sorted(config["models"])]),
    ]:
        for index, name in enumerate(run[list_key]):
            if name not in known:
                raise InputError(
                    f"configuration: 'run.{list_key}[{index}]': unknown {kind} '{name}'; "
                    f"allowed: {', '.join(known)}"
                )
    for name, dataset in config["datasets"].items():
        if (dataset["source"] == "folder") != ("path" in dataset):
            raise InputError(
                f"configuration: 'datasets.{name}.path' must be given with source 'folder', "
                "and only with it"
            )
        split = dataset["split"]
        if split["test_share"] + split["validation_share"] > 1:
            raise InputError(
                f"configuration: 'datasets.{name}.split': test_share and validation_share "
                "together are above 1"
            )
        if both := set(split["test"]) & set(split["validation"]):
            raise InputError(
                f"configuration: 'datasets.{name}.split': {', '.join(sorted(both))} named in "
                "both test and validation"
            )
    known = sorted(file.stem for file in ARCHITECTURES.glob("[!_]*.py"))
    for name, model in config["models"].items():
        if model["architecture"] not in known:
            raise InputError(
                f"configuration: 'models.{name}.architecture' is '{model['architecture']}'; "
                f"allowed: {', '.join(known)}"
            )
    for method in filter(config["models"].get, run["methods"]):
        patch_px = config["models"][method]["training"]["hr_patch_px"]
        for scale in run["scales"]:
            if patch_px % scale:
                raise InputError(
                    f"configuration: 'models.{method}.training.hr_patch_px' is {patch_px}, "
                    f"not a multiple of scale {scale}"
                )
