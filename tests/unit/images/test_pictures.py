import resource
import struct
from contextlib import contextmanager
from dataclasses import replace

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms
from PIL.JpegImagePlugin import get_sampling

from superres.core.errors import InputError
from superres.images import exif_blocks, pictures

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


@given(
    quality=st.integers(1, 100), subsampling=st.integers(0, 2), mode=st.sampled_from(["L", "RGB"])
)
def test_a_jpeg_file_is_coded_as_its_source(tmp_path_factory, quality, subsampling, mode):
    folder = tmp_path_factory.mktemp("coding")
    noise(mode).save(folder / "a", format="JPEG", quality=quality, subsampling=subsampling)
    picture = pictures.read(folder / "a")
    pictures.write(folder / "b.jpg", picture)
    with Image.open(folder / "a") as source, Image.open(folder / "b.jpg") as written:
        assert written.quantization == source.quantization
        assert get_sampling(written) == get_sampling(source)
    pictures.write(folder / "c.jpg", pictures.of_quality(picture, 60))
    noise(mode).save(folder / "60", format="JPEG", quality=60, subsampling=0)
    with Image.open(folder / "60") as expected, Image.open(folder / "c.jpg") as written:
        assert written.quantization == expected.quantization
        assert get_sampling(written) == get_sampling(expected)


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
    assert (picture.alpha > 0).tolist() == [[False, True]]
    assert (
        pictures.read(pictures.write(tmp_path / "b", picture)).alpha.tolist()
        == picture.alpha.tolist()
    )


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bits_are_written_and_read_back(tmp_path, file_format, channels):
    if (file_format, channels) == ("TIFF", 2):
        pytest.skip("Pillow reads no TIFF of this kind, so that none is written")
    levels = RNG.integers(0, 65536, (70, 41, 4), np.uint16)
    grey = channels < 3
    picture = replace(
        some_picture(tmp_path),
        format=file_format,
        rgb=np.dstack([levels[..., 0]] * 3) if grey else levels[..., :3],
        alpha=None if channels % 2 else levels[..., 3],
        grey=grey,
        icc=SRGB,
        exif=exif().tobytes(),
        xmp=XMP,
    )
    written = pictures.read(pictures.write(tmp_path / "a", picture))
    assert np.array_equal(written.rgb, picture.rgb)
    assert written.alpha is None or np.array_equal(written.alpha, picture.alpha)
    assert (written.grey, written.icc, written.xmp) == (grey, SRGB, XMP)
    with Image.open(tmp_path / "a") as image:
        assert image.getexif()[ExifTags.Base.Artist] == "Ann"
        assert image.size == (41, 70)


def test_16_bit_colour_is_seen_by_another_reader(tmp_path):
    levels = RNG.integers(0, 65536, (70, 41, 4), np.uint16)
    deep = {"rgb": levels[..., :3], "alpha": levels[..., 3]}
    for file_format in ("TIFF", "PNG"):
        picture = replace(some_picture(tmp_path), format=file_format, **deep)
        pictures.write(tmp_path / "a", picture)
        content = np.frombuffer((tmp_path / "a").read_bytes(), np.uint8)
        seen = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
        assert np.array_equal(seen[..., [2, 1, 0, 3]], levels)
    picture = replace(some_picture(tmp_path), format="TIFF", **deep, exif=exif().tobytes())
    pictures.write(tmp_path / "a", picture)
    assert np.array_equal(tifffile.imread(tmp_path / "a"), levels)


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


def test_jpeg_has_full_colour_where_its_source_cannot_be_followed(tmp_path):
    noise("CMYK").save(tmp_path / "a", format="JPEG", quality=50)
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
        pytest.raises(InputError, match=r"a': cannot be written \(.+\); check"),
    ):
        pictures.write(tmp_path / "a", picture)
    assert names(tmp_path) == ["a", "source"]
    assert (tmp_path / "a").read_bytes() == b"what was there"


def spoilt_tiff(path, numerator: int, denominator: int):
    """A TIFF file whose resolution is a fraction of any numbers."""
    pixels = np.asarray(noise("RGB"))
    tifffile.imwrite(path, pixels, photometric="rgb", resolution=(300, 300), software="scanner")
    content = bytearray(path.read_bytes())
    (directory,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, directory)
    for number in range(count):
        tag, _, _, value = struct.unpack_from("<HHII", content, directory + 2 + 12 * number)
        if tag in (ExifTags.Base.XResolution, ExifTags.Base.YResolution):
            struct.pack_into("<II", content, value, numerator, denominator)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("fraction", [(0, 0), (1, 0), (2**32 - 1, 1), (1, 2**32 - 1)])
def test_a_resolution_that_is_no_number_is_left_out_and_the_rest_written(tmp_path, fraction):
    picture = pictures.read(spoilt_tiff(tmp_path / "a.tif", *fraction))
    with Image.open(pictures.write(tmp_path / "b.tif", picture)) as written:
        assert np.array_equal(np.asarray(written), picture.rgb)
        assert written.getexif()[ExifTags.Base.Software] == "scanner"


LONG8 = 16


@pytest.mark.parametrize("kind", [LONG8, 4])
def test_a_tiff_with_64_bit_offsets_keeps_its_tags(tmp_path, kind):
    pixels = np.asarray(noise("RGB"))
    tags = [(ExifTags.Base.Rating, kind, 1, 5, True), (ExifTags.Base.Artist, 2, 4, "Ann", True)]
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", bigtiff=True, extratags=tags)
    picture = pictures.read(tmp_path / "a.tif")
    with Image.open(pictures.write(tmp_path / "b.tif", picture)) as written:
        assert np.array_equal(np.asarray(written), pixels)
        assert written.getexif()[ExifTags.Base.Artist] == "Ann"
        assert written.getexif()[ExifTags.Base.Rating] == 5


VALUES = st.one_of(
    st.text(max_size=9),
    st.binary(max_size=9),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.tuples(st.integers(0, 2**33), st.integers(0, 2**33)),
)
TAGS = st.dictionaries(st.sampled_from(sorted(exif_blocks.KEPT - {*exif_blocks.NESTED})), VALUES)


@settings(max_examples=80)
@given(tags=TAGS, nested=TAGS, file_format=st.sampled_from(["JPEG", "PNG", "TIFF", "WEBP"]))
def test_no_exif_keeps_a_picture_from_being_written(tmp_path_factory, tags, nested, file_format):
    folder = tmp_path_factory.mktemp("exif")
    block = Image.Exif()
    try:
        block.update(tags)
        block[ExifTags.IFD.Exif] = nested
        content = block.tobytes()
    except Exception:  # Pillow cannot make what a file could hold
        return
    picture = replace(some_picture(folder), format=file_format, exif=content)
    with Image.open(pictures.write(folder / "a", picture)) as written:
        assert written.size == (7, 5)


def test_a_name_too_long_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        pictures.write(tmp_path / ("a" * 256), some_picture(tmp_path))
