"""Sweeps: the models of a grid of values."""

import itertools
import math
import re

from superres.config import options, references, values
from superres.config.sections import Configuration
from superres.config.sections.models import Model
from superres.config.sections.sweeps import Cell, Sweep
from superres.core.errors import InputError

# A minute for Snakemake to plan, and weeks for a machine to train.
MOST_TRAININGS = 1000
# Part of a file's name, which may have 255 bytes; `.figure.jsonl` and the like come behind.
LONGEST_CELL = 200


def cells(name: str, sweep: Sweep, config: Configuration, training: dict) -> dict[str, Cell]:
    """The models of a sweep: name -> the values that set it apart, and its recipe.

    Args:
        name: of the sweep.
        sweep: its section; the values of its grid are read in place.
        config: with the sections that it refers to.
        training: JSON schemas of the keys of a model's `training`.

    Raises:
        InputError: names the key, what is wrong with it and what is allowed.
    """
    key = f"sweeps.{name}"
    _check_places(key, sweep, config)
    model = config.models[sweep.model]
    _read_grid(name, sweep, model, training)
    grid = sweep.grid
    trainings = math.prod(map(len, grid.values())) * len(sweep.seeds)
    if trainings > MOST_TRAININGS:
        raise InputError(
            f"configuration: '{key}' asks for {trainings:,} trainings; allowed: at most "
            f"{MOST_TRAININGS:,}; name fewer values or seeds"
        )
    cells: dict[str, Cell] = {}
    for combination in itertools.product(*grid.values()):
        chosen = dict(zip(grid, combination, strict=True))
        recipe = model.model_copy(deep=True)
        for path, value in chosen.items():
            section, option = path.split(".")
            if section == "training":
                setattr(recipe.training, option, value)
            else:
                recipe.options[option] = value
        references.check_training(f"{key}.grid.training", recipe.training)
        references.check_patch(f"{key}.grid.training", recipe.training, sweep.scale)
        references.check_teacher(f"{key}.grid.training", recipe.training, sweep.dataset, config)
        words = (f"{path.split('.')[1]}={_word(value)}" for path, value in chosen.items())
        cell = "~".join([name, *words])
        _check_name(key, cell, cells)
        cells[cell] = Cell(values=chosen, recipe=recipe)
    return cells


def _check_places(key: str, sweep: Sweep, config: Configuration) -> None:
    references.check_name(f"{key}.dataset", sweep.dataset, "dataset", config.run.datasets)
    references.check_name(f"{key}.model", sweep.model, "model", sorted(config.models))
    dataset = config.datasets[sweep.dataset]
    if sweep.scale not in dataset.scales:
        raise InputError(
            f"configuration: '{key}.scale': {sweep.scale} is no scale of '{sweep.dataset}'"
        )
    if dataset.split.by == "test":
        raise InputError(
            f"configuration: '{key}.dataset': '{sweep.dataset}' has only test photos; name a "
            "dataset that trains its own models"
        )


def _read_grid(name: str, sweep: Sweep, model: Model, training: dict) -> None:
    """Read the values of a grid as their keys want them."""
    known = options.of_architecture(model.architecture, ("models", sweep.model))
    properties = {f"training.{key}": schema for key, schema in training.items()}
    properties |= {f"options.{key}": schema for key, schema in known["properties"].items()}
    for key, entries in sweep.grid.items():
        path = ("sweeps", name, "grid", key)
        if key not in properties and not (
            known["additionalProperties"] and re.fullmatch(r"options\.\w+", key)
        ):
            raise InputError(
                f"configuration: unknown key '{values.dotted(path)}'; allowed: "
                f"{', '.join(properties)}"
            )
        schema = {"type": "array", "uniqueItems": True, "items": properties.get(key, {})}
        sweep.grid[key] = values.read(entries, schema, path)


def _word(value) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def _check_name(key: str, cell: str, others: dict) -> None:
    """Refuse what cannot be a folder's name."""
    if not re.fullmatch(r"[\w~=.+-]+", cell, re.ASCII) or len(cell) > LONGEST_CELL:
        raise InputError(
            f"configuration: '{key}.grid': {cell[:LONGEST_CELL]!r} cannot be a folder's name; "
            f"allowed: at most {LONGEST_CELL} letters, digits and any of _ - + ."
        )
    if cell.casefold() in map(str.casefold, others):
        raise InputError(f"configuration: '{key}.grid': two of the models would be named {cell!r}")
