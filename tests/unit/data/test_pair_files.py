import numpy as np
import pytest

from superres.core.errors import InputError
from superres.data import pair_files
from superres.images.rgb_files import write_png


def test_pairs_come_back_by_name_whatever_the_shards(tmp_path):
    for number, name in enumerate(["b", "a", "c d;e"]):
        folder = tmp_path / f"{number % 2}"
        image = np.full((2, 2, 3), number, np.uint8)
        pair_files.write(folder, name, image, image.repeat(2, 0).repeat(2, 1))
    (tmp_path / "empty").mkdir()
    folders = [tmp_path / "1", tmp_path / "empty", tmp_path / "0"]
    assert [pair.photo for pair in pair_files.photos(folders)] == ["a", "b", "c d;e"]
    read = pair_files.arrays(pair_files.photos(folders))
    assert [lr[0, 0, 0] for lr, _ in read] == [1, 0, 2]
    assert all(hr.shape == (4, 4, 3) and hr[0, 0, 0] == lr[0, 0, 0] for lr, hr in read)


def test_a_prediction_comes_with_its_truth_or_not_at_all(tmp_path):
    hr = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    pair_files.write(tmp_path, "a", hr[:2, :2], hr)
    write_png(tmp_path / "a.png", hr + 1)
    (one,) = pair_files.predictions(tmp_path, tmp_path)
    truth, image = one.read()
    assert (one.photo, one.predicted) == ("a", tmp_path / "a.png")
    assert np.array_equal(truth, hr) and np.array_equal(image, hr + 1)
    write_png(tmp_path / "a.png", hr[:3])
    with pytest.raises(InputError, match=r"a\.png: size 4x3 px is not the HR image's 4x4 px"):
        one.read()
    (tmp_path / "a.png").unlink()
    with pytest.raises(InputError, match=r"a\.png: is missing; delete the folder and run again"):
        pair_files.predictions(tmp_path, tmp_path)


def test_predictions_of_several_methods_are_found_in_whatever_shards(tmp_path):
    image = np.zeros((2, 2, 3), np.uint8)
    folders = [tmp_path / f"{method}/{shard}" for method in "mn" for shard in (1, 2)]
    for photo, shard in (("a", 1), ("b", 2)):
        pair_files.write(tmp_path / f"pairs/{shard}", photo, image, image)
        for method in "mn":
            (tmp_path / f"{method}/{shard}").mkdir(parents=True)
            write_png(tmp_path / f"{method}/{shard}/{photo}.png", image)
    both = [tmp_path / "pairs/1", tmp_path / "pairs/2"]
    found = pair_files.by_method(both, ["m", "n"], folders)
    assert [(pair.photo, files) for pair, files in found] == [
        ("a", {"m": folders[0] / "a.png", "n": folders[2] / "a.png"}),
        ("b", {"m": folders[1] / "b.png", "n": folders[3] / "b.png"}),
    ]
    (folders[3] / "b.png").unlink()
    with pytest.raises(InputError, match=r"/n: no prediction of 'b'; delete the folder"):
        pair_files.by_method(both, ["m", "n"], folders)


@pytest.mark.parametrize(("side_px", "left_px"), [(5, 1), (4, 4), (1, 1)])
def test_the_border_is_cut_where_that_leaves_anything(side_px, left_px):
    image = np.zeros((side_px, 9, 3), np.uint8)
    assert pair_files.without_border(image, 2).shape[0] == left_px
