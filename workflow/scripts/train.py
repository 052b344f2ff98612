"""Training of one model."""

import json
from pathlib import Path
from typing import Literal

from superres.core.console import label, log, run


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
    scales: tuple[int, ...],
    rows: tuple[Path, ...] = (),
    realistic: str | None = None,
    seed: int = 0,
) -> None:
    """Train one model.

    Args:
        train: folders of pairs to train on, all of the first scale, then of the second, ...
        validation: likewise, of pairs to validate on.
        recipe: JSON, a whole entry of `models` in the configuration.
        method: name of the model in the tables.
        scale: whole factor, or all.
        resume: folder for checkpoints, from which a killed training continues; removed at the end.
        model: .keras file to write.
        history: CSV to write, one row per epoch.
        summary: JSON to write, size and quality of the model.
        timing: JSON to write, measured times.
        scales: of the folders.
        rows: tables of the dataset's own rows, which order the pairs; without them, they are
            ordered by photo.
        realistic: JSON, the dataset's ranges of that degradation, drawn for every patch.
        seed: seed of weights and data order.
    """
    from superres.core import csv_tables
    from superres.core.atomic import write_text
    from superres.data import pair_files
    from superres.networks import tensorflow_start
    from superres.resuming.locks import sole_use

    label(method, f"x{scale}", seed and f"seed {seed}")
    tensorflow_start.start()
    from superres.networks import determinism, keras_files
    from superres.training import fit, hardware
    from superres.training import recipe as recipes
    from superres.training.epoch_checkpoints import States

    settings = recipes.read(recipe, realistic)
    states = States(resume)
    with sole_use(resume), states.announced():
        determinism.fix(seed, settings.threads)
        hardware.grow_memory()
        table = csv_tables.read(rows, "rows") if rows else csv_tables.frame([], "rows")
        order = {(row.photo, row.scale): row.row for row in table.itertuples()}
        pairs = [pair_files.ordered(folders, scales, order) for folders in (train, validation)]
        log.info("%d pairs to train on, %d to validate", *map(len, pairs))
        one_scale = None if scale == "all" else scale
        network, epochs, times = fit.train(settings, *pairs, one_scale, seed, states)
        name = {"scale": scale, "method": method, "seed": seed}
        learned = {key: times[key] for key in ("steps", "hr_megapixels_seen")}
        quality = name | learned | fit.summary(network, pairs[1], one_scale)
        for file, content in ((summary, quality), (timing, name | times)):
            write_text(file, json.dumps(content, indent=2) + "\n")
        csv_tables.write(epochs, history, "history")
        keras_files.save(network, model)
        states.clear()


if __name__ == "__main__":
    run(train)
