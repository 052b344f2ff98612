import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.networks import architectures, keras_files, prediction

NETWORKS = {
    name: keras_files.network(architectures.build(name, 2)) for name in architectures.names()
}


@pytest.mark.parametrize("name", NETWORKS)
@settings(max_examples=8)
@given(height=st.integers(1, 12), width=st.integers(1, 12))
def test_any_size_comes_out_scaled(name, height, width):
    lr = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    predicted = prediction.predict(NETWORKS[name], lr, 2)
    assert predicted.shape == (height * 2, width * 2, 3)
    assert predicted.dtype == np.uint8


def test_what_is_no_model_is_refused(tmp_path):
    file = tmp_path / "a.keras"
    file.write_bytes(b"no model")
    with pytest.raises(InputError, match=r"a\.keras: cannot be loaded as a Keras model"):
        keras_files.load(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("metadata.json", "{}")
    with pytest.raises(InputError, match=r"a\.keras: cannot be loaded as a Keras model"):
        keras_files.load(file)


@pytest.mark.parametrize("name", ["paper_autoencoder", "residual"])
def test_a_blend_of_eight_views_turns_with_the_picture(name):
    rng = np.random.default_rng(0)
    lr = rng.integers(0, 256, (12, 16, 3), np.uint8)
    hr = rng.integers(0, 256, (24, 32, 3), np.uint8)
    network = NETWORKS[name]
    learned = prediction.blended(network, lr, 2, hr).astype(int)
    turned = prediction.blended(network, np.rot90(lr), 2, np.rot90(hr))
    assert np.abs(np.rot90(learned) - turned).max() <= 1
    predicted = 2 * learned - hr
    # Within rounding, the prediction is within what it can be, and does not depend on HR.
    assert predicted.min() >= -1
    assert predicted.max() <= 256
    other = 2 * prediction.blended(network, lr, 2, 255 - hr).astype(int) - (255 - hr.astype(int))
    assert np.abs(predicted - other).max() <= 2


def test_hr_of_another_size_is_refused():
    lr, hr = (np.zeros((side, side, 3), np.uint8) for side in (8, 17))
    with pytest.raises(InputError, match="HR of 17x17 px, but the network gives 16x16"):
        prediction.blended(NETWORKS["residual"], lr, 2, hr)
