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
