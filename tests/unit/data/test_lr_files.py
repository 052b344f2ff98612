"""LR files beside a folder of photos, from the source to the pair."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from superres.core import csv_tables
from superres.data import ingest, make_pairs, photo_sources
from superres.images.rgb_files import is_grey, read_rgb


@pytest.fixture
def folders(tmp_path):
    """A grey photo, a colour photo and one without LR; HR and LR have the same names."""
    rng = np.random.default_rng(0)
    for folder in ("hr", "lr"):
        (tmp_path / folder).mkdir()
    for name, shape in {"grey": (12, 18), "colour": (12, 18, 3), "alone": (12, 18, 3)}.items():
        hr = rng.integers(0, 256, shape).astype(np.uint8)
        Image.fromarray(hr).save(tmp_path / f"hr/{name}.png")
        if name != "alone":
            Image.fromarray(hr[::3, ::3] // 2).save(tmp_path / f"lr/{name}.png")
    return tmp_path


def made(folders):
    photos, *_ = photo_sources.folder(folders / "hr")
    sources, problems = photo_sources.with_lr(photos, folders / "lr", 3)
    assert [problem.file.stem for problem in problems] == ["alone"]
    copied = ingest.copy(sources, folders / "copies", True, None)
    assert copied.problems == []
    tables = {"photos": folders / "copies.csv", "rows": folders / "copies.rows.csv"}
    for kind, file in tables.items():
        csv_tables.write(pd.DataFrame(getattr(copied, kind)), file, kind)
    copies = make_pairs.copies(
        [tables["photos"]], [tables["rows"]], {"grey", "colour"}, "1-of-1", [1], 3
    )
    recipe = make_pairs.Recipe(3, make_pairs.PROVIDED, None, False, None, "nearest")
    return {copy.photo: make_pairs.make(copy, recipe)[0] for copy in copies}


def test_lr_is_that_of_the_file_and_grey_photos_stay_grey(folders):
    pairs = made(folders)
    assert set(pairs) == {"grey", "colour"}
    for name, (lr, hr, _) in pairs.items():
        assert np.array_equal(lr, read_rgb(folders / f"lr/{name}.png"))
        truth = np.asarray(Image.open(folders / f"hr/{name}.png"))
        assert np.array_equal(hr, truth)
    assert is_grey(folders / "hr/grey.png") and not is_grey(folders / "hr/colour.png")
