import numpy as np
import pytest

from superres.statistics import mean_interval


def test_the_interval_holds_the_mean_of_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        low, high = mean_interval(rng.normal(1.0, 2.0, 40), 0.9, 500)
        hits += low <= 1.0 <= high
    assert 0.84 <= hits / 200 <= 0.95


def test_one_photo_has_no_interval():
    assert np.isnan(mean_interval(np.array([1.0]), 0.95, 100)).all()


def test_equal_gains_leave_no_width():
    assert mean_interval(np.full(5, 0.5), 0.95, 100) == pytest.approx((0.5, 0.5))
