"""Train one model."""

import argparse
import json
from pathlib import Path

from superres.core import csv_tables
from superres.core.console import add_resume, log, run
from superres.data import pair_files
from superres.networks import determinism, keras_files
from superres.training import fit, hardware
from superres.training.epoch_checkpoints import States


def main(arguments: argparse.Namespace) -> None:
    states = States(arguments.resume)
    with states.announced():
        train(arguments, states)
        states.clear()


def train(arguments: argparse.Namespace, states: States) -> None:
    recipe = json.loads(arguments.recipe)
    determinism.fix(arguments.seed, recipe["training"]["threads"])
    hardware.grow_memory()
    scale = None if arguments.scale == "all" else int(arguments.scale)
    train_pairs = pair_files.photos(arguments.train)
    validation_pairs = pair_files.photos(arguments.validation)
    log.info("%d pairs to train on, %d to validate", len(train_pairs), len(validation_pairs))
    model, history, timing = fit.train(
        recipe, train_pairs, validation_pairs, scale, arguments.seed, states
    )
    name = {"scale": scale or "all", "method": arguments.method, "seed": arguments.seed}
    summary = name | fit.summary(model, validation_pairs, scale)
    for file, content in ((arguments.summary, summary), (arguments.timing, name | timing)):
        file.write_text(json.dumps(content, indent=2) + "\n")
    csv_tables.write(history, arguments.history, "history")
    keras_files.save(model, arguments.model)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--train", type=Path, nargs="+", required=True, help="folders of pairs to learn from"
    )
    parser.add_argument(
        "--validation", type=Path, nargs="+", required=True, help="folders of pairs to watch"
    )
    parser.add_argument(
        "--recipe", required=True, help="JSON: a whole entry of `models` in the configuration"
    )
    parser.add_argument("--method", required=True, help="name of the model in the tables")
    parser.add_argument("--scale", required=True, help="whole factor, or all")
    parser.add_argument("--seed", type=int, default=0, help="of weights and data order")
    add_resume(parser)
    parser.add_argument("--model", type=Path, required=True, help=".keras file to write")
    parser.add_argument("--history", type=Path, required=True, help="CSV to write")
    parser.add_argument("--summary", type=Path, required=True, help="JSON to write")
    parser.add_argument("--timing", type=Path, required=True, help="JSON to write: measured times")
    run(main, parser)
