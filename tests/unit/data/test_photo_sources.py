import os

import pytest
from PIL import Image

from superres.core.errors import InputError
from superres.data import free_photographs, photo_sources


def photo(path):
    Image.new("RGB", (4, 4)).save(path)


def test_bundled_photos_are_those_of_packages_and_the_free_photographs_in_order():
    names = [source.photo for source in photo_sources.bundled()]
    packaged = [source.photo for source in photo_sources.from_packages()]
    assert names == sorted({*packaged, *free_photographs.carried()["photo"]})
    assert len(names) == 71
    assert all(source.file.is_file() for source in photo_sources.bundled())


def test_photos_of_packages_are_eleven_in_order():
    found = photo_sources.from_packages()
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


def test_a_folder_is_read_by_name_and_other_files_are_left_out(tmp_path):
    for name in ("b.png", "a.JPG", "c d;e.png"):
        photo(tmp_path / name)
    for name in ("notes.txt", "clip.MPG", "model.h5", "Thumbs.db", ".hidden.png"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.png").mkdir()
    photos, problems, others = photo_sources.folder(tmp_path)
    assert [source.photo for source in photos] == ["a", "b", "c d;e"]
    assert problems == []
    assert {file.name for file in others} == {"notes.txt", "clip.MPG", "model.h5", "Thumbs.db"}


def test_photos_in_folders_have_the_names_of_both(tmp_path):
    for name in ("2020/beach", "2021/beach"):
        (tmp_path / name).mkdir(parents=True)
        photo(tmp_path / name / "1.png")
    photo(tmp_path / "1.png")
    photos, _, _ = photo_sources.folder(tmp_path)
    assert [source.photo for source in photos] == ["1", "2020__beach__1", "2021__beach__1"]
    photos, _, _ = photo_sources.folder(tmp_path, flat=True)
    assert [source.photo for source in photos] == ["1"]


COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"


@pytest.mark.parametrize("on_disk", [COMPOSED, DECOMPOSED])
def test_names_are_one_in_both_forms_of_unicode(tmp_path, on_disk):
    photo(tmp_path / f"{on_disk}.png")
    (source,), _, _ = photo_sources.folder(tmp_path)
    assert source.photo == COMPOSED
    assert source.file.exists()


@pytest.mark.parametrize("in_table", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("on_disk", [COMPOSED, DECOMPOSED])
def test_a_table_names_files_in_both_forms_of_unicode(tmp_path, in_table, on_disk):
    text = f"low_res,high_res\n{in_table}_2.jpg,{in_table}.jpg\n"
    folder = dataset(tmp_path, text.encode())
    for name in (f"high res/{on_disk}.jpg", f"low res/{on_disk}_2.jpg"):
        (folder / "inside" / name).parent.mkdir()
        photo(folder / "inside" / name)
    (source,), problems = photo_sources.table(folder)
    assert (source.photo, problems) == (COMPOSED, [])
    assert source.file.is_file()
    assert source.rows[0].file.is_file()


def test_of_two_photos_of_one_name_in_two_forms_one_is_a_problem(tmp_path):
    photo(tmp_path / f"{COMPOSED}.png")
    photo(tmp_path / f"{DECOMPOSED}.png")
    (source,), (problem,), _ = photo_sources.folder(tmp_path)
    assert source.photo == COMPOSED
    assert "but for the ending or the form of its letters; rename one" in problem.reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [(b"caf\xe9.png", "is not UTF-8; rename it"), (b"x" * 245 + b".png", "has 245 bytes, more")],
)
def test_a_name_that_no_table_or_file_can_have_is_a_problem(tmp_path, name, reason):
    photo(tmp_path / "a.png")
    photo(tmp_path / os.fsdecode(name))
    photos, (problem,), _ = photo_sources.folder(tmp_path)
    assert [source.photo for source in photos] == ["a"]
    assert reason in problem.reason


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no photo; put at least one"):
        photo_sources.folder(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        photo_sources.folder(tmp_path / "none")


def dataset(folder, text: bytes):
    (folder / "inside").mkdir()
    (folder / "inside/image_data.csv").write_bytes(text)
    return folder


ROWS = "low_res,high_res\r\n1_2.jpg,1.jpg\r\n10_2.jpg,10.jpg\r\n1_4.jpg,1.jpg\r\n"


@pytest.mark.parametrize(
    "text",
    [
        ROWS.encode(),
        ROWS.replace("\r\n", "\n").encode(),
        ROWS.replace("\r\n", "\r").encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.replace(",", ' , "').replace("\r\n", '"\r\n').replace(' , "', ',"').encode(),
    ],
    ids=["crlf", "lf", "cr", "bom", "quoted"],
)
def test_a_table_is_read_with_any_line_ends_and_mark(tmp_path, text):
    found, problems = photo_sources.table(dataset(tmp_path, text))
    assert problems == []
    assert [source.photo for source in found] == ["1", "10"]
    assert [(row.row, row.scale, row.file.name) for row in found[0].rows] == [
        (0, 2, "1_2.jpg"),
        (2, 4, "1_4.jpg"),
    ]
    assert found[0].file == tmp_path / "inside/high res/1.jpg"


def test_a_table_may_be_in_latin_1(tmp_path):
    text = "low_res,high_res\nété_2.jpg,été.jpg\n".encode("iso-8859-1")
    found, _ = photo_sources.table(dataset(tmp_path, text))
    assert found[0].photo == "été"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1_2.jpg,1.jpg", "listed before, in row 0"),
        ("1_2.jpg,2.jpg", "is no pair"),
        ("1.jpg,1.jpg", "is no pair"),
        ("1_9.jpg,1.jpg", "is no pair"),
        (",", "is no pair"),
        ("3_2.jpg", "is no pair"),
        ("3_2.jpg,3.jpg,4.jpg", "is no pair"),
    ],
)
def test_a_row_that_names_no_pair_is_a_problem_with_its_number(tmp_path, line, reason):
    found, problems = photo_sources.table(dataset(tmp_path, f"{ROWS}{line}\r\n".encode()))
    assert len(found) == 2
    assert [problem.row for problem in problems] == [3]
    assert reason in problems[0].reason


def test_a_table_never_leads_out_of_its_folders(tmp_path):
    text = "low_res,high_res\n../../x_2.jpg,/etc/x.jpg\n"
    found, _ = photo_sources.table(dataset(tmp_path, text.encode()))
    assert found[0].file.parent == tmp_path / "inside/high res"
    assert found[0].rows[0].file.parent == tmp_path / "inside/low res"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("low,high\n1_2.jpg,1.jpg\n", "columns are low, high; expected low_res, high_res"),
        ("low_res;high_res\n1_2.jpg;1.jpg\n", "columns are low_res;high_res; expected"),
        ("", r"columns are \(none\)"),
        ("low_res,high_res\n", "has no rows"),
        ("low_res,high_res\n1_2.jpg,1.jpg\n".encode("utf-16"), "columns are .*; expected low_res"),
    ],
)
def test_a_table_without_its_columns_or_rows_is_refused(tmp_path, text, message):
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InputError, match=message):
        photo_sources.table(dataset(tmp_path, content))


def test_exactly_one_table_is_needed(tmp_path):
    with pytest.raises(InputError, match=r"holds 0 files named image_data\.csv; exactly one"):
        photo_sources.table(tmp_path)


def test_of_two_photos_of_one_name_the_second_is_a_problem_and_the_first_is_taken(tmp_path):
    for name in ("a.jpg", "a.png", "b.png", "c/a.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    photos, problems, _ = photo_sources.folder(tmp_path)
    assert [photo.photo for photo in photos] == ["a", "b", "c__a"]
    (problem,) = problems
    assert problem.file.name == "a.png"
    assert problem.reason.startswith("its name is that of a.jpg but for the ending or the form")
