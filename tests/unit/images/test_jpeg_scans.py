import io
import re
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from superres.images import decoding, refusals
from superres.images.jpeg_scans import scans

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8))


def jpeg(image: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def bomb(image: Image.Image, more: int, **options) -> bytes:
    """A file that repeats its last scan."""
    content = jpeg(image, **options)
    (*_, last) = re.finditer(rb"\xff\xda", content)
    return content[:-2] + content[last.start() : -2] * more + content[-2:]


@pytest.mark.parametrize(
    ("options", "count"), [({}, 1), ({"progressive": True}, 10), ({"restart_marker_rows": 1}, 1)]
)
def test_scans_are_counted(options, count):
    # A thumbnail in a segment is no part of the picture, nor what is behind its end.
    content = jpeg(NOISE, **options, comment=jpeg(NOISE)[:60_000])
    assert scans(content + jpeg(NOISE)) == count


@given(st.binary(max_size=50))
@example(b"\xff\xda")
@example(b"\xff\xe1\x00\x00" * 3)
def test_any_bytes_are_counted(content):
    assert 0 <= scans(content) <= 25


def test_more_scans_than_an_encoder_writes_are_refused_before_they_are_decoded(tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(bomb(Image.new("RGB", (3000, 3000)), 5000, progressive=True))
    start_s = time.monotonic()
    with pytest.raises(refusals.UnreadableError, match="5010 scans over the whole"):
        decoding.decode(file)
    assert time.monotonic() - start_s < 5


def test_what_encoders_write_is_read(tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(bomb(NOISE, refusals.MOST_SCANS - 10, progressive=True))
    assert decoding.decode(file).rgb.shape == (40, 60, 3)
