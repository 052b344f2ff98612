"""Training of one model."""

import json
from pathlib import Path
from typing import Literal

from superres.core.console import log, run


def train(
    train: list[Path],
    validation: list[Path],
    recipe: str,
    method: str,
    scale: int | Literal["all"],
    resume: Path,
    model: Path,
    history: Path,
    summary: Path,
    timing: Path,
    seed: int = 0,
) -> None:
    """Train one model.

    Args:
        train: folders of pairs to train on.
        validation: folders of pairs to validate on.
        recipe: JSON, a whole entry of `models` in the configuration.
        method: name of the model in the tables.
        scale: whole factor, or all.
        resume: folder for checkpoints, from which a killed training continues; removed at the end.
        model: .keras file to write.
        history: CSV to write, one row per epoch.
        summary: JSON to write, size and quality of the model.
        timing: JSON to write, measured times.
        seed: seed of weights and data order.
    """
    from superres.core import csv_tables
    from superres.core.atomic import write_text
    from superres.data import pair_files
    from superres.networks import determinism, keras_files
    from superres.training import fit, hardware
    from superres.training.epoch_checkpoints import States

    settings = json.loads(recipe)
    states = States(resume)
    with states.announced():
        determinism.fix(seed, settings["training"]["threads"])
        hardware.grow_memory()
        pairs = pair_files.photos(train), pair_files.photos(validation)
        log.info("%d pairs to train on, %d to validate", *map(len, pairs))
        one_scale = None if scale == "all" else scale
        network, rows, times = fit.train(settings, *pairs, one_scale, seed, states)
        name = {"scale": scale, "method": method, "seed": seed}
        quality = name | fit.summary(network, pairs[1], one_scale)
        for file, content in ((summary, quality), (timing, name | times)):
            write_text(file, json.dumps(content, indent=2) + "\n")
        csv_tables.write(rows, history, "history")
        keras_files.save(network, model)
        states.clear()


if __name__ == "__main__":
    run(train)
