"""Section `sweeps`: models trained over a grid of values."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from superres.config.sections.base import Scale, Section, Seed, key
from superres.config.sections.models import Model


class Cell(Section):
    """A model of a sweep: the values that set it apart, and its recipe."""

    values: dict[str, Any]
    recipe: Model


class Sweep(Section):
    """One sweep."""

    model: str = key("Key of `models`; what the grid does not name is taken from it.")
    dataset: str = key("Dataset to train on, one of `run.datasets`.")
    scale: Scale = key("One of the dataset's scales.", unit="whole factor")
    seeds: list[Seed] = key(
        "Trainings of every cell.", default=[0, 1, 2], min_length=1, max_length=100, unique=True
    )
    grid: dict[
        str,
        Annotated[
            list[Any],
            Field(
                description="Values to try.", min_length=1, json_schema_extra={"uniqueItems": True}
            ),
        ],
    ] = key(
        "Values by key of the model, such as `training.learning_rate` or `options.channels`; "
        "every combination is a cell.",
        min_length=1,
    )
    # Made from the grid; no key that a user writes.
    cells: SkipJsonSchema[dict[str, Cell]] = Field(default_factory=dict, exclude=True)
