import os
from pathlib import Path

import pytest
from PIL import Image

from superres.images import picture_folders
from superres.images.picture_folders import files_in, is_picture

NO_PICTURES = [
    *(
        "Thumbs.db",
        "desktop.ini",
        "IMG_1.xmp",
        "IMG_1.AAE",
        "IMG_1.MOV",
        "a.mp4",
        "b.MPG",
        "c.mpeg",
    ),
    *("c.mpeg", "model.h5", "e.bufr", "notes.txt", "page.html", "f.pdf", "g.zip", "no ending"),
    *("h.dng", "IMG_1.CR2", "i.NEF", "j.psd", "k.eps", "l.ps", "m.wmf", "n.emf", "o.svg"),
]


def picture(path: Path, form: str = "PNG") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(path, form)
    return path


def relative(files: list[Path], folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in files]


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_plainly_no_picture_is_not_taken_for_one(tmp_path, name):
    (tmp_path / name).write_bytes(b"%!PS or anything else")
    assert not is_picture(tmp_path / name)


@pytest.mark.parametrize("name", ["h.dng", "IMG_1.CR2", "i.NEF", "j.arw"])
def test_a_cameras_raw_file_is_no_picture_though_it_begins_as_tiff(tmp_path, name):
    assert not is_picture(picture(tmp_path / name, "TIFF"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "JPEG2000"])
@pytest.mark.parametrize("name", ["photo", "photo.backup", "photo.1"])
def test_content_shows_a_picture_of_any_name(tmp_path, form, name):
    assert is_picture(picture(tmp_path / name, form))


@pytest.mark.parametrize("name", ["a.JPG", "b.heic", "c.jxl", "d.Tif", "e.avif"])
def test_an_ending_says_so_whatever_the_content(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    assert is_picture(tmp_path / name)


def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not is_picture(tmp_path / "pipe")


def test_folders_are_walked_each_once(tmp_path):
    for name in ("b10.png", "b2.png", "2020/x.jpg", "2020/deeper/y.jpg", ".hidden/z.png"):
        picture(tmp_path / name)
    for name in picture_folders.SYSTEM_FOLDERS:
        picture(tmp_path / "2020" / name / "thumbnail.jpg")
    (tmp_path / "2020/again").symlink_to(tmp_path)
    (tmp_path / "2020/loop").symlink_to(".")
    (tmp_path / "elsewhere.png").mkdir()
    (tmp_path / "2020/Thumbs.db").write_bytes(b"")
    pictures, others = files_in(tmp_path, flat=False)
    expected = ["b2.png", "b10.png", "2020/x.jpg", "2020/deeper/y.jpg"]
    assert relative(pictures, tmp_path) == expected
    assert relative(others, tmp_path) == ["2020/Thumbs.db"]
    assert relative(files_in(tmp_path, flat=True)[0], tmp_path) == ["b2.png", "b10.png"]


def test_a_folder_that_is_a_link_is_followed(tmp_path):
    picture(tmp_path / "disk/a.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path / "disk")
    assert relative(files_in(tmp_path / "in", flat=False)[0], tmp_path) == ["in/link/a.png"]


def test_files_that_are_no_pictures_are_counted_in_one_line():
    names = ["a.xmp", "b.XMP", "Thumbs.db", b"c.\xff\n".decode(errors="surrogateescape")]
    line = picture_folders.counted([Path(name) for name in names])
    assert line == "4: 2 .xmp, 1 Thumbs.db, 1 .\\xff\\n"
    many = picture_folders.counted([Path(f"a.{number}") for number in range(100)])
    assert many.endswith(", others")
    assert len(many) < 200
