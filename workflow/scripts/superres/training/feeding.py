"""Patches or whole images, in the form that Keras' `fit` takes."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from superres.core.console import log
from superres.core.errors import InputError
from superres.data.pair_files import Pair
from superres.networks.graph_analysis import anatomy
from superres.training.batches import (
    Degrade,
    PatchBatches,
    PhotoPool,
    common_size_px,
    image_batches,
    keras_order,
)
from superres.training.callbacks import Resumable, Validation
from superres.training.losses import LOSSES, of_8_bit
from superres.training.recipe import Patches, Recipe

# Most multiply-adds of the steps that TensorFlow takes at a time. Keras needs milliseconds around
# each such execution; a core computes this many in some tenths of a second, and only between
# executions is progress drawn and a signal handled.
MACS_PER_EXECUTION = 10e9
# A gradient takes twice the multiply-adds of the prediction.
PASSES = 3


@dataclass
class Feeding:
    """What one way of feeding a network puts into Keras' `fit`."""

    learner: keras.Model
    data: dict
    steps_per_epoch: int
    # Steps that TensorFlow may take at a time.
    most_steps_per_execution: int
    # HR pixels of one image of a batch.
    hr_px: int
    loss: Callable
    metrics: list[keras.Metric]
    callbacks: list[Resumable]
    # What validation is judged by, and whether less or more of it is better.
    monitor: str
    mode: str


def random_patches(
    model: keras.Model,
    learner: keras.Model,
    recipe: Recipe,
    patches: Patches,
    batch_size: int,
    train_pairs: list[Pair],
    validation_pairs: list[Pair],
    scale: int,
    seed: int,
    epoch: int,
) -> Feeding:
    """Random patches from photos in memory; whole validation photos as users see them."""
    patch_px = patches.side_px(scale)
    key = "hr_patch_px" if patches.lr_patch_px is None else "lr_patch_px"
    train_pairs = _large_enough(train_pairs, patch_px, key)
    for pair in train_pairs:
        width_px, height_px = pair.hr_size_px()
        if tuple(side_px * scale for side_px in pair.lr_size_px()) != (width_px, height_px):
            raise InputError(
                f"training photo '{pair.photo}' of {width_px}x{height_px} px is no multiple of its "
                "LR image; set datasets.<name>.mod_crop, or train on whole images"
            )
    structure = anatomy(model)
    input_scale = scale // structure.factor
    if patch_px // structure.factor % structure.period_px:
        raise InputError(
            f"training.{key} gives HR patches of {patch_px} px; this architecture takes multiples "
            f"of {structure.period_px * structure.factor}"
        )
    pool = PhotoPool(train_pairs, patches.photos_mb, seed)
    if pool.parts > 1:
        log.info("photos in memory: one of %d parts in every epoch", pool.parts)
    batches = PatchBatches(
        pool.at,
        scale,
        input_scale,
        patch_px,
        batch_size,
        patches.steps_per_epoch,
        seed,
        patches.draw,
        patches.augment,
        None if patches.realistic is None else _degradation(json.loads(patches.realistic), scale),
    )
    step_macs = PASSES * structure.macs_per_hr_px * patch_px**2 * batch_size
    return Feeding(
        learner=learner,
        data={"x": batches.dataset(epoch), "steps_per_epoch": patches.steps_per_epoch},
        steps_per_epoch=patches.steps_per_epoch,
        most_steps_per_execution=max(1, int(MACS_PER_EXECUTION / step_macs)),
        hr_px=patch_px**2,
        loss=LOSSES[recipe.loss],
        metrics=[],
        callbacks=[Validation(model, validation_pairs, scale)],
        monitor="val_psnr_rgb_db",
        mode="max",
    )


def _large_enough(pairs: list[Pair], patch_px: int, key: str) -> list[Pair]:
    """All pairs but photos made smaller (`train_sizes`) that have become smaller than a patch."""
    photos = {pair.photo for pair in pairs}
    small = [pair for pair in pairs if min(pair.hr_size_px()) < patch_px]
    for pair in small:
        if pair.photo.rpartition("@")[0] not in photos:
            width_px, height_px = pair.hr_size_px()
            raise InputError(
                f"training photo '{pair.photo}' of {width_px}x{height_px} px is smaller than the "
                f"patch of {patch_px} px; remove it or lower training.{key}"
            )
    if small:
        log.info("left out, as smaller than a patch: %s", ", ".join(pair.photo for pair in small))
    return [pair for pair in pairs if pair not in small]


def _degradation(ranges: dict, scale: int) -> Degrade:
    """What makes LR from HR with strengths that are drawn each time."""
    from superres.images import degradations

    def degrade(hr: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        strengths = degradations.strengths(ranges, rng)
        return degradations.realistic(hr, scale, int(rng.integers(2**32)), **strengths)

    return degrade


def whole_images(
    model: keras.Model,
    learner: keras.Model,
    recipe: Recipe,
    batch_size: int,
    train_pairs: list[Pair],
    validation_pairs: list[Pair],
    seed: int,
    epoch: int,
) -> Feeding:
    """Whole images as the paper's notebook feeds them; Keras' own validation loss and accuracy."""
    size_px = common_size_px([*train_pairs, *validation_pairs], anatomy(model).period_px)
    log.info("whole images of %dx%d px", *size_px)
    count, steps = len(validation_pairs), max(len(train_pairs) // batch_size, 1)
    in_order = np.split(np.arange(count), range(batch_size, count, batch_size))

    def order() -> Iterator[np.ndarray]:
        batches = keras_order(len(train_pairs), batch_size, seed)
        return itertools.islice(batches, epoch * steps, None)

    return Feeding(
        # Images travel as bytes and are put on [0, 1] inside the graph, a quarter of the memory.
        learner=keras.Sequential(
            [keras.Input((None, None, 3), dtype="uint8"), keras.layers.Rescaling(1 / 255), learner]
        ),
        data={
            "x": image_batches(train_pairs, order, size_px),
            "steps_per_epoch": steps,
            "validation_data": image_batches(validation_pairs, lambda: in_order, size_px).apply(
                # Keras warns of data whose end it does not know.
                tf.data.experimental.assert_cardinality(len(in_order))
            ),
        },
        steps_per_epoch=steps,
        most_steps_per_execution=1,
        hr_px=size_px[0] * size_px[1],
        loss=of_8_bit(LOSSES[recipe.loss]),
        metrics=[keras.metrics.CategoricalAccuracy("accuracy")],
        callbacks=[],
        monitor="val_loss",
        mode="min",
    )
