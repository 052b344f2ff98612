"""Layers of a model at the size of the paper's images."""

import json
from pathlib import Path

from superres.core.console import run


def architecture(recipe: str, output: Path, scale: int = 2) -> None:
    """List the layers of a model at the size of the paper's images.

    Args:
        recipe: JSON, a whole entry of `models` in the configuration.
        output: CSV to write.
        scale: whole factor.
    """
    from superres.core import csv_tables
    from superres.networks import tensorflow_start
    from superres.paper import published_numbers

    tensorflow_start.start()
    from superres.networks import architectures, layers

    settings = json.loads(recipe)
    model = architectures.build(settings["architecture"], scale, **settings["options"])
    rows = layers.rows(model, *published_numbers.SIZE_PX)
    csv_tables.write(csv_tables.frame(rows, "architecture"), output, "architecture")


if __name__ == "__main__":
    run(architecture)
