import pandas as pd
import pytest

from superres.scoring import sweep_ranking


def history(*scores_db):
    return pd.DataFrame({"val_psnr_rgb_db": scores_db})


def cell(keep, rate):
    return {"values": {"training.rate": rate}, "recipe": {"training": {"keep": keep}}}


def test_cells_are_ranked_by_the_weights_that_were_kept():
    cells = {"s~rate=1": cell("last", 1), "s~rate=2": cell("best", 2)}
    histories = [history(30, 29), history(30, 31), history(35, 20), history(33, 34)]
    timings = [{"steps": 10, "train_s": second} for second in (1, 2, 3, 4)]
    table = sweep_ranking.table(cells, histories, timings)
    assert table["cell"].tolist() == ["s~rate=2", "s~rate=1"]
    best = table.loc[0]
    assert (best["val_psnr_rgb_db"], best["lowest_db"], best["highest_db"]) == (34.5, 34, 35)
    assert best["training.rate"] == "2"
    assert best["seeds"] == 2
    assert best["train_s"] == pytest.approx(3.5)
    assert table.loc[1, "val_psnr_rgb_db"] == 30
