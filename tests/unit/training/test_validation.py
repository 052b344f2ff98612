import numpy as np
import pytest
from PIL import Image

from superres.data.pair_files import Pair
from superres.networks import architectures
from superres.training.callbacks import HIGHEST_PSNR_DB, Validation


@pytest.fixture
def pairs(tmp_path):
    """One flat photo, which bicubic reproduces exactly, and one with detail."""
    detail = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    for name, hr in {"flat": np.full((16, 16, 3), 128, np.uint8), "detail": detail}.items():
        Image.fromarray(hr).save(tmp_path / f"{name}_hr.png")
        Image.fromarray(hr[::2, ::2]).save(tmp_path / f"{name}_lr.png")
    return [
        Pair(name, tmp_path / f"{name}_lr.png", tmp_path / f"{name}_hr.png", None)
        for name in ("flat", "detail")
    ]


def test_a_flat_photo_leaves_a_finite_score(pairs):
    model = architectures.build("residual", 2, channels=4, blocks=1)
    scores_db = {}
    for name, photos in {"all": pairs, "detail": pairs[1:]}.items():
        validation = Validation(model, photos, 2)
        validation.set_model(model)
        validation.on_train_begin()
        validation.on_epoch_end(0, logs := {})
        scores_db[name] = logs["val_psnr_rgb_db"]
    assert scores_db["all"] == pytest.approx((scores_db["detail"] + HIGHEST_PSNR_DB) / 2)
