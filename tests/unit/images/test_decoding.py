"""Real files of many kinds, each read rightly or refused by name, by both readers alike."""

import io
import os
import struct

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from superres.core import memory
from superres.core.errors import InputError
from superres.images import decoding, pictures, refusals
from superres.images.decoding import decode, to_8_bits
from superres.images.refusals import UnreadableError
from superres.images.rgb_files import read_rgb

RNG = np.random.default_rng(0)
DEEP = RNG.integers(0, 65536, (6, 9, 4)).astype(np.uint16)
READERS = [decode, pictures.read, read_rgb]


def tiff(path, pixels: np.ndarray, **options):
    tifffile.imwrite(path, pixels, **options)
    return path


def png(path, pixels: np.ndarray, colour_type: int):
    """A PNG of 16 bits in the simplest form, without the code that is tested."""
    import zlib

    height, width = pixels.shape[:2]
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    content = b"\x89PNG\r\n\x1a\n"
    for name, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    ):
        checksum = zlib.crc32(name + body)
        content += struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)
    path.write_bytes(content)
    return path


def refused(path, reason: str) -> None:
    """Every reader refuses the file in one line, by name, with the reason."""
    for read in READERS:
        with pytest.raises(UnreadableError) as error:
            read(path)
        assert path.name in str(error.value)
        assert reason in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "pixels",
    [
        np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4),
        np.linspace(0, 1, 12, dtype=np.float64).reshape(3, 4),
        np.linspace(0, 1, 36, dtype=np.float32).reshape(3, 4, 3),
        np.linspace(0, 1, 12, dtype=np.float16).reshape(3, 4),
        *[np.arange(12, dtype=kind).reshape(3, 4) for kind in (np.int8, np.int16, np.int32)],
        *[np.arange(12, dtype=kind).reshape(3, 4) for kind in (np.uint32, np.uint64)],
        np.arange(36, dtype=np.uint32).reshape(3, 4, 3),
        np.arange(12).reshape(3, 4).astype(np.complex64),
    ],
    ids=lambda pixels: f"{pixels.dtype}-{pixels.ndim}",
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_samples_that_are_no_unsigned_8_or_16_bits_are_refused(tmp_path, pixels, order):
    colour = "rgb" if pixels.ndim == 3 else "minisblack"
    refused(tiff(tmp_path / "a.tif", pixels, photometric=colour, byteorder=order), "save it")


def test_a_float_picture_of_netpbm_is_refused(tmp_path):
    content = b"Pf\n2 1\n-1.0\n" + np.array([0.5, 1], "<f4").tobytes()
    (tmp_path / "a.pfm").write_bytes(content)
    refused(tmp_path / "a.pfm", "samples of 32 bits")


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_white_is_zero_is_no_negative(tmp_path, compression, order, dtype, white_is_zero):
    levels = (DEEP[..., 0] if dtype == np.uint16 else DEEP[..., 0] >> 8).astype(dtype)
    photometric = "miniswhite" if white_is_zero else "minisblack"
    options = {"photometric": photometric, "byteorder": order, "compression": compression}
    file = tiff(tmp_path / "a.tif", levels, **options)
    if white_is_zero and order == ">" and dtype == np.uint16:
        # Pillow knows no such mode.
        refused(file, "TIFF of a kind that is not read")
        return
    expected = np.iinfo(dtype).max - levels if white_is_zero else levels
    assert np.array_equal(decode(file).rgb[..., 1], expected)
    assert np.array_equal(read_rgb(file)[..., 1], to_8_bits(expected))


def test_12_bits_reach_from_black_to_white(tmp_path):
    # Two samples of 12 bits take three bytes: 0 and 4095.
    tags = {256: 2, 257: 1, 258: 12, 259: 1, 262: 1, 273: 0, 277: 1, 278: 1, 279: 3}
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    directory = b"".join(struct.pack("<HHII", tag, 3, 1, value) for tag, value in tags.items())
    header = b"II*\0" + struct.pack("<IH", 8, len(tags))
    (tmp_path / "a.tif").write_bytes(header + directory + bytes(4) + b"\x00\x0f\xff")
    assert decode(tmp_path / "a.tif").rgb[0, :, 0].tolist() == [0, 65535]
    assert read_rgb(tmp_path / "a.tif")[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("tile", [None, (16, 16)])
@pytest.mark.parametrize("orientation", [1, 6])
def test_16_bit_colour_of_tiff_is_read_with_all_its_bits(
    tmp_path, compression, order, channels, tile, orientation
):
    file = tiff(
        tmp_path / "a.tif",
        DEEP[..., :channels],
        photometric="rgb",
        extrasamples=["unassalpha"] if channels == 4 else None,
        compression=compression,
        predictor=bool(compression),
        byteorder=order,
        tile=tile,
        extratags=[(274, 3, 1, orientation, True)],
    )
    decoded = decode(file)
    upright = np.rot90(DEEP, -1) if orientation == 6 else DEEP
    assert np.array_equal(decoded.rgb, upright[..., :3])
    assert (decoded.alpha is None) == (channels == 3)
    assert channels == 3 or np.array_equal(decoded.alpha, upright[..., 3])
    assert not decoded.grey


@pytest.mark.parametrize("colour_type", [0, 2, 4, 6])
def test_16_bits_of_png_are_read_with_all_their_bits(tmp_path, colour_type):
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    decoded = decode(png(tmp_path / "a.png", DEEP[..., :channels], colour_type))
    grey = channels < 3
    colours = np.dstack([DEEP[..., 0]] * 3) if grey else DEEP[..., :3]
    assert np.array_equal(decoded.rgb, colours)
    assert decoded.grey == grey
    if channels % 2 == 0:
        assert np.array_equal(decoded.alpha, DEEP[..., channels - 1])


def test_16_bit_planes_are_refused(tmp_path):
    planes = np.ascontiguousarray(DEEP[..., :3].transpose(2, 0, 1))
    for compression in (None, "deflate"):
        options = {"photometric": "rgb", "planarconfig": "separate", "compression": compression}
        refused(tiff(tmp_path / "a.tif", planes, **options), "a plane for each colour")


def test_8_bit_planes_are_read(tmp_path):
    pixels = (DEEP[..., :3] >> 8).astype(np.uint8)
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    for compression in (None, "deflate"):
        options = {"photometric": "rgb", "planarconfig": "separate", "compression": compression}
        assert np.array_equal(read_rgb(tiff(tmp_path / "a.tif", planes, **options)), pixels)


def test_premultiplied_grey_is_divided_by_its_alpha(tmp_path):
    pixels = np.array([[[64, 128], [128, 128], [0, 0]]], np.uint8)
    options = {"photometric": "minisblack", "extrasamples": ["assocalpha"]}
    decoded = decode(tiff(tmp_path / "a.tif", pixels, planarconfig="contig", **options))
    assert decoded.rgb[0, :2, 0].tolist() == [127, 255]
    assert decoded.alpha[0].tolist() == [128, 128, 0]
    assert read_rgb(tmp_path / "a.tif")[0, 2].tolist() == [255, 255, 255]


def test_16_bit_grey_of_netpbm_is_read(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 3 1 65535\n" + struct.pack(">3H", 0, 0x1234, 65535))
    assert decode(tmp_path / "a.pgm").rgb[0, :, 0].tolist() == [0, 0x1234, 65535]
    assert read_rgb(tmp_path / "a.pgm")[0, :, 0].tolist() == [0, 0x12, 255]


def test_lab_is_refused(tmp_path):
    pixels = (DEEP[..., :3] >> 8).astype(np.uint8)
    refused(tiff(tmp_path / "a.tif", pixels, photometric="cielab"), "colours of kind LAB")


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_animations_and_pages_are_refused(tmp_path, file_format):
    frames = [Image.fromarray(RNG.integers(0, 256, (8, 8, 3), np.uint8)) for _ in range(3)]
    frames[0].save(tmp_path / "a", file_format, save_all=True, append_images=frames[1:])
    refused(tmp_path / "a", "3 frames or pages, only single pictures are read")


def test_previews_are_no_pages(tmp_path):
    pixels = (DEEP[..., :3] >> 8).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(pixels, photometric="rgb")
        writer.write(pixels[:2, :2], photometric="rgb", subfiletype=1)
    assert np.array_equal(read_rgb(tmp_path / "a.tif"), pixels)


def test_a_preview_is_not_taken_for_the_photo(tmp_path):
    """Raw files of cameras are TIFF, with a small preview first."""
    pixels = (DEEP[..., :3] >> 8).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.nef") as writer:
        writer.write(pixels[:2, :2], photometric="rgb", subfiletype=1)
        writer.write(DEEP[..., 0], photometric="cfa")
    refused(tmp_path / "a.nef", "its first page is a preview")
    tiff(
        tmp_path / "a.dng", pixels, photometric="rgb", extratags=[(50706, 1, 4, b"\1\4\0\0", True)]
    )
    refused(tmp_path / "a.dng", "a camera's raw file")
    tiff(tmp_path / "b.dng", (DEEP[..., 0] >> 8).astype(np.uint8), photometric="cfa")
    refused(tmp_path / "b.dng", "")


@pytest.mark.parametrize("form", ["AVIF", "JPEG2000", "PPM", "WEBP", "BMP", "TIFF", "PNG"])
def test_one_list_of_formats_for_all_steps(tmp_path, form):
    flat = Image.new("RGB", (16, 16), (200, 100, 50))
    flat.save(tmp_path / "a.xyz", form)
    for pixels in (read_rgb(tmp_path / "a.xyz"), pictures.read(tmp_path / "a.xyz").rgb):
        assert np.abs(pixels.astype(int) - (200, 100, 50)).max() <= 3
    written = pictures.write(tmp_path / "b.xyz", pictures.read(tmp_path / "a.xyz"))
    assert np.abs(read_rgb(written).astype(int) - (200, 100, 50)).max() <= 3


def test_a_phones_jpeg_names_what_is_left_out(tmp_path, caplog):
    photo = Image.fromarray(RNG.integers(0, 256, (16, 16, 3), np.uint8))
    photo.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[photo.resize((8, 8))])
    with caplog.at_level("INFO"):
        assert read_rgb(tmp_path / "a.jpg").shape == (16, 16, 3)
    assert "previews, depth or gain maps in it are left out" in caplog.text


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(x) run\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (EPS, "a document that is drawn"),
        (b"\xc5\xd0\xd3\xc6" + bytes(30) + EPS, "a document that is drawn"),
        (b"%PDF-1.7\n", "a document that is drawn"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC, a format of phones that is not read"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "convert it to JPEG or PNG"),
        (b"\xff\x0a\xfa\x7f\x01", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"8BPS\0\1" + bytes(40), "a Photoshop document"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1", "a camera's raw file"),
        (b"DDS " + bytes(124), "not a JPEG, PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG"),
        (b"", "the file is empty"),
    ],
)
def test_other_formats_are_named_and_never_opened(tmp_path, content, reason, monkeypatch):
    def started(*args, **options):
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", started)
    monkeypatch.setattr("subprocess.check_call", started)
    (tmp_path / "x.jpg").write_bytes(content)
    refused(tmp_path / "x.jpg", reason)


def test_no_reader_opens_more_formats_than_the_list():
    from pathlib import Path

    library = Path(decoding.__file__).parents[1]
    for file in library.rglob("*.py"):
        for line in file.read_text().splitlines():
            if "Image.open(" in line:
                assert "formats=" in line, f"{file.name}: {line}"


@pytest.mark.parametrize(
    "error",
    [
        *(RuntimeError, NotImplementedError, TypeError, MemoryError, AttributeError, KeyError),
        *(struct.error, OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError),
        *(RecursionError, AssertionError, OverflowError, IndexError, UnicodeDecodeError),
    ],
)
def test_whatever_a_decoder_raises_is_one_line(tmp_path, monkeypatch, error):
    arguments = ("utf-8", b"", 0, 1, "two\nlines") if error is UnicodeDecodeError else ()

    def broken(*args, **options):
        raise error(*arguments)

    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", broken)
    refused(tmp_path / "a.png", "cannot be read (")


def seeds() -> dict[str, bytes]:
    """A small file of many a format, EXIF in it where it can be."""
    image = Image.fromarray(RNG.integers(0, 256, (9, 7, 3), np.uint8))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.LensModel] = "50 mm"
    contents = {}
    for form in ("AVIF", "DDS", "JPEG2000", "TIFF", "WEBP", "JPEG", "PNG", "SPIDER", "BLP", "GIF"):
        file = io.BytesIO()
        options = {"exif": exif} if form in ("AVIF", "TIFF", "WEBP", "JPEG", "PNG") else {}
        odd = {"SPIDER": image.convert("F"), "BLP": image.quantize()}
        odd.get(form, image).save(file, form, **options)
        contents[form] = file.getvalue()
    return contents


SEEDS = seeds()


@settings(max_examples=150)
@given(
    form=st.sampled_from(sorted(SEEDS)),
    changes=st.dictionaries(st.floats(0, 0.999), st.integers(0, 255), max_size=6),
    share=st.sampled_from([1.0, 1.0, 0.9, 0.5]),
)
def test_mutated_files_are_read_or_refused(tmp_path_factory, form, changes, share):
    file = tmp_path_factory.mktemp("mutated") / "a"
    content = bytearray(SEEDS[form])
    for place, value in changes.items():
        content[int(place * len(content))] = value
    file.write_bytes(content[: int(share * len(content))])
    for read in READERS:
        try:
            read(file)
        except InputError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(("width_px", "height_px"), [(12_000, 9_000), (16_320, 12_240)])
def test_photos_of_108_and_200_megapixels_are_within_the_limit(tmp_path, width_px, height_px):
    Image.new("L", (width_px, height_px)).save(tmp_path / "a.png", compress_level=1)
    with Image.open(tmp_path / "a.png", formats=["PNG"]) as image:
        refusals.check(image, refusals.MOST_MEGAPIXELS)


def test_the_limit_is_the_callers(tmp_path):
    Image.new("1", (1_000, 1_001)).save(tmp_path / "a.png")
    for read in READERS:
        with pytest.raises(UnreadableError, match="1000 x 1001 pixels, more than 1 megapixels"):
            read(tmp_path / "a.png", 1)
        assert read(tmp_path / "a.png", 1.1) is not None


def test_what_does_not_fit_into_memory_is_refused_with_the_numbers(tmp_path, monkeypatch):
    Image.new("1", (1_000, 1_000)).save(tmp_path / "a.png")
    monkeypatch.setattr(memory, "available_mb", lambda: 11.0)
    refused(tmp_path / "a.png", "1000 x 1000 pixels need 24 MB of memory, 11 MB are free")


@pytest.mark.parametrize("make", [lambda path: None, os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "a")
    refused(tmp_path / "a", "no such file")


def test_the_estimate_of_memory_holds(tmp_path):
    """The peak of reading a picture of 16 bits and one of 8 is below what `_check` asks for."""
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from superres.core import memory;"
        "from superres.images.decoding import decode; before = memory.peak_mb();"
        "decode(Path(sys.argv[1])); print(memory.peak_mb() - before)"
    )
    side_px = 3_000
    Image.new("RGBA", (side_px, side_px)).save(tmp_path / "a.png", compress_level=1)
    tiff(tmp_path / "a.tif", np.zeros((side_px, side_px, 3), np.uint16), photometric="rgb")
    for name, limit in (("a.png", refusals.BYTES_PER_PX), ("a.tif", refusals.BYTES_PER_DEEP_PX)):
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path / name],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert 0 < float(done.stdout) < limit * side_px**2 / 10**6


@pytest.mark.parametrize(
    ("channels", "extra", "expected"),
    [
        (3, [], ()),
        (4, ["unassalpha"], ()),
        (4, ["unspecified"], ("further channels: 1",)),
        (5, ["unspecified"] * 2, ("further channels: 2",)),
    ],
)
def test_channels_of_tiff_that_no_picture_has_are_named(tmp_path, channels, extra, expected):
    values = np.random.default_rng(0).integers(0, 256, (6, 8, channels), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", extrasamples=extra)
    decoded = decode(tmp_path / "a.tif")
    assert np.array_equal(decoded.rgb, values[..., :3])
    assert decoded.dropped == expected
