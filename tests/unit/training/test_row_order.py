import itertools

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from superres.data import pair_files, photo_sources, splits
from superres.training.batches import enlarge, image_batches, keras_order

SCALES = (2, 4, 6)
SIDE_PX = 12
# In the order of the table, which is none of names.
PHOTOS = ["10", "b", "2", "a", "33", "1", "c"]
SHARE = 0.15
BATCH, SEED = 4, 42


@pytest.fixture
def dataset(tmp_path):
    """The dataset's layout: rows of all photos at x2, then x4, then x6; one row has no pair."""
    rng = np.random.default_rng(0)
    rows = [{"low_res": "gone.jpg", "high_res": "gone.jpg"}]
    for folder in ("high res", "low res"):
        (tmp_path / folder).mkdir()
    for scale, photo in itertools.product(SCALES, PHOTOS):
        lr = rng.integers(0, 256, (SIDE_PX // scale, SIDE_PX // scale, 3)).astype(np.uint8)
        names = f"{photo}_{scale}.jpg", f"{photo}.jpg"
        # What both read is decoded from PNG, whatever the ending says.
        Image.fromarray(enlarge(lr, scale)).save(tmp_path / "low res" / names[0], "PNG")
        Image.fromarray(rng.integers(0, 256, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8)).save(
            tmp_path / "high res" / names[1], "PNG"
        )
        rows.append(dict(zip(("low_res", "high_res"), names, strict=True)))
    pd.DataFrame(rows).to_csv(tmp_path / "image_data.csv", index=False)
    return tmp_path


def ours(dataset):
    """Pairs of both splits, by the workflow's own steps, two shards per scale."""
    sources, problems = photo_sources.table(dataset)
    assert [problem.row for problem in problems] == [0]
    rows = pd.DataFrame(
        [
            {"row": row.row, "photo": source.photo, "scale": row.scale}
            for source in sources
            for row in source.rows
        ]
    )
    side = splits.by_rows(rows, SHARE).set_index(["photo", "scale"])["split"]
    for number, source in enumerate(sources):
        for row in source.rows:
            enlarged = np.asarray(Image.open(row.file))
            split = side[source.photo, row.scale]
            folder = dataset / f"pairs/x{row.scale}/{split}/{number % 2}"
            hr = np.asarray(Image.open(source.file))
            lr = enlarged[:: row.scale, :: row.scale]
            pair_files.write(folder, source.photo, lr, hr, enlarged)
    order = {(row.photo, row.scale): row.row for row in rows.itertuples()}
    return {
        split: pair_files.ordered(
            [dataset / f"pairs/x{scale}/{split}/{shard}" for scale in SCALES for shard in (0, 1)],
            SCALES,
            order,
        )
        for split in ("train", "validation")
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def keras_batches(dataset, column, split, **options):
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    table = pd.read_csv(dataset / "image_data.csv").iloc[1:]
    folder = {"low_res": "low res", "high_res": "high res"}[column]
    return ImageDataGenerator(validation_split=SHARE).flow_from_dataframe(
        table,
        directory=str(dataset / folder),
        x_col=column,
        target_size=(SIDE_PX, SIDE_PX),
        class_mode=None,
        batch_size=BATCH,
        seed=SEED,
        subset={"train": "training", "validation": "validation"}[split],
        **options,
    )


def test_training_images_come_in_the_order_of_keras_on_a_table_with_three_scales(dataset):
    pairs = ours(dataset)["train"]
    assert len(pairs) == 18
    batches = image_batches(pairs, lambda: keras_order(len(pairs), BATCH, SEED), (SIDE_PX, SIDE_PX))
    theirs = [keras_batches(dataset, column, "train") for column in ("low_res", "high_res")]
    # Three passes, whose last batches are smaller.
    for batch in itertools.islice(batches, 15):
        for images, flow in zip(batch, theirs, strict=True):
            assert np.array_equal(images, next(flow).astype(np.uint8))


def test_validation_images_are_those_of_keras_in_its_order(dataset):
    pairs = ours(dataset)["validation"]
    batches = image_batches(pairs, lambda: [[0, 1, 2]], (SIDE_PX, SIDE_PX))
    theirs = [
        keras_batches(dataset, column, "validation", shuffle=False)
        for column in ("low_res", "high_res")
    ]
    for images, flow in zip(next(iter(batches)), theirs, strict=True):
        assert np.array_equal(images, next(flow).astype(np.uint8))


def test_pairs_without_a_table_are_ordered_by_photo_and_copies_come_last(dataset):
    pairs = ours(dataset)["train"]
    folders = sorted({pair.lr.parents[1] for pair in pairs})
    assert [pair.photo for pair in pair_files.ordered(folders, SCALES, {})] == [
        pair.photo for pair in pair_files.photos(folders)
    ]
    one = [folders[0]]
    names = [pair.photo for pair in pair_files.photos(one)]
    order = {(names[-1], 2): 0}
    assert [pair.photo for pair in pair_files.ordered(one, [2], order)] == [names[-1], *names[:-1]]
