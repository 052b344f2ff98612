import os
import resource
import struct
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from superres.core.errors import InputError
from superres.images import pictures

RNG = np.random.default_rng(0)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>\xc3\xa9</x:xmpmeta>"
QUARTER_CLOCKWISE = 6
MODES = [
    *[("JPEG", mode) for mode in ("L", "RGB")],
    *[("PNG", mode) for mode in ("L", "LA", "RGB", "RGBA", "I;16")],
    *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    *[("TIFF", mode) for mode in ("L", "LA", "RGB", "RGBA", "I;16")],
    *[("BMP", mode) for mode in ("L", "RGB")],
]


def noise(mode: str, width_px: int = 7, height_px: int = 5) -> Image.Image:
    """Every channel random, alpha too."""
    if mode == "I;16":
        return Image.fromarray(RNG.integers(0, 65536, (height_px, width_px), np.uint16))
    if mode == "P":
        return noise("RGB", width_px, height_px).quantize(4)
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = RNG.integers(0, 256, height_px * width_px * channels, np.uint8).tobytes()
    return Image.frombytes(mode, (width_px, height_px), values)


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = orientation
    found[ExifTags.Base.Artist] = "Ann"
    found[ExifTags.IFD.Exif] = {
        ExifTags.Base.LensModel: "50 mm",
        ExifTags.Base.ExifImageWidth: 1,
        ExifTags.Base.ExifImageHeight: 2,
    }
    return found


def save(file, image: Image.Image, **options):
    """Write without loss where the format can."""
    exact = {"lossless": True, "exact": True} if options.get("format") == "WEBP" else {}
    image.save(file, **exact, **options)
    return file


def names(folder) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@contextmanager
def at_most_bytes(count: int):
    """No file may grow further, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def cmyk_profile() -> bytes:
    """A profile in which every ink is as grey as the next, as no formula has it."""
    lab = [value for inks in range(16) for value in (255 - inks.bit_count() * 63, 128, 128)]
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0])
    table += struct.pack(">9i", *[0x10000 if row % 4 == 0 else 0 for row in range(9)])
    table += bytes(range(256)) * 4 + bytes(lab) + bytes(range(256)) * 3
    tags = {
        b"A2B0": table,
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D),
    }
    body, directory, start = b"", struct.pack(">I", len(tags)), 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        directory += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4sI4s4s4s", start + len(body), b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab "
    )
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + directory + body


@pytest.mark.parametrize(("file_format", "mode"), MODES)
def test_what_is_read_is_written_back(tmp_path, file_format, mode):
    image = noise(mode)
    file = save(tmp_path / "a", image, format=file_format)
    first = pictures.read(file)
    assert (first.format, first.grey) == (file_format, mode in ("L", "LA", "I;16"))
    if file_format != "JPEG":
        expected = np.asarray(image if mode == "I;16" else image.convert("RGBA"))
        assert np.array_equal(
            first.rgb, np.dstack([expected] * 3) if mode == "I;16" else expected[..., :3]
        )
        if first.alpha is not None:
            assert np.array_equal(first.alpha, expected[..., 3])
    assert (first.alpha is not None) == mode.endswith("A")
    with Image.open(pictures.write(tmp_path / "b", first)) as written:
        assert (written.format, written.mode, written.size) == (file_format, mode, image.size)
        if file_format != "JPEG":
            assert np.array_equal(np.asarray(written), np.asarray(image))
    assert names(tmp_path) == ["a", "b"]


@settings(max_examples=60)
@given(
    kind=st.sampled_from([kind for kind in MODES if kind[0] != "BMP"]),
    width_px=st.integers(1, 40),
    height_px=st.integers(1, 40),
    orientation=st.integers(1, 8),
)
def test_any_size_keeps_all_that_belongs_to_it(
    tmp_path_factory, kind, width_px, height_px, orientation
):
    file_format, mode = kind
    folder = tmp_path_factory.mktemp("round_trip")
    described = {"exif": exif(orientation).tobytes(), "icc_profile": SRGB, "format": file_format}
    file = save(folder / "a", noise(mode, width_px, height_px), **described)
    first = pictures.read(file)
    second = pictures.read(pictures.write(folder / "b", first))
    upright = (height_px, width_px) if orientation < 5 else (width_px, height_px)
    assert first.rgb.shape == second.rgb.shape == (*upright, 3)
    assert (first.grey, first.format, first.icc) == (second.grey, second.format, SRGB)
    if file_format != "JPEG":
        assert np.array_equal(first.rgb, second.rgb)
    assert (first.alpha is None) == (second.alpha is None) == (not mode.endswith("A"))
    if first.alpha is not None:
        assert np.array_equal(first.alpha, second.alpha)
    for picture in (first, second):
        kept = Image.Exif()
        kept.load(picture.exif)
        assert kept.get(ExifTags.Base.Orientation, 1) == 1
        assert kept[ExifTags.Base.Artist] == "Ann"
        assert kept.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.LensModel] == "50 mm"
    assert kept.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExifImageWidth] == upright[1]
    assert kept.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExifImageHeight] == upright[0]


@pytest.mark.parametrize(
    ("file_format", "mode"),
    [("PNG", "RGB"), ("WEBP", "RGB"), ("TIFF", "RGB"), ("TIFF", "RGBA"), ("TIFF", "L")],
)
def test_orientation_is_applied(tmp_path, file_format, mode):
    image = noise(mode)
    save(tmp_path / "a", image, format=file_format, exif=exif(QUARTER_CLOCKWISE).tobytes())
    turned = np.rot90(np.asarray(image.convert("RGBA"))[..., :3], -1)
    assert np.array_equal(pictures.read(tmp_path / "a").rgb, turned)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp_is_kept(tmp_path, file_format):
    picture = replace(some_picture(tmp_path), format=file_format, xmp=XMP)
    assert pictures.read(pictures.write(tmp_path / "a", picture)).xmp == XMP


def some_picture(folder, mode: str = "RGB") -> pictures.Picture:
    return pictures.read(save(folder / "source", noise(mode), format="PNG"))


def test_a_damaged_exif_block_is_left_out(tmp_path, caplog):
    for name in ("a.jpg", "a.png"):
        save(tmp_path / name, noise("RGB"), exif=b"Exif\0\0damaged beyond repair")
        with caplog.at_level("INFO"):
            assert pictures.read(tmp_path / name).exif is None
    assert "a.png': its EXIF is damaged" in caplog.text


@pytest.mark.parametrize("mode", ["1", "P"])
@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP", "GIF"])
def test_bits_and_palettes_become_channels(tmp_path, file_format, mode):
    image = noise("L").convert("1") if mode == "1" else noise("P")
    picture = pictures.read(save(tmp_path / "a", image, format=file_format))
    assert np.array_equal(picture.rgb, np.asarray(image.convert("RGB")))
    assert picture.grey == (mode == "1")
    assert picture.alpha is None


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_becomes_alpha(tmp_path, file_format):
    image = noise("P")
    save(tmp_path / "a", image, format=file_format, transparency=2)
    picture = pictures.read(tmp_path / "a")
    assert np.array_equal(picture.alpha == 0, np.asarray(image) == 2)
    assert np.array_equal(picture.rgb, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    ("mode", "key"), [("1", 0), ("L", 9), ("RGB", (9, 9, 9)), ("I;16", 0x0909)]
)
def test_a_transparent_colour_becomes_alpha(tmp_path, mode, key):
    image = Image.new(mode, (2, 1), 255 if mode != "RGB" else "white")
    image.putpixel((0, 0), key)
    save(tmp_path / "a", image, format="PNG", transparency=key)
    picture = pictures.read(tmp_path / "a")
    assert picture.alpha.tolist() == [[0, 255]]
    assert picture.rgb.dtype == np.uint8
    assert pictures.read(pictures.write(tmp_path / "b", picture)).alpha.tolist() == [[0, 255]]


def test_16_bit_colour_keeps_its_upper_bits_and_says_so(tmp_path, caplog):
    strips = {256: 1, 257: 1, 258: (16,) * 3, 259: 1, 262: 2, 273: 0, 277: 3, 278: 1, 279: 6}
    entries = len(strips)
    bits_at = 8 + 2 + 12 * entries + 4
    ifd = struct.pack("<H", entries)
    for tag, value in (strips | {273: bits_at + 6, 258: bits_at}).items():
        ifd += struct.pack("<HHII", tag, 3, 3 if tag == 258 else 1, value)
    samples = struct.pack("<3H3H", 16, 16, 16, 0x1234, 0x5678, 0x9ABC)
    (tmp_path / "a").write_bytes(b"II*\0" + struct.pack("<I", 8) + ifd + bytes(4) + samples)
    with caplog.at_level("INFO"):
        picture = pictures.read(tmp_path / "a")
    assert picture.rgb.tolist() == [[[0x12, 0x56, 0x9A]]]
    assert "only the upper 8 of its 16 bits" in caplog.text


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_without_profile_becomes_rgb(tmp_path, file_format):
    save(tmp_path / "a", Image.new("CMYK", (8, 8), (0, 255, 255, 0)), format=file_format)
    picture = pictures.read(tmp_path / "a")
    assert np.abs(picture.rgb.astype(int) - (255, 0, 0)).max() <= 2
    assert not picture.grey


def test_cmyk_follows_its_profile_which_is_dropped(tmp_path):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    save(tmp_path / "a", image, format="JPEG", icc_profile=cmyk_profile())
    picture = pictures.read(tmp_path / "a")
    assert np.ptp(picture.rgb) <= 2
    assert 100 < picture.rgb.mean() < 150
    assert picture.icc is None


def test_cmyk_with_a_damaged_profile_is_read_without_it(tmp_path):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    save(tmp_path / "a", image, format="TIFF", icc_profile=b"no profile")
    picture = pictures.read(tmp_path / "a")
    assert picture.rgb[0, 0].tolist() == [255, 0, 0]
    assert picture.icc is None


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_is_written_with_the_loss_of_its_source(tmp_path, lossless):
    image = noise("RGB", 30, 30)
    image.save(tmp_path / "a", format="WEBP", lossless=lossless, icc_profile=SRGB)
    first = pictures.read(tmp_path / "a")
    assert first.lossless_webp == lossless
    second = pictures.read(pictures.write(tmp_path / "b", first))
    assert second.lossless_webp == lossless
    assert np.array_equal(first.rgb, second.rgb) == lossless


def test_jpeg_is_written_with_full_colour(tmp_path):
    noise("RGB").save(tmp_path / "a", format="JPEG")
    with Image.open(pictures.write(tmp_path / "b", pictures.read(tmp_path / "a"))) as written:
        assert written.layer[0][1:3] == (1, 1)
        assert max(written.quantization[0]) <= 12


def test_the_first_photo_of_a_phones_jpeg_is_taken(tmp_path):
    photo, depth_map = noise("RGB", 16, 16), noise("RGB", 8, 8)
    photo.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[depth_map])
    picture = pictures.read(tmp_path / "a.jpg")
    assert (picture.format, picture.rgb.shape) == ("JPEG", (16, 16, 3))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"format": "GIF"}, "a.gif.png"),
        ({"format": "BMP"}, "a.gif"),
        ({"format": "BMP", "icc": SRGB}, "a.gif.png"),
        ({"format": "BMP", "alpha": np.zeros((5, 7), np.uint8)}, "a.gif.png"),
        ({"format": "WEBP", "rgb": np.zeros((1, 16384, 3), np.uint8)}, "a.gif.png"),
        ({"format": "JPEG", "rgb": np.zeros((65501, 1, 3), np.uint8)}, "a.gif.png"),
        ({"format": "JPEG", "rgb": np.zeros((65500, 1, 3), np.uint8)}, "a.gif"),
    ],
)
def test_what_the_format_cannot_hold_becomes_png(tmp_path, change, name):
    picture = replace(some_picture(tmp_path), **change)
    file = pictures.write(tmp_path / "a.gif", picture)
    assert file.name == name == pictures.written_as(tmp_path / "a.gif", picture).name
    with Image.open(file) as written:
        assert written.format == ("PNG" if name.endswith(".png") else change["format"])
        assert written.size == picture.rgb.shape[1::-1]


def test_tiff_of_more_than_4_gigabytes_becomes_png(tmp_path):
    huge = np.broadcast_to(np.uint8(0), (40_000, 40_000, 3))
    picture = replace(some_picture(tmp_path), format="TIFF", rgb=huge)
    assert pictures.written_as(tmp_path / "a.tif", picture).name == "a.tif.png"


def test_100_megapixels_are_read(tmp_path):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "a.png")
    assert pictures.read(tmp_path / "a.png").rgb.shape == (10_000, 10_000, 3)


@pytest.mark.parametrize("height_px", [10_001, 20_000])
def test_more_than_100_megapixels_are_refused(tmp_path, height_px):
    Image.new("1", (10_000, height_px)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png': cannot be read \(.*more than 100 megapixels\)"):
        pictures.read(tmp_path / "a.png")


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_animations_and_pages_are_refused(tmp_path, file_format):
    frames = [noise("RGB"), noise("RGB")]
    save(tmp_path / "a", frames[0], format=file_format, save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match=r"a': cannot be read \(2 frames or pages, only single"):
        pictures.read(tmp_path / "a")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.8])
def test_a_truncated_file_is_refused(tmp_path, file_format, share):
    content = save(tmp_path / "a", noise("RGB", 64, 64), format=file_format).read_bytes()
    (tmp_path / "a").write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"^.*a': cannot be read \(.+\); repair or remove .*$"):
        pictures.read(tmp_path / "a")


@settings(max_examples=100)
@given(
    file_format=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"]),
    changes=st.dictionaries(st.floats(0, 0.999), st.integers(0, 255), min_size=1, max_size=4),
)
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, file_format, changes):
    file = tmp_path_factory.mktemp("damaged") / "a"
    content = bytearray(save(file, noise("RGB"), format=file_format).read_bytes())
    for place, value in changes.items():
        content[int(place * len(content))] = value
    file.write_bytes(content)
    try:
        pictures.read(file)
    except InputError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"no picture at all", "not a JPEG, PNG, WebP, TIFF, BMP or GIF file"),
        (b"P5 1 1 255 \0", "not a JPEG, PNG, WebP, TIFF, BMP or GIF file"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, content, reason):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=rf"a\.png': cannot be read \({reason}"):
        pictures.read(tmp_path / "a.png")


@pytest.mark.parametrize("make", [lambda path: None, os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "a")
    with pytest.raises(InputError, match="no such file"):
        pictures.read(tmp_path / "a")


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_32_bits_are_refused(tmp_path, dtype):
    Image.fromarray(np.ones((2, 2), dtype)).save(tmp_path / "a.tif")
    with pytest.raises(InputError, match="samples of 32 bits"):
        pictures.read(tmp_path / "a.tif")


def test_content_decides_not_the_name(tmp_path):
    save(tmp_path / "a.jpg", noise("RGBA"), format="PNG")
    picture = pictures.read(tmp_path / "a.jpg")
    assert picture.format == "PNG"
    with Image.open(pictures.write(tmp_path / "b.jpg", picture)) as written:
        assert (written.format, written.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_a_full_disk_leaves_nothing_behind(tmp_path, file_format):
    picture = replace(
        some_picture(tmp_path),
        format=file_format,
        rgb=RNG.integers(0, 256, (300, 300, 3), np.uint8),
    )
    (tmp_path / "a").write_bytes(b"what was there")
    with (
        at_most_bytes(20_000),
        pytest.raises(InputError, match=r"a': cannot be written \(.+\); see"),
    ):
        pictures.write(tmp_path / "a", picture)
    assert names(tmp_path) == ["a", "source"]
    assert (tmp_path / "a").read_bytes() == b"what was there"


def test_a_name_too_long_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        pictures.write(tmp_path / ("a" * 256), some_picture(tmp_path))
