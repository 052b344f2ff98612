import numpy as np
import pandas as pd
import pytest

from superres.paper import findings, paper_figures, published_numbers
from superres.report import plots

LAYERS = pd.DataFrame(
    [
        {"name": name, "type": kind, "output_shape": shape, "parameters": count, "inputs": source}
        for (name, kind, shape, count), source in zip(
            published_numbers.TABLE_1,
            ["", *(row[0] for row in published_numbers.TABLE_1)],
            strict=False,
        )
    ]
)
TIMING = {"device": "d", "cpus": 2, "train_s": 5.0, "steps": 7, "step_s": 0.5, "images_per_s": 8.0}
IMAGE = np.zeros((8, 12, 3), np.uint8)
FIGURES = {
    "architecture": lambda: paper_figures.architecture(LAYERS),
    "triptych": lambda: paper_figures.triptych({"a": ({"LR": IMAGE, "HR": IMAGE}, {"LR": 30.0})}),
    "training_time": lambda: paper_figures.training_time(
        findings.times({"paper": TIMING}, {"paper": "192x128 px"})
    ),
    "learning_curves": lambda: paper_figures.learning_curves(
        {"ours": pd.DataFrame(published_numbers.log())}
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_the_same_bytes_every_time(name, tmp_path):
    for attempt in ("1", "2"):
        plots.save(FIGURES[name](), [tmp_path / f"{attempt}.png", tmp_path / f"{attempt}.svg"], 50)
    for ending in (".png", ".svg"):
        one, two = (tmp_path / f"{attempt}{ending}" for attempt in ("1", "2"))
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_size > 1000


def test_the_architecture_shows_every_layers_channels():
    (axis,) = FIGURES["architecture"]().axes
    shown = [text.get_text() for text in axis.texts]
    for channels in ("3", "64", "128", "256"):
        assert channels in shown
    assert {"1200x800 px", "600x400 px", "300x200 px"} <= set(shown)
    assert "1,110,403 parameters" in axis.get_title()


def test_the_papers_own_log_is_always_drawn():
    labels = [line.get_label() for line in FIGURES["learning_curves"]().axes[1].lines]
    assert labels == [
        "paper's log, training",
        "paper's log, validation",
        "ours, training",
        "ours, validation",
    ]
