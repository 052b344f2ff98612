"""Cost and receptive field of every model, derived from its graph."""

import dataclasses
import json
from pathlib import Path

from superres.core.console import run


def costs(recipes: str, scales: list[int], output: Path) -> None:
    """Derive cost and receptive field of every model from its graph, without training it.

    Args:
        recipes: JSON, section `models` of the configuration.
        scales: whole factors.
        output: CSV to write.
    """
    from superres.core import csv_tables
    from superres.core.console import tracked
    from superres.networks import tensorflow_start

    tensorflow_start.start()
    from superres.networks import architectures
    from superres.networks.graph_analysis import anatomy

    rows = []
    for method, recipe in tracked(list(json.loads(recipes).items()), "models"):
        for scale in scales:
            model = architectures.build(recipe["architecture"], scale, **recipe["options"])
            rows.append({"scale": scale, "method": method, **dataclasses.asdict(anatomy(model))})
    csv_tables.write(csv_tables.frame(rows, "costs"), output, "costs")


if __name__ == "__main__":
    run(costs)
