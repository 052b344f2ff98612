import io
import struct
import tarfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.core.errors import InputError
from superres.data import packages


def package(path, files, compression="xz"):
    """A .deb file as dpkg writes it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=f"w:{compression}") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    ar = b"!<arch>\n"
    for name, content in (
        ("debian-binary", b"2.0\n"),
        # Of odd length, so that a byte of padding follows.
        ("control.tar.xz", b"odd"),
        (f"data.tar.{compression}", data.getvalue()),
    ):
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        ar += header + content + b"\n" * (len(content) % 2)
    path.write_bytes(ar)
    return path


def resource(files, version=3, compressed=()):
    """A Qt resource file with a folder `in` that holds all files."""
    names = b""
    data = b""
    node = 14 if version < 2 else 22

    def name(text):
        nonlocal names
        offset = len(names)
        encoded = text.encode("utf-16-be")
        names += struct.pack(">HI", len(encoded) // 2, 0) + encoded
        return offset

    def entry(fields):
        return fields.ljust(node, b"\0")

    tree = entry(struct.pack(">IHII", 0, 2, 1, 1))
    tree += entry(struct.pack(">IHII", name("in"), 2, len(files), 2))
    for file, content in files.items():
        flags = 1 if file in compressed else 0
        stored = struct.pack(">I", len(content)) + zlib.compress(content) if flags else content
        tree += entry(struct.pack(">IHHHI", name(file), flags, 0, 0, len(data)))
        data += struct.pack(">I", len(stored)) + stored
    start = 24
    head = struct.pack(
        ">4s5I", b"qres", version, start, start + len(tree), start + len(tree) + len(data), 0
    )
    return head + tree + data + names


CONTENTS = st.dictionaries(
    st.text(st.characters(exclude_characters="/!", codec="utf-16"), min_size=1, max_size=8),
    st.binary(max_size=40),
    min_size=1,
    max_size=5,
)


@given(files=CONTENTS, version=st.integers(1, 3), data=st.data())
def test_every_file_of_a_resource_file_comes_back(files, version, data):
    compressed = data.draw(st.sets(st.sampled_from(sorted(files))))
    expected = {f"in/{name}": content for name, content in files.items()}
    assert packages.resource_files(resource(files, version, compressed)) == expected


@pytest.mark.parametrize("compression", ["xz", "gz"])
def test_files_of_a_package_and_of_its_resource_files_are_read(tmp_path, compression):
    inside = resource({"a.webp": b"picture"}, compressed={"a.webp"})
    file = package(
        tmp_path / "x.deb",
        {"usr/a.jpg": b"jpeg", "usr/b.rcc": inside, "usr/c": b"other"},
        compression,
    )
    assert packages.members(file, ["usr/a.jpg", "usr/b.rcc!in/a.webp"]) == {
        "usr/a.jpg": b"jpeg",
        "usr/b.rcc!in/a.webp": b"picture",
    }


def test_a_jpeg_file_within_another_file_is_cut_out_at_its_end(tmp_path):
    pictures = []
    for quality in (50, 90):
        jpeg = io.BytesIO()
        # A comment that looks like the end of a file.
        image = Image.effect_noise((32, 24), 50).convert("RGB")
        image.save(jpeg, "JPEG", quality=quality, comment=b"\xff\xd9")
        pictures.append(jpeg.getvalue())
    content = b"head" + pictures[0] + b"between" + pictures[1] + b"rest"
    file = package(tmp_path / "x.deb", {"usr/a.edj": content})
    second = f"usr/a.edj!@{4 + len(pictures[0]) + 7}"
    assert packages.members(file, ["usr/a.edj!@4", second]) == {
        "usr/a.edj!@4": pictures[0],
        second: pictures[1],
    }
    for nowhere in ("usr/a.edj!@5", "usr/a.edj!@99999", "usr/b.edj!@4"):
        with pytest.raises(InputError, match="holds no"):
            packages.members(file, [nowhere])


@pytest.mark.parametrize("name", ["usr/d.jpg", "usr/b.rcc!in/c.webp", "usr/a.jpg!in/c.webp"])
def test_a_file_that_a_package_lacks_is_named(tmp_path, name):
    files = {"usr/a.jpg": resource({}), "usr/b.rcc": resource({"a.webp": b""})}
    file = package(tmp_path / "x.deb", files)
    with pytest.raises(InputError, match=f"x\\.deb: holds no '{name}'"):
        packages.members(file, [name])


def test_a_folder_within_itself_is_refused():
    content = bytearray(resource({"a": b""}))
    # The first entry of the folder "in" is the root.
    struct.pack_into(">I", content, 24 + 22 + 10, 0)
    with pytest.raises(InputError, match="within itself"):
        packages.resource_files(bytes(content))


@given(cut=st.integers(0, 10**6), seed=st.integers(0, 255))
def test_a_damaged_package_is_refused_in_one_line(tmp_path_factory, cut, seed):
    folder = tmp_path_factory.mktemp("damaged")
    file = package(folder / "x.deb", {"a.rcc": resource({"b": b"c" * 100}), "d": b"e"})
    content = bytearray(file.read_bytes())
    if cut % 2:
        content = content[: cut % len(content)]
    else:
        content[cut % len(content)] ^= seed | 1
    file.write_bytes(bytes(content))
    try:
        packages.members(file, ["a.rcc!in/b", "d"])
    except InputError as error:
        assert "\n" not in str(error)
