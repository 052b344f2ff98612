import hashlib
import io
import random
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superres.core import csv_tables
from superres.core.errors import InputError
from superres.data import archives

FILES = {"Photos/high res/1.jpg": b"high" * 1000, "Photos/image data.csv": b"a,b\n"}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            # The name itself: writestr, given text, would clean it.
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.compress_type = method
            archive.writestr(entry, data)
    return content.getvalue()


def unpack(content: bytes, folder: Path, max_unpacked_mb: int = 1) -> Path:
    (folder / "a.zip").write_bytes(content)
    archives.unpack(folder / "a.zip", folder / "files", max_unpacked_mb)
    return folder / "files"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_files_come_out_as_they_went_in(tmp_path):
    assert tree(unpack(zipped({"Photos/": b""} | FILES), tmp_path)) == FILES
    assert {file.name for file in tmp_path.iterdir()} == {"a.zip", "files"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../a", "no plain path"),
        ("a/../../b", "no plain path"),
        ("/etc/a", "no plain path"),
        ("//host/a", "no plain path"),
        ("C:/a", "no plain path"),
        ("C:a", "no plain path"),
        ("..\\a", "no plain path"),
        ("a//b", "no plain path"),
        ("./a", "no plain path"),
        ("a/\0b", "no plain path"),
        ("a\nb", "no plain path"),
        ("../", "no plain path"),
        ("photos/HIGH RES/1.JPG", "but for the case at most"),
        ("Photos/high res/1.jpg/b", "is inside a file"),
        ("Photos/high res/1.jpg/", "but for the case at most"),
        ("a" * 300, "cannot be unpacked: .*name too long"),
    ],
)
def test_a_name_without_a_place_in_the_folder_is_refused(name, message, tmp_path):
    with pytest.raises(InputError, match=message):
        unpack(zipped(FILES | {name: b"x"}), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"a.zip"}


def test_one_name_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "a", "w") as made:
        made.writestr("b", "1")
        made.writestr("b", "2")
    with pytest.raises(InputError, match="two entries are called 'b'"):
        unpack((tmp_path / "a").read_bytes(), tmp_path)


@given(names=st.lists(st.text(st.sampled_from("aB./\\:C\0é\n "), max_size=6), max_size=4))
def test_whatever_the_names_nothing_leaves_the_folder(names, tmp_path_factory):
    outer = tmp_path_factory.mktemp("outer")
    inner = outer / "inner"
    inner.mkdir()
    files = {name: name.encode() for name in names}
    try:
        found = tree(unpack(zipped(files), inner))
    except InputError:
        assert {file.name for file in inner.iterdir()} == {"a.zip"}
    else:
        assert found == {name: data for name, data in files.items() if not name.endswith("/")}
    assert list(outer.iterdir()) == [inner]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_links_and_devices_are_refused(kind, tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("a")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="entry 'a' is a link or a device"):
        unpack(content.getvalue(), tmp_path)


def test_an_encrypted_entry_is_refused(tmp_path):
    content = bytearray(zipped({"a": b"x"}))
    # Flags are 6 bytes into the local header and 8 into the central one.
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(InputError, match="entry 'a' is encrypted"):
        unpack(bytes(content), tmp_path)


def test_methods_that_unpack_without_bound_are_refused(tmp_path):
    with pytest.raises(InputError, match="entry 'a' is neither stored nor deflated"):
        unpack(zipped({"a": b"x"}, zipfile.ZIP_BZIP2), tmp_path)


def test_what_says_that_it_is_too_large_is_refused(tmp_path):
    half = bytes(600_000)
    assert tree(unpack(zipped({"a": half}), tmp_path)) == {"a": half}
    with pytest.raises(InputError, match=r"more than 1 MB; .* raise downloads.<name>.max_unpacked"):
        unpack(zipped({"a": half, "b": half}), tmp_path)


def lying(content: bytes, size: int) -> bytes:
    """Another unpacked size in both headers of the only entry."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, 22, size)
    struct.pack_into("<I", changed, content.index(b"PK\1\2") + 24, size)
    return bytes(changed)


def test_a_bomb_that_hides_its_size_writes_no_more_than_it_says(tmp_path):
    with pytest.raises(archives.DamagedError, match="Bad CRC-32"):
        unpack(lying(zipped({"a": bytes(5_000_000)}), 1000), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"a.zip"}


def test_bytes_are_counted_whatever_the_archive_says(tmp_path, monkeypatch):
    # Should zipfile ever stop to cut an entry at the size that it announces.
    class Endless(io.BytesIO):
        def read(self, size):
            assert (tmp_path / "files.part/a").stat().st_size <= 3_000_000
            return bytes(size)

    content = zipped({"a": b"x"})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda archive, entry: Endless())
    with pytest.raises(InputError, match="unpacks to more than 3 MB"):
        unpack(content, tmp_path, max_unpacked_mb=3)
    assert {file.name for file in tmp_path.iterdir()} == {"a.zip"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>no zip</html>", "not a zip file"),
        (b"", "not a zip file"),
        (zipped(FILES)[:-30], "not a zip file"),
        (zipped({"a": b"x" * 99}, zipfile.ZIP_STORED).replace(b"xx", b"xy", 1), "Bad CRC-32"),
    ],
    ids=["html", "empty", "cut", "changed"],
)
def test_a_damaged_archive_is_told_from_a_hostile_one(content, message, tmp_path):
    with pytest.raises(archives.DamagedError, match=f"not a whole zip or tar archive .*{message}"):
        unpack(content, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"a.zip"}


@given(at=st.integers(0, len(zipped(FILES)) - 1), value=st.integers(0, 255))
def test_one_wrong_byte_gives_no_wrong_file_and_at_most_one_line(at, value, tmp_path_factory):
    content = bytearray(zipped(FILES))
    content[at] = value
    try:
        files = tree(unpack(bytes(content), tmp_path_factory.mktemp("byte")))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        # A wrong length can hide an entry, which no checksum covers.
        assert set(files.values()) <= set(FILES.values())


def test_an_archive_without_a_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no file"):
        unpack(zipped({"a/": b""}), tmp_path)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/mine").touch()
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(zipped(FILES), tmp_path)
    assert tree(tmp_path / "files") == {"mine": b""}


@pytest.fixture
def source(tmp_path) -> Path:
    for name, data in FILES.items():
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / name).write_bytes(data)
    return tmp_path / "source"


def test_a_folder_is_copied_with_its_subfolders(source, tmp_path):
    archives.copy(source, tmp_path / "files")
    assert tree(tmp_path / "files") == FILES


@pytest.mark.parametrize("target", ["Photos/image data.csv", "Photos", "nowhere"])
def test_a_folder_with_a_link_is_refused(target, source, tmp_path):
    (source / "link").symlink_to(source / target)
    with pytest.raises(InputError, match="link: neither file nor folder"):
        archives.copy(source, tmp_path / "files")
    assert not (tmp_path / "files").exists()


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "source").mkdir()
    with pytest.raises(InputError, match="holds no file"):
        archives.copy(tmp_path / "source", tmp_path / "files")


@pytest.fixture
def known(source, tmp_path) -> dict:
    csv_tables.write(
        csv_tables.frame(archives.record(source), "files"), tmp_path / "a.csv", "files"
    )
    return archives.recorded(tmp_path / "a.csv")


def test_the_record_holds_every_file_in_order(source, known):
    assert list(known) == sorted(FILES)
    for name, data in FILES.items():
        assert known[name] == (len(data), hashlib.sha256(data).hexdigest())
        assert archives.check(source, name, known) == source / name


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda file: file.write_bytes(b"HIGH" * 1000), "changed since it was recorded"),
        (lambda file: file.write_bytes(b""), "changed since it was recorded"),
        (lambda file: file.unlink(), "missing"),
        (lambda file: file.symlink_to(file.rename(file.with_name("2.jpg"))), "missing"),
    ],
    ids=["bytes", "size", "gone", "moved"],
)
def test_a_file_that_is_not_as_recorded_is_named_with_the_remedy(change, reason, source, known):
    name = "Photos/high res/1.jpg"
    change(source / name)
    with pytest.raises(InputError) as error:
        archives.check(source, name, known)
    assert str(error.value) == (f"{source / name}: {reason}; delete {source.parent} and run again")
    assert archives.check(source, "Photos/image data.csv", known)


def test_a_file_that_was_not_recorded_is_refused(source, known):
    (source / "b").touch()
    with pytest.raises(InputError, match="b: not among the files that were recorded"):
        archives.check(source, "b", known)


def tarred(files: dict[str, bytes], mode: str = "w:gz", change=lambda entry: entry) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(change(entry), io.BytesIO(data))
    return content.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_come_out_as_they_went_in(mode, tmp_path):
    assert tree(unpack(tarred(FILES, mode), tmp_path)) == FILES


def test_a_tar_archive_of_the_current_folder_is_read(tmp_path):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in (".", "./a"):
            entry = tarfile.TarInfo(name)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        archive.addfile(tarfile.TarInfo("./a/b.png"), io.BytesIO(b""))
    assert tree(unpack(content.getvalue(), tmp_path)) == {"a/b.png": b""}


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", "a\\b", "a\nb"])
def test_a_tar_entry_that_leaves_the_folder_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="no plain path"):
        unpack(tarred({name: b"x"}), tmp_path)
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_a_tar_entry_that_is_no_plain_file_is_refused(kind, tmp_path):
    def change(entry):
        entry.type, entry.linkname, entry.size = kind, "/etc/passwd", 0
        return entry

    with pytest.raises(InputError, match="is a link or a device"):
        unpack(tarred({"a": b""}, change=change), tmp_path)


def test_a_tar_bomb_is_refused_before_it_fills_the_disk(tmp_path):
    with pytest.raises(InputError, match="more than 1 MB"):
        unpack(tarred({"a": b"0" * 600_000, "b": b"0" * 600_000}), tmp_path)
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize("length", [200, 0.5, 0.9])
def test_a_truncated_tar_archive_is_damaged(length, tmp_path):
    content = tarred({"a": random.Random(0).randbytes(5000)})
    content = content[: int(length if length > 1 else length * len(content))]
    with pytest.raises(archives.DamagedError, match="not a whole zip or tar archive"):
        unpack(content, tmp_path)
    assert not (tmp_path / "files").exists()


def test_the_checksum_of_an_archive_is_insisted_on(tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(b"abc")
    archives.check_file(file, hashlib.sha256(b"abc").hexdigest())
    with pytest.raises(InputError, match=r"its SHA-256 is ba7816bf.*, not 0000"):
        archives.check_file(file, "0" * 64)
    with pytest.raises(InputError, match="a folder has no checksum"):
        archives.check_file(tmp_path, "0" * 64)
