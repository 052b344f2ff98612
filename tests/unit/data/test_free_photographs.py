import hashlib
from pathlib import Path

import imagehash
import numpy as np
import pytest
import yaml
from PIL import Image

from superres.core.errors import InputError
from superres.data import free_photographs, photo_sources
from superres.images.perceptual_hash import near
from superres.images.rgb_files import read_rgb

ROOT = Path(__file__).parents[3]
STANDARD_SETS = ROOT.parent / "shared/standard-sets"
LICENCES = {"CC0-1.0", "public-domain"}
NEAR_BITS = 8


@pytest.fixture(scope="module")
def carried():
    return free_photographs.carried()


def test_every_photograph_is_the_file_that_its_row_lists(carried):
    for row in carried.itertuples():
        content = (free_photographs.FOLDER / row.file).read_bytes()
        assert len(content) == row.bytes
        assert hashlib.sha256(content).hexdigest() == row.sha256
        # Of the file format's lossless kind.
        assert content[12:16] == b"VP8L", row.photo
        image = read_rgb(free_photographs.FOLDER / row.file)
        assert image.shape == (row.height_px, row.width_px, 3)
        assert str(imagehash.phash(Image.fromarray(image))) == row.phash


def test_the_folder_holds_nothing_that_the_table_does_not_list(carried):
    listed = {*carried["file"], "photographs.csv", "origins.csv"}
    files = {file.name for file in free_photographs.FOLDER.iterdir()}
    assert files - {"training_set.csv"} <= listed


def test_all_are_free_and_name_their_author_and_source(carried):
    assert set(carried["licence"]) <= LICENCES
    assert all(carried["author"].str.strip())


def test_they_are_enough_and_small(carried):
    assert len(carried) >= 40
    assert (carried["use"] == "test").sum() >= 12
    assert 6e6 <= carried["bytes"].sum() <= 16e6
    assert (carried["reduced_by"] >= 2).all()


def test_the_embedded_default_locks_the_test_and_validation_photographs(carried):
    split = yaml.safe_load((ROOT / "config/config.yaml").read_text())["datasets"]["bundled"][
        "split"
    ]
    for use in ("test", "validation"):
        assert split[use] == sorted(carried.loc[carried["use"] == use, "photo"])


def eight_views(image):
    picture = Image.fromarray(image)
    turned = [picture.rotate(angle, expand=True) for angle in (0, 90, 180, 270)]
    views = [*turned, *(view.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for view in turned)]
    return [str(imagehash.phash(view)) for view in views]


def test_no_photograph_looks_like_another_one(carried):
    packaged = [read_rgb(source.file) for source in photo_sources.from_packages()]
    others = [str(imagehash.phash(Image.fromarray(image))) for image in packaged]
    hashes = [*carried["phash"], *others]
    for position, row in enumerate(carried.itertuples()):
        views = eight_views(read_rgb(free_photographs.FOLDER / row.file))
        alike = {match for view in views for match in near(view, hashes, NEAR_BITS)}
        assert alike == {position}, row.photo


def test_no_photograph_looks_like_one_of_a_standard_set(carried):
    if not STANDARD_SETS.is_dir():
        pytest.skip(f"no standard sets in {STANDARD_SETS}")
    files = sorted(STANDARD_SETS.glob("*/HR_x2/*.png"))
    assert len(files) >= 119
    hashes = list(carried["phash"])
    for file in files:
        views = eight_views(read_rgb(file))
        assert not [match for view in views for match in near(view, hashes, NEAR_BITS)], file


def test_a_damaged_or_missing_photograph_is_named(carried, tmp_path, monkeypatch):
    file = carried["file"][0]
    monkeypatch.setattr(free_photographs, "FOLDER", tmp_path)
    with pytest.raises(InputError, match=f"{file}: missing or damaged; get the files"):
        free_photographs.carried()
    (tmp_path / file).write_bytes(np.random.default_rng(0).bytes(1000))
    with pytest.raises(InputError, match=f"{file}: missing or damaged; get the files"):
        free_photographs.carried()
