import os
import resource
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.core.errors import InputError
from superres.images import pictures
from superres.images.upscaling import Counts, fit, upscale, upscale_all

RNG = np.random.default_rng(0)


def nearest(image: np.ndarray) -> np.ndarray:
    """In the place of a network of factor 2."""
    assert image.dtype == np.uint8
    return image.repeat(2, axis=0).repeat(2, axis=1)


def colours(height_px: int = 4, width_px: int = 6) -> np.ndarray:
    return RNG.integers(0, 256, (height_px, width_px, 3), np.uint8)


def plain(rgb: np.ndarray, **changes) -> pictures.Picture:
    nothing = dict.fromkeys(["alpha", "icc", "exif", "xmp"])
    picture = pictures.Picture(rgb=rgb, grey=False, format="PNG", lossless_webp=False, **nothing)
    return replace(picture, **changes)


def make(folder: Path, *names: str | bytes) -> Path:
    """Photos that differ."""
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.fromarray(colours()).save(folder / os.fsdecode(name), format="PNG")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.01, 9))
def test_any_factor_gives_the_rounded_size(height_px, width_px, factor):
    image = fit(colours(height_px, width_px), factor, 2, nearest)
    assert image.shape == (max(1, round(height_px * factor)), max(1, round(width_px * factor)), 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    ("factor", "calls"), [(0.5, 0), (1, 0), (1.01, 1), (2, 1), (2.5, 2), (4, 2), (5, 3)]
)
def test_the_network_runs_until_it_reaches_the_factor(factor, calls):
    sizes = []

    def enlarge(image):
        sizes.append(image.shape)
        return nearest(image)

    fit(colours(), factor, 2, enlarge)
    assert len(sizes) == calls


def test_the_networks_own_factor_is_its_own_answer():
    image = colours()
    assert np.array_equal(fit(image, 1, 2, nearest), image)
    assert np.array_equal(fit(image, 4, 2, nearest), nearest(nearest(image)))


def test_what_leads_down_is_antialiased():
    stripes = np.zeros((8, 8, 3), np.uint8)
    stripes[::2] = 255
    assert np.abs(fit(stripes, 0.25, 2, nearest).astype(int) - 127).max() < 20


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_a_factor_that_is_no_size_is_refused(factor):
    with pytest.raises(InputError, match="give a number above 0"):
        fit(colours(), factor, 2, nearest)


def test_grey_is_the_mean_of_what_the_network_makes_of_it():
    def tinted(image):
        return nearest(image) + np.array([0, 1, 5], np.uint8)

    picture = upscale(plain(np.full((2, 3, 3), 100, np.uint8), grey=True), 2, 2, tinted)
    assert picture.rgb.tolist() == np.full((4, 6, 3), 102).tolist()


def test_transparency_is_up_sampled_and_opaque_stays_opaque():
    alpha = np.full((4, 6), 255, np.uint8)
    alpha[:, :3] = 0
    picture = upscale(plain(colours(), alpha=alpha), 3, 2, nearest)
    assert picture.alpha.shape == (12, 18)
    assert picture.alpha.dtype == np.uint8
    assert (picture.alpha[:, 0] == 0).all()
    assert (picture.alpha[:, -1] == 255).all()


@pytest.mark.parametrize("factor", [1, 2])
def test_16_bits_keep_their_lower_bits(factor):
    ramp = np.dstack([np.tile(np.linspace(0, 65535, 256).astype(np.uint16) // 3, (8, 1))] * 3)
    picture = upscale(plain(ramp, grey=True), factor, 2, nearest)
    assert picture.rgb.dtype == np.uint16
    error = picture.rgb[::factor, ::factor].astype(int) - ramp
    assert np.abs(error).max() <= (0 if factor == 1 else 257)
    assert len(np.unique(picture.rgb)) > 2 * 86


@pytest.mark.parametrize("level", [0, 1, 128, 0x1234, 65535])
def test_16_bits_reach_from_black_to_white(level):
    flat = plain(np.full((3, 3, 3), level, np.uint16), grey=True)
    assert (upscale(flat, 2, 2, nearest).rgb == level).all()


def test_16_bit_colour_and_alpha_keep_their_lower_bits():
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (8, 1))
    deep = plain(np.dstack([ramp // 3, ramp // 2, ramp]), alpha=ramp)
    for factor in (1, 2):
        picture = upscale(deep, factor, 2, nearest)
        assert picture.rgb.dtype == picture.alpha.dtype == np.uint16
        error = picture.rgb[::factor, ::factor].astype(int) - deep.rgb
        assert np.abs(error).max() <= (0 if factor == 1 else 257)
    assert len(np.unique(picture.rgb[..., 0])) > 2 * 86


def test_a_folder_is_upscaled_in_natural_order(tmp_path):
    source = make(tmp_path / "in", "10.png", "2.png", ".hidden.png")
    make(source / "deeper", "3.png")
    seen = []

    def enlarge(image):
        seen.append(image)
        return nearest(image)

    counts = upscale_all(source, tmp_path / "new/out", 2, 2, enlarge, flat=True)
    assert counts == Counts(done=2, skipped=0, failed=0)
    assert names(tmp_path / "new/out") == ["10.png", "2.png"]
    for image, name in zip(seen, ["2.png", "10.png"], strict=True):
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
        assert upscale_all(source, out, 2, 2, nearest) == Counts(done=1, skipped=1, failed=0)
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

    def enlarge(image):
        if np.array_equal(image, pictures.read(source / "3.png").rgb):
            raise MemoryError
        return nearest(image)

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

    def enlarge(image):
        if np.array_equal(image, pictures.read(source / "1.png").rgb):
            raise error
        return nearest(image)

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
    assert counts.done + counts.failed == 2
    assert "b.png" in names(tmp_path / "out")
    assert len(names(tmp_path / "out")) == counts.done


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
    with pytest.raises(InputError, match="holds no pictures"):
        upscale_all(empty, tmp_path / "out", 2, 2, nearest)
    with pytest.raises(InputError, match="no such file or folder"):
        upscale_all(tmp_path / "none", tmp_path / "out", 2, 2, nearest)
    with pytest.raises(InputError, match="no folder for the output"):
        upscale_all(source, source / "a.png", 2, 2, nearest)
