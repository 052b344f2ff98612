import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from conftest import colours, nearest
from hypothesis import given
from hypothesis import strategies as st

from superres.core.errors import InputError
from superres.images import pictures
from superres.images.upscaling import cost, fit, upscale


def plain(rgb: np.ndarray, **changes) -> pictures.Picture:
    nothing = dict.fromkeys(["alpha", "icc", "exif", "xmp"])
    picture = pictures.Picture(rgb=rgb, grey=False, format="PNG", lossless_webp=False, **nothing)
    return replace(picture, **changes)


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


def test_another_network_may_take_over_after_the_first_pass():
    def darker(image):
        return nearest(image) // 2

    image = colours()
    assert np.array_equal(fit(image, 2, 2, nearest, darker), nearest(image))
    assert np.array_equal(fit(image, 8, 2, nearest, darker), darker(darker(nearest(image))))


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


@pytest.mark.parametrize(
    ("factor", "size_px", "network_px"),
    [(1, (6, 4), 0), (2, (12, 8), 24), (3, (18, 12), 120), (100, (600, 400), 24 * 5461)],
)
def test_what_a_picture_takes_is_known_before(factor, size_px, network_px):
    needed = cost(plain(colours()), factor, 2)
    assert (needed.width_px, needed.height_px) == size_px
    assert needed.network_px == network_px


@pytest.mark.parametrize("kind", ["colour", "grey", "alpha"])
@pytest.mark.parametrize(("deep", "factor"), [(False, 2), (False, 3), (True, 2), (True, 3)])
def test_the_estimate_of_memory_holds(tmp_path, deep, factor, kind):
    """The peak of upscaling and writing is below the estimate, and not far below."""
    code = (
        "import sys, numpy as np; from pathlib import Path; from superres.core import memory;"
        "from superres.images import pictures; from superres.images.upscaling import *;"
        "depth, factor, kind = sys.argv[1], int(sys.argv[2]), sys.argv[4];"
        "more = dict.fromkeys(['alpha', 'icc', 'exif', 'xmp']);"
        "more |= {'alpha': np.zeros((1000, 1000), depth)} if kind == 'alpha' else {};"
        "more |= {'grey': kind == 'grey', 'rgb': np.zeros((1000, 1000, 3), depth)};"
        "p = pictures.Picture(format='PNG', lossless_webp=False, **more);"
        "large = lambda image: image.repeat(2, axis=0).repeat(2, axis=1);"
        "before, file = memory.peak_mb(), Path(sys.argv[3]);"
        "pictures.write(file, upscale(p, factor, 2, large));"
        "print((memory.peak_mb() - before) / cost(p, factor, 2).memory_mb)"
    )
    given = "uint16" if deep else "uint8", str(factor), tmp_path / "a", kind
    done = subprocess.run(
        [sys.executable, "-c", code, *given],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0.3 < float(done.stdout) < 1
