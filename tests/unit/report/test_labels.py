"""Names in figures, of any signs."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

from superres.core.readable import one_line
from superres.paper import paper_figures
from superres.report import labels, plots
from superres.report.labels import FONT, families, written

IMAGE = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
IMAGES = {"LR": IMAGE[::2, ::2], "bicubic": IMAGE, "HR": IMAGE}
NAMES = [
    "$\\frac$",
    "cost $\\5 or $6",
    "Ba$$line",
    "US$100 and $200",
    "\\$a$",
    "a\nb\u202e",
    "фото אב ñ",
    "写真",
    "_a",
]


def gains(name: str):
    table = pd.DataFrame(
        {"scale": 2, "method": ["bicubic", "m"], "photo": name, "gain_rgb_db": [0, np.inf]}
    )
    means = pd.DataFrame(
        {"scale": 2, "method": ["m"], "gain_rgb_db": 1, "gain_low_db": 0, "gain_high_db": 2}
    )
    return plots.gains(table, means, ["m"])


FIGURES = {
    "gains": gains,
    "crops": lambda name: plots.crops({name: IMAGES}, {}, 4),
    "triptych": lambda name: paper_figures.triptych({name: (IMAGES, {})}),
}


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_drawn_in_every_figure_that_has_names(tmp_path, figure, name):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        plots.save(FIGURES[figure](name), [tmp_path / "a.png", tmp_path / "a.svg"], 50)
    # The text of an SVG file is what is drawn.
    if "$" in name:
        assert f"{name}" in (tmp_path / "a.svg").read_text(encoding="utf-8")


@given(st.text(min_size=1, max_size=30))
@example("$\\frac$")
@example("\\$\\$$")
@settings(max_examples=30)
def test_any_text_is_drawn(tmp_path_factory, name):
    file = tmp_path_factory.mktemp("figure") / "a.png"
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        plots.save(FIGURES["crops"](name), [file], 30)
    assert file.stat().st_size > 1000


def test_signs_that_the_usual_font_lacks_come_from_an_installed_one():
    fonts = labels._installed()
    usual = set(FT2Font(fonts[FONT]).get_charmap())
    other = "STIXGeneral"
    sign = min(sign for sign in set(FT2Font(fonts[other]).get_charmap()) - usual if sign > 0x2300)
    name = f"a{chr(sign)}"
    assert families([name])[0] == FONT
    assert len(families([name])) == 2
    assert written(name) == name
    assert families(["photo"]) == [FONT]


def test_signs_that_no_font_has_are_escapes_and_told_once(caplog, monkeypatch):
    caplog.set_level("INFO")
    monkeypatch.setattr(labels, "_installed", lambda: {FONT: fontManager.findfont(FONT)})
    labels._signs.cache_clear()
    labels._tell.cache_clear()
    assert written("a写") == "a\\u5199"
    assert written("b写") == "b\\u5199"
    assert caplog.messages == ["no font has 写; install one, such as Noto, to see them in figures"]


def test_a_long_name_leaves_room_for_the_figure():
    name = "x" * 200 + "y" * 55
    assert len(written(name)) == labels.LONGEST
    assert written(name).startswith("xxx")
    assert written(name).endswith("yyy")


def test_what_cannot_be_seen_is_an_escape():
    assert one_line("a\nb\u202e") == "a\\nb\\u202e"
