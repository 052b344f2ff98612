import numpy as np

from superres import pairs


def test_pairs_come_back_by_name_whatever_the_shards(tmp_path):
    for number, name in enumerate(["b", "a", "c d;e"]):
        folder = tmp_path / f"{number % 2}"
        image = np.full((2, 2, 3), number, np.uint8)
        pairs.write(folder, name, image, image.repeat(2, 0).repeat(2, 1))
    (tmp_path / "empty").mkdir()
    folders = [tmp_path / "1", tmp_path / "empty", tmp_path / "0"]
    assert [pair.photo for pair in pairs.photos(folders)] == ["a", "b", "c d;e"]
    read = pairs.arrays(pairs.photos(folders))
    assert [lr[0, 0, 0] for lr, _ in read] == [1, 0, 2]
    assert all(hr.shape == (4, 4, 3) and hr[0, 0, 0] == lr[0, 0, 0] for lr, hr in read)
