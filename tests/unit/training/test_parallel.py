"""Training on several devices: the CPU cut into pieces, in a process of its own."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import keras
import numpy as np
import pytest
import tensorflow as tf

from superres.config import complete
from superres.data import pair_files
from superres.networks import determinism
from superres.training import fit, recipe
from superres.training.batches import enlarge
from superres.training.epoch_checkpoints import States

# `make check` leaves it out.
pytestmark = pytest.mark.slow

# Sums are cut in another way: of a loss or a PSNR, relative.
TOLERANCE = 1e-4


def train(folder, devices, batch_size, runs=1, **options):
    """Train on so many devices, and again as if killed in the last epoch.

    Returns:
        History, weights and timing of every run.
    """
    (cpu,) = tf.config.list_physical_devices("CPU")
    pieces = [tf.config.LogicalDeviceConfiguration()] * devices
    tf.config.set_logical_device_configuration(cpu, pieces)
    determinism.fix(seed=0, threads=1)
    model = {
        "architecture": "lr_autoencoder",
        "options": {"channels": 4, "inner_channels": 4, **options},
        "training": {
            "augment": ["flip", "turn", "mixup"],
            "batch_size": batch_size,
            "clip_norm": 0.1,
            "devices": "all",
            "ema": 0.9,
            "epochs": 3,
            "hr_patch_px": 24,
            "keep": "best",
            "steps_per_epoch": 20,
        },
    }
    run = {"datasets": ["d"], "methods": ["bicubic", "m"], "scales": [2], "seeds": [0], "shards": 1}
    config = {"run": run, "datasets": {"d": {"source": "bundled"}}, "models": {"m": model}}
    settings = recipe.read(complete(config).models["m"].model_dump_json(exclude_none=True))
    rng = np.random.default_rng(0)
    for number in range(3):
        lr = rng.integers(0, 256, (24, 24, 3)).astype(np.uint8)
        pair_files.write(folder / "pairs", str(number), lr, enlarge(lr, 2))
    found = pair_files.photos([folder / "pairs"])

    results = []
    for _ in range(runs):
        for file in sorted(folder.glob("resume/*/*.npz"))[-1:]:
            file.unlink()
        keras.utils.set_random_seed(0)
        model, history, timing = fit.train(settings, found, found, 2, 0, States(folder / "resume"))
        results.append((history.dropna(axis=1), model.get_weights(), timing))
    return results


def in_own_process(*arguments, **options):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(train, *arguments, **options).result()


def test_two_devices_learn_as_one_does_with_their_batches_together(tmp_path):
    ((history, weights, timing),) = in_own_process(tmp_path / "one", 1, batch_size=4)
    ((shared, shared_weights, shared_timing),) = in_own_process(tmp_path / "two", 2, batch_size=2)
    scores = ["val_mse", "val_psnr_rgb_db", "val_bicubic_rgb_db"]
    assert list(shared) == ["epoch", "steps", "loss", *scores]
    np.testing.assert_allclose(shared, history, rtol=TOLERANCE)
    assert history["loss"].iloc[-1] < 0.9 * history["loss"].iloc[0]
    for ours, theirs in zip(shared_weights, weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert (timing["devices"], timing["batch_size"]) == (1, 4)
    assert (shared_timing["devices"], shared_timing["batch_size"]) == (2, 4)


def test_two_devices_go_on_where_they_were(tmp_path):
    (history, weights, timing), (again, same, again_timing) = in_own_process(
        tmp_path, 2, batch_size=2, runs=2, dropout=0.2
    )
    assert again.equals(history)
    assert timing["steps"] == again_timing["steps"] == 60
    assert all(map(np.array_equal, weights, same))
