"""The configuration: read and checked by its schema, completed with its defaults."""

import copy
from pathlib import Path

import yaml

from superres.config import names, options, references, sweeps, values
from superres.config.files import LOADER
from superres.core.errors import InputError

# Snakemake plans about as many in a minute.
MOST_JOBS = 10_000


def complete(config: dict, schema_file: Path) -> dict:
    """Read and check a configuration and fill in every default.

    Args:
        config: as read from YAML, or with text in place of numbers, switches, lists and sections,
            as `--config` gives it; left unchanged.
        schema_file: JSON schema (YAML) with a default for every optional key.

    Returns:
        A new dictionary in which every key of the schema is set.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    schema = yaml.load(schema_file.read_text(), LOADER)
    values.check_plain(config)
    config = _with_defaults(values.read(config, schema), schema)
    names.check_alike(config)
    for name, model in config["models"].items():
        key = ("models", name)
        known = options.of_architecture(model["architecture"], (*key, "architecture"))
        model["options"] = values.read(model["options"], known, (*key, "options"))
    for dataset in config["datasets"].values():
        dataset.setdefault("scales", config["run"]["scales"])
        dataset.setdefault("methods", config["run"]["methods"])
        dataset["evaluate"].setdefault("scales", dataset["scales"])
        if "trained_on" in dataset:
            dataset["split"]["by"] = "test"
    references.check(config)
    training = schema["properties"]["models"]["additionalProperties"]["properties"]["training"]
    for name, sweep in config["sweeps"].items():
        sweep["cells"] = sweeps.cells(name, sweep, config, training["properties"])
    _check_jobs(config)
    return config


def _with_defaults(value, schema: dict):
    if not isinstance(value, dict):
        return copy.deepcopy(value)
    known = schema.get("properties", {})
    value = {key: known[key]["default"] for key in known if "default" in known[key]} | value
    others = schema.get("additionalProperties")
    others = others if isinstance(others, dict) else {}
    return {key: _with_defaults(child, known.get(key, others)) for key, child in value.items()}


def _check_jobs(config: dict) -> None:
    """Refuse what Snakemake would plan for minutes."""
    run = config["run"]
    seeds = len(run["seeds"])
    jobs = 0
    for dataset in map(config["datasets"].get, run["datasets"]):
        results = sum(seeds if name in config["models"] else 1 for name in dataset["methods"])
        # Photos, pairs of three splits at every scale, predictions and their scores.
        jobs += 1 + 3 * len(dataset["scales"]) + 2 * len(dataset["evaluate"]["scales"]) * results
    if jobs * run["shards"] > MOST_JOBS:
        raise InputError(
            f"configuration: 'run' asks for about {jobs * run['shards']:,} jobs; allowed: at most "
            f"{MOST_JOBS:,}; lower 'run.shards', or the number of seeds, scales, methods or "
            "datasets"
        )
