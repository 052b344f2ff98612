"""Folders of real pictures, upscaled: each once, whatever the others are."""

import os
import resource
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from conftest import colours, nearest
from PIL import Image

from superres.core import memory
from superres.core.errors import InputError
from superres.images import pictures, upscaled_folders, upscaler, upscaling_records
from superres.images.upscaled_folders import Counts
from superres.images.upscaler import Network, Settings


def make(folder: Path, *names: str | bytes) -> Path:
    """Photos that differ."""
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.fromarray(colours()).save(folder / os.fsdecode(name), format="PNG")
    return folder


def failing_on(file: Path, error: Exception):
    """A network that one picture is too much for."""
    shown = pictures.read(file).rgb

    def enlarge(image):
        if np.array_equal(image, shown):
            raise error
        return nearest(image)

    return enlarge


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def upscale_all(source, output, factor=2, scale=2, enlarge=nearest, flat=False, **settings):
    named = {name: settings.pop(name, None) for name in ("sha256", "again", "precision")}
    network = Network(
        scale,
        lambda image, report: enlarge(image),
        "first",
        named["sha256"] or "",
        named["again"],
        named["precision"] or "float32",
    )
    return upscaled_folders.upscale_all(source, output, Settings(factor, network, **settings), flat)


def test_a_folder_is_upscaled_in_natural_order(tmp_path):
    source = make(tmp_path / "in", "10.png", "2.png", ".hidden.png")
    make(source / "deeper", "3.png")
    images = []

    def enlarge(image):
        images.append(image)
        return nearest(image)

    counts = upscale_all(source, tmp_path / "new/out", 2, 2, enlarge, flat=True)
    assert counts == Counts(done=2, skipped=0, failed=0)
    assert names(tmp_path / "new/out") == ["10.png", "2.png"]
    for image, name in zip(images, ["2.png", "10.png"], strict=True):
        assert np.array_equal(pictures.read(source / name).rgb, image)
        written = pictures.read(tmp_path / "new/out" / name)
        assert np.array_equal(written.rgb, nearest(image))


def test_folders_in_the_folder_are_upscaled_into_folders(tmp_path):
    source = make(tmp_path / "in", "a.png")
    make(source / "2020", "a.png")
    make(source / "2020" / "May", "b.png")
    for name in ("Thumbs.db", "a.xmp", "2020/clip.mov"):
        (source / name).write_bytes(b"x")
    assert upscale_all(source, tmp_path / "out", 2, 2, nearest) == Counts(3, 0, 0)
    assert upscale_all(source, tmp_path / "out", 2, 2, nearest) == Counts(0, 3, 0)
    for name in ("a.png", "2020/a.png", "2020/May/b.png"):
        small, large = (pictures.read(folder / name).rgb for folder in (source, tmp_path / "out"))
        assert np.array_equal(large, nearest(small))


def test_one_file_is_upscaled(tmp_path):
    source = make(tmp_path / "in", "a.png", "b.png")
    assert upscale_all(source / "a.png", tmp_path / "out", 2, 2, nearest).done == 1
    assert names(tmp_path / "out") == ["a.png"]


@pytest.mark.parametrize(
    "name",
    ["with space.png", "quote's \".png", "two\nlines.png", "-x.png", b"\xff\xfe.png", "日本.png"],
)
def test_any_name_is_kept_and_shown_in_one_line(tmp_path, caplog, name):
    source = make(tmp_path / "in", name)
    with caplog.at_level("INFO"):
        for skipped in (0, 1):
            counts = upscale_all(source, tmp_path / "out", 2, 2, nearest)
            assert counts == Counts(1 - skipped, skipped, 0)
        (source / os.fsdecode(name)).write_bytes(b"")
        assert upscale_all(source, tmp_path / "other", 2, 2, nearest).failed == 1
    assert names(tmp_path / "out") == [os.fsdecode(name)]
    for message in caplog.messages:
        assert "\n" not in message
        message.encode()


def test_what_is_there_is_overwritten_only_when_asked(tmp_path, caplog):
    source = make(tmp_path / "in", "a.png", "b.png")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes(b"dear")
    with caplog.at_level("INFO"):
        assert upscale_all(source, out) == Counts(done=1, skipped=1, failed=0)
    assert (out / "a.png").read_bytes() == b"dear"
    assert f"a.png': skipped, as '{out / 'a.png'}' is there" in caplog.text
    assert upscale_all(source, out, 2, 2, nearest, overwrite=True) == Counts(2, 0, 0)
    assert pictures.read(out / "a.png").rgb.shape == (8, 12, 3)


def test_a_changed_format_is_skipped_too(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    Image.fromarray(colours()).save(source / "a.gif")
    assert upscale_all(source, tmp_path / "out", 2, 2, nearest) == Counts(1, 0, 0)
    assert names(tmp_path / "out") == ["a.gif.png"]
    assert upscale_all(source, tmp_path / "out", 2, 2, nearest) == Counts(0, 1, 0)


def test_two_sources_never_share_an_output(tmp_path):
    source = make(tmp_path / "in", "a.gif.png")
    Image.fromarray(colours()).save(source / "a.gif")
    counts = upscale_all(source, tmp_path / "out", 2, 2, nearest, overwrite=True)
    assert counts == Counts(done=1, skipped=0, failed=1)


def test_a_source_that_links_to_its_output_is_kept(tmp_path):
    out = make(tmp_path / "out", "a.png")
    original = (out / "a.png").read_bytes()
    source = make(tmp_path / "in")
    (source / "a.png").symlink_to(out / "a.png")
    assert upscale_all(source, out, 2, 2, nearest, overwrite=True) == Counts(0, 0, 1)
    assert (out / "a.png").read_bytes() == original


def test_a_bad_file_stops_no_other(tmp_path, caplog):
    source = make(tmp_path / "in", "1.png", "3.png", "5.png")
    (source / "2.png").write_bytes(b"")
    (source / "4.txt").write_text("no picture")
    (source / "6.png").symlink_to("nowhere")

    enlarge = failing_on(source / "3.png", MemoryError())
    with caplog.at_level("INFO"):
        assert upscale_all(source, tmp_path / "out", 2, 2, enlarge) == Counts(2, 0, 3)
    assert names(tmp_path / "out") == ["1.png", "5.png"]
    assert "files that are no pictures, left out: 1: 1 .txt" in caplog.text
    failed = [message for message in caplog.messages if message.startswith("failed: ")]
    reasons = ["the file is empty", "too large for the memory", "no such file"]
    for message, reason in zip(failed, reasons, strict=True):
        assert reason in message


@pytest.mark.parametrize("error", [RuntimeError("no\nreason"), struct.error(), OSError(36, "x")])
def test_whatever_a_network_raises_stops_no_other(tmp_path, caplog, error):
    source = make(tmp_path / "in", "1.png", "2.png")

    enlarge = failing_on(source / "1.png", error)
    with caplog.at_level("INFO"):
        assert upscale_all(source, tmp_path / "out", 2, 2, enlarge) == Counts(1, 0, 1)
    (failure,) = [message for message in caplog.messages if message.startswith("failed: ")]
    assert "1.png': " in failure
    assert "\n" not in failure


@pytest.mark.parametrize("length", [240, 250, 251, 252, 253, 254, 255])
@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_the_longest_names_stop_no_other(tmp_path, length, form):
    source = make(tmp_path / "in", "b.png")
    Image.fromarray(colours()).save(source / ("a" * (length - 4) + ".png"), form)
    counts = upscale_all(source, tmp_path / "out", 2, 2, nearest)
    # GIF becomes PNG, with an ending behind that of its source.
    failed = int(form == "GIF" and length > 251)
    assert counts == Counts(2 - failed, 0, failed)
    assert "b.png" in names(tmp_path / "out")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, caplog):
    source = make(tmp_path / "in", "1.png")
    Image.fromarray(colours(100, 100)).save(source / "2.png")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with caplog.at_level("INFO"):
            counts = upscale_all(source, tmp_path / "out", 2.5, 2, nearest)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert counts == Counts(done=1, skipped=0, failed=1)
    assert names(tmp_path / "out") == ["1.png"]
    assert "2.png': cannot be written" in caplog.text


def test_the_same_folder_is_refused(tmp_path):
    source = make(tmp_path / "in", "a.png")
    (tmp_path / "link").symlink_to(source)
    for given_source in (source, source / "a.png"):
        for output in (source, source / "../in", tmp_path / "link"):
            with pytest.raises(InputError, match="holds the sources"):
                upscale_all(given_source, output, 2, 2, nearest, overwrite=True)


def test_a_source_or_output_that_cannot_be_is_refused(tmp_path):
    source = make(tmp_path / "in", "a.png")
    empty = make(tmp_path / "empty")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="holds no pictures"):
        upscale_all(empty, tmp_path / "out", 2, 2, nearest)
    with pytest.raises(InputError, match="no such file or folder"):
        upscale_all(tmp_path / "none", tmp_path / "out", 2, 2, nearest)
    with pytest.raises(InputError, match="no folder for the output"):
        upscale_all(empty.parent / "in", source.parent / "file", 2, 2, nearest)


@pytest.fixture
def upscaled(tmp_path):
    """Two pictures, one of them in a folder, and what was made of them."""
    make(tmp_path / "in", "a.png")
    make(tmp_path / "in/2020", "b.png")
    assert upscale_all(tmp_path / "in", tmp_path / "out") == Counts(2, 0, 0)
    return tmp_path / "in", tmp_path / "out"


def width_px(file: Path) -> int:
    with Image.open(file) as image:
        return image.width


def test_what_is_up_to_date_is_left_alone(upscaled):
    source, output = upscaled
    before = (output / "a.png").stat()
    assert upscale_all(source, output) == Counts(0, 2, 0)
    assert (output / "a.png").stat() == before


def test_an_output_that_was_deleted_is_made_again(upscaled):
    source, output = upscaled
    (output / "2020/b.png").unlink()
    assert upscaling_records.lack_outputs(output, source)
    assert upscale_all(source, output) == Counts(1, 1, 0)
    assert (output / "2020/b.png").is_file()
    assert not upscaling_records.lack_outputs(output, source)


def test_another_factor_or_network_makes_all_again(upscaled, caplog):
    source, output = upscaled
    with caplog.at_level("INFO"):
        assert upscale_all(source, output, 3) == Counts(2, 0, 0)
    assert "a.png': made again, for another factor" in caplog.text
    assert width_px(output / "a.png") == 18
    assert upscale_all(source, output, 3, sha256="another") == Counts(2, 0, 0)
    assert upscale_all(source, output, 3, sha256="another") == Counts(0, 2, 0)


def test_pictures_that_were_stored_with_a_loss_may_have_a_network_of_their_own(tmp_path, caplog):
    source, output = make(tmp_path / "in", "a.png"), tmp_path / "out"
    white = Image.new("RGB", (8, 6), "white")
    lossy, lossless = ("a.jpg", "b.jpeg", "c.webp", "d.avif"), ("e.webp", "f.tif", "g.bmp", "h.gif")
    for name in (*lossy, *lossless):
        white.save(source / name, lossless=name == "e.webp")
    # A name says nothing.
    shutil.copy(source / "a.jpg", source / "i.png")
    shutil.copy(source / "a.png", source / "j.jpg")
    black = Network(2, lambda image, report: 0 * nearest(image), "for_photos", "2")
    with caplog.at_level("INFO"):
        counts = upscale_all(source, output, photo_network=black)
    assert counts == Counts(11, 0, 0)
    assert "for_photos (float32) for JPEG, AVIF and lossy WebP" in caplog.text
    for file in output.iterdir():
        if not file.name.startswith("."):
            of_photos = file.name.removesuffix(".png") in (*lossy, "i")
            assert (pictures.read(file).rgb.max() == 0) == of_photos, file
    (source / "k.jpg").symlink_to(tmp_path / "absent.jpg")
    (source / "l.jpg").write_bytes(b"RIFF....WEBP")
    assert upscale_all(source, output, photo_network=black) == Counts(0, 11, 2)
    # Another network for photos makes these again, and no other.
    other = Network(2, black.enlarge, "for_photos", "3")
    assert upscale_all(source, output, photo_network=other) == Counts(5, 6, 2)


def test_what_made_an_output_names_both_networks_where_both_were_used(tmp_path, caplog):
    source, output = make(tmp_path / "in", "a.png"), tmp_path / "out"
    again = {name: Network(2, lambda image, report: nearest(image), name, name) for name in "bc"}
    chosen = {"sha256": "a", "again": again["b"]}
    with caplog.at_level("INFO"):
        assert upscale_all(source, output, 2, **chosen) == Counts(1, 0, 0)
        assert "first (float32) for all pictures" in caplog.text
        assert upscale_all(source, output, 3, **chosen) == Counts(1, 0, 0)
        assert "first (float32), then b (float32) for all pictures" in caplog.text
    assert upscale_all(source, output, 3, **chosen) == Counts(0, 1, 0)
    fast = chosen | {"precision": "bfloat16"}
    assert upscale_all(source, output, 3, **fast) == Counts(1, 0, 0)
    assert upscale_all(source, output, 3, **fast) == Counts(0, 1, 0)
    assert upscale_all(source, output, 3, sha256="a", again=again["c"]) == Counts(1, 0, 0)
    assert upscale_all(source, output, 2, sha256="a", again=again["c"]) == Counts(1, 0, 0)
    assert upscale_all(source, output, 2, **chosen) == Counts(0, 1, 0)


@pytest.mark.parametrize("link", [False, True])
def test_a_source_that_was_edited_is_upscaled_again(tmp_path, link):
    disk, source = make(tmp_path / "disk", "a.png"), make(tmp_path / "in", "b.png")
    if link:
        (source / "a.png").symlink_to(disk / "a.png")
    else:
        shutil.copy(disk / "a.png", source / "a.png")
    assert upscale_all(source, tmp_path / "out") == Counts(2, 0, 0)
    edited = colours()
    Image.fromarray(edited).save(source / "a.png")
    assert upscale_all(source, tmp_path / "out") == Counts(1, 1, 0)
    assert np.array_equal(pictures.read(tmp_path / "out/a.png").rgb, nearest(edited))


@pytest.mark.parametrize("change", ["edited", "replaced by a link"])
def test_what_a_person_put_there_is_left_alone(upscaled, tmp_path, caplog, change):
    source, output = upscaled
    if change == "edited":
        Image.new("RGB", (5, 5)).save(output / "a.png")
    else:
        make(tmp_path / "dear", "a.png")
        (output / "a.png").unlink()
        (output / "a.png").symlink_to(tmp_path / "dear/a.png")
    before = (output / "a.png").read_bytes()
    with caplog.at_level("INFO"):
        assert upscale_all(source, output, 3) == Counts(1, 1, 0)
    assert (output / "a.png").read_bytes() == before
    assert "was not made, or was changed since" in caplog.text
    assert upscale_all(source, output, 3, overwrite=True) == Counts(2, 0, 0)
    assert width_px(output / "a.png") == 18


def test_an_output_of_a_former_format_is_removed(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    Image.new("RGB", (40_000, 1)).save(source / "a.jpg")
    assert upscale_all(source, tmp_path / "out", 1) == Counts(1, 0, 0)
    assert names(tmp_path / "out") == ["a.jpg"]
    assert upscale_all(source, tmp_path / "out", 2) == Counts(1, 0, 0)
    assert names(tmp_path / "out") == ["a.jpg.png"]


def test_a_persons_file_under_the_name_of_a_new_format_is_kept(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    Image.new("RGB", (40_000, 1)).save(source / "a.jpg")
    assert upscale_all(source, tmp_path / "out", 1) == Counts(1, 0, 0)
    (tmp_path / "out/a.jpg.png").write_bytes(b"dear")
    assert upscale_all(source, tmp_path / "out", 2) == Counts(0, 0, 1)
    assert (tmp_path / "out/a.jpg.png").read_bytes() == b"dear"


def test_torn_or_hostile_records_harm_nothing(upscaled, tmp_path):
    source, output = upscaled
    make(tmp_path / "dear", "a.png")
    before = (tmp_path / "dear/a.png").read_bytes()
    file = output / upscaling_records.NAME
    good = file.read_text()
    hostile = good.replace('"output": "a.png"', '"output": "../dear/a.png"')
    for content in ("", "{", "[]\n1\nnull\n", "\udcff\n", hostile, good[:50]):
        file.write_bytes(os.fsencode(content))
        assert upscale_all(source, output, 3).failed == 0
        assert not upscaling_records.lack_outputs(output, source)
    assert (tmp_path / "dear/a.png").read_bytes() == before


def test_records_are_the_same_whatever_the_way_there(upscaled):
    source, output = upscaled
    first = (output / upscaling_records.NAME).read_bytes()
    (output / "a.png").unlink()
    upscale_all(source, output, 3)
    assert (output / upscaling_records.NAME).read_bytes() != first
    upscale_all(source, output, 2)
    assert (output / upscaling_records.NAME).read_bytes() == first


def test_a_record_is_never_written_through_a_link(tmp_path):
    source = make(tmp_path / "in", "a.png")
    output = make(tmp_path / "out")
    (tmp_path / "dear").write_text("dear")
    (output / upscaling_records.NAME).symlink_to(tmp_path / "dear")
    assert upscale_all(source, output) == Counts(0, 0, 1)
    assert (tmp_path / "dear").read_text() == "dear"


@pytest.mark.parametrize("place", ["in/out", "in/2020/out", "link/out", "in/2020"])
def test_an_output_inside_the_input_is_refused(tmp_path, place):
    source = make(tmp_path / "in", "a.png")
    make(source / "2020", "b.png")
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(InputError, match="is inside the folder of the sources"):
        upscale_all(source, tmp_path / place)
    assert names(source) == ["2020", "a.png"]


def test_an_input_that_links_to_the_output_does_not_grow(tmp_path):
    source = make(tmp_path / "in", "a.png")
    (source / "link").symlink_to(tmp_path / "out")
    for done in (1, 0):
        assert upscale_all(source, tmp_path / "out") == Counts(done, 1 - done, 0)


def test_what_does_not_fit_is_refused_with_the_numbers(tmp_path, caplog, monkeypatch):
    source = make(tmp_path / "in", "a.png")
    monkeypatch.setattr(memory, "available_mb", lambda: 1.0)
    with caplog.at_level("INFO"):
        assert upscale_all(source, tmp_path / "out", 100) == Counts(0, 0, 1)
    assert "6 x 4 to 600 x 400 pixels needs 8 MB of memory, 1 MB are free" in caplog.text
    assert names(tmp_path / "out") == []


def test_what_takes_long_is_announced(tmp_path, caplog, monkeypatch):
    source = make(tmp_path / "in")
    Image.fromarray(colours(100, 100)).save(source / "a.png")
    monkeypatch.setattr(upscaler, "LONG_S", 0.0)
    with caplog.at_level("INFO"):
        upscale_all(source, tmp_path / "out")
    assert "a.png': 100 x 100 to 200 x 200 pixels, about 0 min, 1 MB of memory" in caplog.text
