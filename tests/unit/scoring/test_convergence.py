import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from superres.scoring.convergence import _chance_of_so_few_inversions, still_improving


def history(scores_db=None, val_loss=None):
    count = len(scores_db if scores_db is not None else val_loss)
    return pd.DataFrame(
        {
            "val_psnr_rgb_db": np.full(count, np.nan) if scores_db is None else scores_db,
            "val_loss": np.full(count, np.nan) if val_loss is None else val_loss,
        }
    )


def test_a_training_that_climbs_to_its_end_is_still_improving():
    assert still_improving(history([20, 24, 25, 26, 26.5, 26.9, 27.2, 27.4])) == "yes"
    assert still_improving(history(val_loss=[0.1, 0.05, 0.02, 0.01])) == "yes"


@pytest.mark.parametrize(
    "scores_db",
    [
        [20, 25, 27, 27.4, 27.4, 27.4, 27.4, 27.4],
        [20, 25, 27, 27.40, 27.41, 27.42, 27.43, 27.44],
        [20, 25, 27, 27.4, 27.9, 27.3, 28.0, 27.6],
        [27, 26, 25, 24, 23, 22],
    ],
    ids=["flat", "by next to nothing", "up and down", "falling"],
)
def test_one_that_does_not_is_not(scores_db):
    assert still_improving(history(scores_db)) == "no"


def test_three_epochs_are_too_few_to_tell():
    assert still_improving(history([20, 25, 27])) == "too few epochs"


@given(st.permutations(range(7)))
def test_the_chance_is_that_of_kendalls_test(order):
    pairs = np.triu_indices(len(order), 1)
    inversions = int((np.array(order)[pairs[0]] > np.array(order)[pairs[1]]).sum())
    known = kendalltau(range(7), order, method="exact", alternative="greater").pvalue
    assert _chance_of_so_few_inversions(7, inversions) == pytest.approx(known)
