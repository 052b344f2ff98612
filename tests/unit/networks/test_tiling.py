import functools
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.networks import architectures, conversion, keras_files, runtimes, tiling

SMALL = {
    "edsr": {"channels": 4, "blocks": 2},
    "residual": {"channels": 4, "blocks": 2},
    "span": {"channels": 4, "blocks": 2},
    "lr_autoencoder": {"channels": 4, "inner_channels": 4},
}


@functools.cache
def network(name, scale, ending=".keras"):
    model = architectures.build(name, scale, **SMALL.get(name, {}))
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.06, weight.shape) for weight in model.get_weights()])
    if ending == ".keras":
        opened = keras_files.network(model)
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"model{ending}"
            file.write_bytes(conversion.WRITERS[ending](model, scale))
            opened = runtimes.open_network(file, threads=1)
    return opened.run, opened.anatomy


def image(height_px, width_px, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)


sides = st.integers(1, 48)


@pytest.mark.parametrize("ending", [".keras", *conversion.WRITERS])
@pytest.mark.parametrize("name", architectures.names())
@settings(max_examples=3)
@given(
    height=sides,
    width=sides,
    scale=st.sampled_from([2, 3]),
    share=st.floats(0, 1),
    uneven=st.sampled_from([1.0, 1.3]),
)
def test_tiles_give_what_the_whole_image_gives(name, ending, height, width, scale, share, uneven):
    run, found = network(name, scale, ending)
    enlargement = scale // found.factor
    lr = image(height, width)
    (whole,) = list(tiling.tiles(height * enlargement, width * enlargement, found, np.inf))
    most_mb = tiling.features_mb(whole, found)
    least_mb = (found.period_px + 2 * found.halo_px) ** 2 * found.feature_bytes_per_px / 1e6
    memory_mb = least_mb + share * max(most_mb - least_mb, 0)
    pieces = list(tiling.tiles(height * enlargement, width * enlargement, found, memory_mb, uneven))
    # Hundreds show no more, in minutes.
    assume(len(pieces) <= 100)
    ((_, expected),) = tiling.outputs(run, found, lr, enlargement, [whole])
    # Random weights leave [0, 1].
    size = max(1.0, np.abs(expected).max())
    for tile, y in tiling.outputs(run, found, lr, enlargement, pieces):
        (top, bottom), (left, right) = (
            (first * found.factor, last * found.factor) for first, last in (tile.rows, tile.columns)
        )
        assert np.abs(y - expected[top:bottom, left:right]).max() <= 1e-6 * size
    in_tiles, at_once = (
        tiling.predict(run, found, lr, enlargement, mb, uneven=uneven) for mb in (memory_mb, np.inf)
    )
    assert at_once.shape == (height * scale, width * scale, 3)
    # As near to the next grey level as the tolerance, a value may be rounded either way.
    turn = np.abs(np.mod(255 * expected[: height * scale, : width * scale], 1) - 0.5)
    assert np.all((in_tiles == at_once) | (turn <= 255e-6 * size))
    assert np.abs(in_tiles.astype(int) - at_once).max() <= 1


@given(
    height=st.integers(1, 3000),
    width=st.integers(1, 3000),
    memory_mb=st.floats(1, 500),
    uneven=st.floats(1, 2),
)
def test_tiles_cover_every_pixel_once_and_stay_within_memory(height, width, memory_mb, uneven):
    _, found = network("lr_autoencoder", 2)
    pieces = list(tiling.tiles(height, width, found, memory_mb, uneven))
    area = sum(
        (tile.rows[1] - tile.rows[0]) * (tile.columns[1] - tile.columns[0]) for tile in pieces
    )
    assert area == -(-height // 2) * 2 * (-(-width // 2) * 2)
    assert len({(tile.rows, tile.columns) for tile in pieces}) == len(pieces)
    assert all(tiling.features_mb(tile, found) <= memory_mb for tile in pieces)
    # A runtime prepares itself for one size.
    sizes = {
        tuple(last - first for first, last in (tile.read_rows, tile.read_columns))
        for tile in pieces
    }
    assert len(sizes) == 1
    for tile in pieces:
        for wanted, read, side_px in (
            (tile.rows, tile.read_rows, height),
            (tile.columns, tile.read_columns, width),
        ):
            assert read[0] == 0 or read[0] + found.halo_px <= wanted[0]
            assert read[1] >= side_px or wanted[1] <= read[1] - found.halo_px
            assert read[0] % found.period_px == 0


@given(width=st.integers(1, 4000))
def test_where_other_widths_take_longer_tiles_have_multiples_of_8(width):
    _, found = network("lr_autoencoder", 2)
    (read_px,) = {
        tile.read_columns[1] - tile.read_columns[0]
        for tile in tiling.tiles(1000, width, found, 150, uneven=1.3)
    }
    # A narrow image would be read twice for it.
    assert read_px % 8 == 0 or read_px == -(-width // 2) * 2 < 500


def test_tiles_waste_little():
    _, found = network("paper_autoencoder", 2)
    pieces = list(tiling.tiles(4000, 6000, found, 1000))
    read = sum(tiling.features_mb(tile, found) for tile in pieces)
    assert read / (4000 * 6000 * found.feature_bytes_per_px / 1e6) < 1.1


def test_less_memory_than_the_least_tile_is_told():
    _, found = network("paper_autoencoder", 2)
    with pytest.raises(
        InputError, match=r"0 MB of memory is not enough: the smallest tile needs \d+ MB"
    ):
        list(tiling.tiles(100, 100, found, 0.1))


def test_memory_that_runs_out_is_tried_again_in_smaller_tiles(caplog):
    run, found = network("lr_autoencoder", 2)
    lr = image(60, 80)
    reads = []

    def cramped(x):
        reads.append(x.shape[1] * x.shape[2])
        if reads[-1] > 2500:
            raise MemoryError
        return run(x)

    assert np.array_equal(tiling.predict(cramped, found, lr, 1), tiling.predict(run, found, lr, 1))
    assert reads[0] > 2500 >= reads[-1]
    assert "memory ran out; again in tiles of" in caplog.text
