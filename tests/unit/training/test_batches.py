import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from superres.data.pair_files import photos, write
from superres.images.degradations import unsplash
from superres.images.rgb_files import read_rgb
from superres.training.batches import (
    PatchBatches,
    PhotoPool,
    common_size_px,
    enlarge,
    image_batches,
    keras_order,
    to_unit_range,
)


def pairs(scale, count=3, side=20):
    """Pairs whose HR image is the LR image with every pixel repeated."""
    rng = np.random.default_rng(0)
    lrs = [rng.integers(0, 256, (side, side + 4, 3)).astype(np.uint8) for _ in range(count)]
    return [(lr, enlarge(lr, scale)) for lr in lrs]


def batches(scale=2, input_scale=1, augment=("flip", "turn"), seed=0, side=20, **options):
    settings = {"patch_px": 4 * scale, "batch_size": 3, "batches": 5, "draw": "photo"} | options
    photos = pairs(scale, side=side)
    return PatchBatches(
        lambda epoch: photos, scale, input_scale, seed=seed, augment=augment, **settings
    )


@given(
    st.integers(2, 6),
    st.sets(st.sampled_from(["flip", "turn", "channels", "mixup"])),
    st.integers(0, 99),
)
def test_patches_are_aligned_and_alike_turned(scale, augment, seed):
    lr, hr = batches(scale, augment=augment, seed=seed).at(0, 0)
    assert lr.shape == (3, 4, 4, 3)
    assert lr.dtype == hr.dtype == np.float32
    assert np.array_equal(enlarge(lr, scale), hr)


def test_degraded_patches_are_aligned_and_made_with_what_is_around_them():
    seen = []

    def degrade(hr, rng):
        seen.append((hr.shape, int(rng.integers(9))))
        return hr[::3, ::3]

    made = batches(3, side=60, degrade=degrade)
    lr, hr = made.at(0, 0)
    assert np.array_equal(enlarge(lr, 3), hr)
    assert np.array_equal(lr, batches(3, side=60, degrade=degrade).at(0, 0)[0])
    for position in range(1, 5):
        made.at(0, position)
    sizes, numbers = map(set, zip(*seen, strict=True))
    # A patch of 12 px with up to 24 LR px on every side.
    assert all(12 <= side <= 12 + 3 * 48 for size in sizes for side in size[:2])
    assert len(sizes) > 5
    assert len(numbers) > 3


def test_models_on_the_hr_grid_get_repeated_pixels():
    lr, hr = batches(3, input_scale=3).at(0, 0)
    assert np.array_equal(lr, hr)


def test_a_batch_depends_on_seed_epoch_and_position_alone():
    one, other = batches(), batches()
    other.at(0, 3)
    lr, _ = one.at(0, 2)
    assert np.array_equal(lr, other.at(0, 2)[0])
    for another in (one.at(0, 3), batches(seed=1).at(0, 2), one.at(1, 2)):
        assert not np.array_equal(lr, another[0])


def test_a_dataset_goes_from_epoch_to_epoch_with_every_side_known():
    data = batches()
    dataset = data.dataset(first_epoch=1)
    assert [spec.shape.as_list() for spec in dataset.element_spec] == [[3, 4, 4, 3], [3, 8, 8, 3]]
    for number, drawn in enumerate(dataset.take(7).as_numpy_iterator()):
        expected = data.at(1 + number // 5, number % 5)
        assert all(np.array_equal(*sides) for sides in zip(drawn, expected, strict=True))


@pytest.fixture
def ten_photos(tmp_path):
    """Pairs of 12 kB of HR and 3 kB of LR, each of one grey level."""
    for number in range(10):
        hr = np.full((50, 80, 3), 20 * number, np.uint8)
        write(tmp_path, str(number), hr[::2, ::2], hr)
    return photos([tmp_path])


def levels(held) -> list[int]:
    return [int(hr[0, 0, 0]) // 20 for _, hr in held]


def test_photos_that_fit_are_read_once_in_their_order(ten_photos):
    pool = PhotoPool(ten_photos, most_mb=0.15, seed=0)
    assert levels(pool.at(0)) == list(range(10))
    assert pool.at(7) is pool.at(0)


def test_a_large_photo_among_small_ones_does_not_part_what_fits(ten_photos, tmp_path):
    write(tmp_path, "large", *pairs(2, count=1, side=200)[0])
    with_large = photos([tmp_path])
    total_mb = sum(pair.decoded_bytes() for pair in with_large) / 1e6
    assert PhotoPool(with_large, total_mb, seed=0).parts == 1
    assert PhotoPool(with_large, total_mb * 0.99, seed=0).parts > 1


@given(seed=st.integers(0, 99), kilobytes=st.integers(1, 149))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_photos_that_do_not_fit_take_turns(ten_photos, seed, kilobytes):
    pool = PhotoPool(ten_photos, kilobytes / 1000, seed)
    one_pass = [levels(pool.at(epoch)) for epoch in range(pool.parts)]
    assert sorted(itertools.chain(*one_pass)) == list(range(10))
    # Two parts at a time, of one photo of 15 kB at least.
    assert max(map(len, one_pass)) * 2 * 15 <= max(kilobytes, 30)
    assert len(pool.held) == 2
    # Whoever begins in the middle sees the same.
    resumed = PhotoPool(ten_photos, kilobytes / 1000, seed)
    assert levels(resumed.at(pool.parts + 1)) == levels(pool.at(pool.parts + 1))


def test_every_corner_of_every_photo_can_be_drawn():
    scale = 2
    seen = set()
    data = batches(scale, augment=(), batch_size=200, batches=10, side=8)
    photos = [to_unit_range(lr) for lr, _ in data.photos(0)]
    for index in range(10):
        for patch in data.at(0, index)[0]:
            for number, lr in enumerate(photos):
                for name, corner in {
                    "first": lr[:4, :4],
                    "last": lr[-4:, -4:],
                }.items():
                    if np.array_equal(patch, corner):
                        seen.add((number, name))
    assert seen == {(number, name) for number in range(3) for name in ("first", "last")}


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_enlarge_repeats_rows_and_columns(scale):
    x = np.arange(12).reshape(2, 2, 3)
    assert np.array_equal(enlarge(x, scale), x.repeat(scale, 0).repeat(scale, 1))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("count", "batch_size"), [(10, 4), (8, 4), (3, 4), (5, 1)])
def test_images_come_in_the_order_of_keras_image_data_generator(tmp_path, count, batch_size):
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    for number in range(count):
        Image.new("RGB", (1, 1), (number, 0, 0)).save(tmp_path / f"{number:02d}.png")
    (tmp_path / "folder").mkdir()
    for file in tmp_path.glob("*.png"):
        file.rename(tmp_path / "folder" / file.name)
    iterator = ImageDataGenerator().flow_from_directory(
        tmp_path, (1, 1), class_mode=None, batch_size=batch_size, seed=42
    )
    for positions in itertools.islice(keras_order(count, batch_size, 42), 12):
        assert next(iterator)[:, 0, 0, 0].astype(int).tolist() == positions.tolist()


def test_whole_images_are_the_files_cropped_to_their_common_size(tmp_path):
    rng = np.random.default_rng(0)
    for name, (height, width) in {"a": (33, 40), "b": (32, 42)}.items():
        small = rng.integers(0, 256, (4, 4, 3)).astype(np.uint8)
        hr = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))
        write(tmp_path, name, hr[::2, ::2], unsplash(hr, 1), unsplash(hr, 2))
    # Without a stored one the LR image is up-sampled by NEAREST; PNG serves as well as JPEG.
    lr = rng.integers(0, 256, (16, 20, 3)).astype(np.uint8)
    write(tmp_path, "c", lr, enlarge(lr, 2))
    found = photos([tmp_path])
    size_px = common_size_px(found, 4)
    assert size_px == (40, 32)
    batches = list(image_batches(found, lambda: [[2, 0], [1]], size_px))
    assert [len(lr) for lr, _ in batches] == [2, 1]
    seen = [(lr, hr) for batch in batches for lr, hr in zip(*batch, strict=True)]
    for (lr, hr), pair in zip(seen, (found[2], found[0], found[1]), strict=True):
        assert np.array_equal(hr, read_rgb(pair.hr)[:32, :40])
        assert np.array_equal(lr, pair.read_enlarged()[:32, :40])
    assert np.array_equal(seen[0][0], seen[0][1])
