import pytest
from PIL import Image

from superres import sources
from superres.errors import InputError


def photo(path):
    Image.new("RGB", (4, 4)).save(path)


def test_bundled_photos_are_eleven_in_order():
    found = sources.bundled()
    assert [source.photo for source in found] == [
        "astronaut",
        "chelsea",
        "china",
        "coffee",
        "flower",
        "hubble_deep_field",
        "ihc",
        "motorcycle_left",
        "motorcycle_right",
        "retina",
        "rocket",
    ]


def test_a_folder_is_read_by_name_and_other_files_are_passed_over(tmp_path):
    for name in ("b.png", "a.JPG", "c d;e.png"):
        photo(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.png").write_text("x")
    (tmp_path / "folder.png").mkdir()
    found, passed_over = sources.folder(tmp_path)
    assert [source.photo for source in found] == ["a", "b", "c d;e"]
    assert [file.name for file in passed_over] == ["notes.txt"]


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no photo; put at least one"):
        sources.folder(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        sources.folder(tmp_path / "none")


def test_two_photos_of_one_name_are_refused(tmp_path):
    photo(tmp_path / "a.png")
    photo(tmp_path / "a.jpg")
    with pytest.raises(InputError, match=r"a\.jpg and a\.png have the same name"):
        sources.folder(tmp_path)
