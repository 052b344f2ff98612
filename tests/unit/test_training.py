import keras
import numpy as np
import pytest

from superres import losses, prediction, training
from superres.datasets import enlarge
from superres.errors import InputError

RECIPE = {
    "architecture": "residual",
    "options": {"channels": 4, "blocks": 1},
    "training": {
        "loss": "charbonnier",
        "learning_rate": 0.01,
        "schedule": "cosine",
        "warmup_steps": 5,
        "epochs": 2,
        "steps_per_epoch": 15,
        "batch_size": 2,
        "hr_patch_px": 16,
        "augment": True,
        "threads": 1,
    },
}


def photos(count=2, side=24):
    rng = np.random.default_rng(0)
    lrs = [rng.integers(0, 256, (side, side, 3)).astype(np.uint8) for _ in range(count)]
    return [(lr, enlarge(lr, 2)) for lr in lrs]


def train(seed=0):
    # A new process counts layer names from zero.
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    return training.train(RECIPE, photos(), photos(), 2, seed)


def test_training_learns_and_its_history_has_one_row_an_epoch():
    _, history = train()
    assert history["epoch"].tolist() == [1, 2]
    assert list(history) == ["epoch", "loss", "val_mse", "val_psnr_rgb_db"]
    assert history["loss"].iloc[1] < history["loss"].iloc[0]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        training.save(train(seed)[0], tmp_path / f"{name}.keras")
    contents = {name: (tmp_path / f"{name}.keras").read_bytes() for name in "abc"}
    assert contents["a"] == contents["b"]
    assert contents["a"] != contents["c"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_saved_model_predicts_the_same(tmp_path):
    model, _ = train()
    training.save(model, tmp_path / "model.keras")
    lr = photos()[0][0]
    expected = prediction.predict(model, lr, 2)
    assert np.array_equal(
        prediction.predict(prediction.load(tmp_path / "model.keras"), lr, 2), expected
    )


def test_a_patch_larger_than_a_photo_is_refused():
    with pytest.raises(InputError, match=r"photo of 12x12 px is smaller than the patch; .*now 16"):
        training.train(RECIPE, photos(side=6), photos(), 2, 0)


def test_a_dead_channel_is_found():
    inputs = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, 1, activation="relu")
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([np.diag([1.0, -1.0, 1.0])[None, None], np.zeros(3)])
    summary = training.summary(model, photos(), 2)
    assert summary == {"parameters": 12, "dead_channels": ["green"]}


def test_charbonnier_is_its_formula():
    truth, predicted = np.zeros((1, 2, 2, 3)), np.full((1, 2, 2, 3), 0.3)
    expected = np.sqrt(0.3**2 + 1e-3**2)
    assert np.asarray(losses.charbonnier(truth, predicted)) == pytest.approx(expected)


def test_the_learning_rate_rises_then_falls_to_zero():
    settings = RECIPE["training"] | {"epochs": 10, "steps_per_epoch": 10, "warmup_steps": 20}
    schedule = training._learning_rate(settings)
    rates = [float(schedule(step)) for step in range(101)]
    assert rates[0] == 0
    assert rates[20] == pytest.approx(0.01)
    assert max(rates) == rates[20]
    assert rates[100] == pytest.approx(0, abs=1e-9)
    assert training._learning_rate(settings | {"schedule": "constant"}) == 0.01
