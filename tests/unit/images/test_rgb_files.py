import numpy as np
import pytest
from PIL import ExifTags, Image

from superres.core.errors import InputError
from superres.images.rgb_files import read_rgb, write_png

GRADIENT = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)


def test_png_round_trip(tmp_path):
    write_png(tmp_path / "a.png", GRADIENT)
    assert np.array_equal(read_rgb(tmp_path / "a.png"), GRADIENT)
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]


def test_exif_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    Image.fromarray(GRADIENT).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_rgb(tmp_path / "a.png"), np.rot90(GRADIENT, -1))


def test_transparency_is_laid_on_white(tmp_path):
    image = np.zeros((2, 2, 4), dtype=np.uint8)
    image[0, 0] = (255, 0, 0, 255)
    Image.fromarray(image).save(tmp_path / "a.png")
    read = read_rgb(tmp_path / "a.png")
    assert read[0, 0].tolist() == [255, 0, 0]
    assert read[1, 1].tolist() == [255, 255, 255]


def test_palette_keeps_its_colours(tmp_path):
    Image.fromarray(GRADIENT[:1, :2]).convert("P", palette=Image.Palette.ADAPTIVE).save(
        tmp_path / "a.png"
    )
    assert np.array_equal(read_rgb(tmp_path / "a.png"), GRADIENT[:1, :2])


def test_16_bit_grey_keeps_its_upper_bits(tmp_path):
    Image.fromarray(np.array([[0, 0x1234, 0xFFFF]], dtype=np.uint16)).save(tmp_path / "a.png")
    assert read_rgb(tmp_path / "a.png")[0, :, 1].tolist() == [0, 0x12, 0xFF]


def test_cmyk_becomes_rgb(tmp_path):
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "a.tif")
    assert read_rgb(tmp_path / "a.tif")[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_named(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png': cannot be read .*; repair"):
        read_rgb(tmp_path / "a.png")


def test_a_truncated_image_is_named(tmp_path):
    write_png(tmp_path / "a.png", np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"a\.png': cannot be read"):
        read_rgb(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_turned_tiff_is_read_as_it_is_shown(mode, tmp_path):
    """Pillow maps uncompressed TIFF files into memory, and then turns them wrongly."""
    channels = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, *channels)).astype(np.uint8)
    if mode == "RGBA":
        pixels[..., 3] = 255
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(pixels, mode).save(tmp_path / "a.tif", exif=exif)
    shown = np.asarray(Image.fromarray(np.rot90(pixels, -1), mode).convert("RGB"))
    assert np.array_equal(read_rgb(tmp_path / "a.tif"), shown)
