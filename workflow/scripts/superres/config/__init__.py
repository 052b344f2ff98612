"""The configuration: read and checked by its schema, completed with its defaults."""

from superres.config import likeness, names, options, references, schema, sweep_cells, values
from superres.config.sections import Configuration
from superres.core.errors import InputError

# Snakemake plans about as many in a minute.
MOST_JOBS = 10_000


def complete(config: dict) -> Configuration:
    """Read and check a configuration and fill in every default.

    Args:
        config: as read from YAML, or with text in place of numbers, switches, lists and sections,
            as `--config` gives it; left unchanged.

    Returns:
        Typed sections, in which every key is set.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    rules = schema.of_configuration()
    values.check_plain(config)
    alike = likeness.filled(values.converted(config, rules))
    values.check(alike, rules)
    complete = Configuration.model_validate(alike)
    names.check_alike(complete)
    for name, model in complete.models.items():
        key = ("models", name)
        known = options.of_architecture(model.architecture, (*key, "architecture"))
        model.options = values.read(model.options, known, (*key, "options"))
    for dataset in complete.datasets.values():
        dataset.scales = dataset.scales or complete.run.scales
        dataset.methods = dataset.methods or complete.run.methods
        dataset.evaluate.scales = dataset.evaluate.scales or dataset.scales
        if dataset.trained_on is not None:
            dataset.split.by = "test"
    for chosen in complete.release.values():
        if chosen.dataset in complete.datasets:
            chosen.scales = chosen.scales or complete.datasets[chosen.dataset].evaluate.scales
    references.check(complete)
    _expand_folds(complete)
    model = rules["properties"]["models"]["additionalProperties"]["properties"]
    for name, sweep in complete.sweeps.items():
        sweep.cells = sweep_cells.cells(name, sweep, complete, model["training"]["properties"])
    _check_jobs(complete)
    return complete


def _expand_folds(config: Configuration) -> None:
    """Put one dataset per fold in the place of a dataset that has folds."""
    expanded = []
    for name in config.run.datasets:
        dataset = config.datasets[name]
        numbers = range(1, dataset.split.folds + 1) if dataset.split.folds > 1 else ()
        for number in numbers:
            split = dataset.split.of_fold(number)
            config.datasets[names.fold(name, number)] = dataset.model_copy(update={"split": split})
        expanded += [names.fold(name, number) for number in numbers] or [name]
    config.run.datasets = expanded


def _check_jobs(config: Configuration) -> None:
    """Refuse what Snakemake would plan for minutes."""
    run = config.run
    seeds = len(run.seeds)
    jobs = 0
    for dataset in map(config.datasets.__getitem__, run.datasets):
        results = sum(seeds if name in config.models else 1 for name in dataset.methods)
        # Photos, pairs of three splits at every scale, predictions and their scores.
        jobs += 1 + 3 * len(dataset.scales) + 2 * len(dataset.evaluate.scales) * results
    if jobs * run.shards > MOST_JOBS:
        raise InputError(
            f"configuration: 'run' asks for about {jobs * run.shards:,} jobs; allowed: at most "
            f"{MOST_JOBS:,}; lower 'run.shards', or the number of seeds, scales, methods or "
            "datasets"
        )
