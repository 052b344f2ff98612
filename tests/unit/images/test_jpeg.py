import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from superres.images import jpeg
from superres.images.rgb_files import read_rgb


def image(height=40, width=56):
    small = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


@given(height=st.integers(1, 70), width=st.integers(1, 70), quality=st.integers(30, 100))
def test_a_progressive_file_keeps_its_pixels(tmp_path_factory, height, width, quality):
    folder = tmp_path_factory.mktemp("jpeg")
    image(height, width).save(folder / "a.jpg", quality=quality, progressive=True)
    (folder / "b.jpg").write_bytes(jpeg.baseline(folder / "a.jpg"))
    assert np.array_equal(read_rgb(folder / "a.jpg"), read_rgb(folder / "b.jpg"))
    with Image.open(folder / "b.jpg") as packed:
        assert not packed.info.get("progressive")


def test_any_other_file_keeps_its_bytes(tmp_path):
    image().save(tmp_path / "a.jpg")
    assert jpeg.baseline(tmp_path / "a.jpg") == (tmp_path / "a.jpg").read_bytes()


@pytest.mark.parametrize(
    ("mode", "ending", "orientation", "expected"),
    [
        ("RGB", "jpg", 1, True),
        ("RGB", "jpg", 6, False),
        ("CMYK", "jpg", 1, False),
        ("L", "jpg", 1, False),
        ("RGB", "png", 1, False),
    ],
)
def test_what_decoders_disagree_on_is_not_plain(tmp_path, mode, ending, orientation, expected):
    file = tmp_path / f"a.{ending}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    image().convert(mode).save(file, exif=exif)
    assert jpeg.is_plain(file) == expected
