import numpy as np
import pytest

from superres.core import rates
from superres.networks import architectures, keras_files, timing


def test_every_turn_of_every_model_is_measured():
    networks = {
        name: keras_files.network(architectures.build(name, 2)) for name in ("espcn", "fsrcnn")
    }
    lr = np.zeros((20, 30, 3), np.uint8)
    measured = timing.megapixels_per_s(networks, lr, 2, turns=3)
    assert {name: len(turns) for name, turns in measured.items()} == {"espcn": 3, "fsrcnn": 3}
    assert all(rate > 0 for turns in measured.values() for rate in turns)


def test_the_spread_is_median_and_ends():
    spread = rates.megapixel_rates([1.0, 5.0, 2.0])
    assert spread["megapixels_per_s"] == 2
    assert (spread["least_megapixels_per_s"], spread["greatest_megapixels_per_s"]) == (1, 5)
    assert rates.spread([1.0, 2.0])["median"] == pytest.approx(1.5)
