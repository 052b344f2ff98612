import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import bootstrap

from superres.scoring import statistics
from superres.scoring.statistics import difference, holm, mean_interval, paired_p, verdicts


def against_nothing(values, confidence=0.95, resamples=500):
    values = np.asarray(values, float)
    return mean_interval(values, np.zeros((len(values), 1)), confidence, resamples)


def test_the_interval_holds_the_mean_of_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(200):
        low, high = against_nothing(rng.normal(1.0, 2.0, (40, 1)), 0.9)
        hits += low <= 1.0 <= high
    assert 0.84 <= hits / 200 <= 0.95


def test_one_seed_leaves_the_bootstrap_over_photos():
    values, reference = np.random.default_rng(2).normal(1, 2, (2, 30, 1))
    known = bootstrap(
        ((values - reference)[:, 0],), np.mean, n_resamples=20_000, method="percentile", rng=0
    ).confidence_interval
    found = mean_interval(values, reference, 0.95, 20_000)
    assert found == pytest.approx((known.low, known.high), abs=0.03)


def test_seeds_that_agree_add_nothing_and_seeds_that_differ_widen():
    rng = np.random.default_rng(3)
    photos = rng.normal(1, 0.1, (40, 1))
    one = against_nothing(photos, resamples=20_000)
    same = against_nothing(photos.repeat(3, axis=1), resamples=20_000)
    assert same == pytest.approx(one, abs=0.005)
    # All photos share the luck of a training: its spread stays however many photos there are.
    luck = np.array([[-1.0, 0.0, 1.0]])
    low, high = against_nothing(photos + luck, resamples=20_000)
    # A mean of three draws from three seeds has one pattern of -1 in 27, more than 2.5 %.
    assert (low, high) == pytest.approx((0, 2), abs=0.15)


def test_the_seeds_of_the_reference_count_too():
    photos = np.linspace(30, 40, 20)[:, np.newaxis]
    luck = np.array([[-1.0, 0.0, 1.0]])
    low, high = mean_interval(photos, photos + luck, 0.95, 2000)
    assert (low, high) == pytest.approx((-1, 1), abs=0.01)


def test_batches_are_an_affair_of_memory_alone(monkeypatch):
    values = np.random.default_rng(4).normal(size=(10, 1))
    whole = against_nothing(values, resamples=4000)
    monkeypatch.setattr(statistics, "BATCH", 70)
    assert against_nothing(values, resamples=4000) == pytest.approx(whole, abs=0.06)


@given(arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 3)), elements=st.floats(-9, 9)))
def test_the_interval_lies_around_the_mean_and_turns_with_the_sign(values):
    zero = np.zeros((len(values), 1))
    found = difference(values, zero, 0.95, 300)
    assert values.min() - 1e-9 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= values.max() + 1e-9
    turned = difference(zero, values, 0.95, 300)
    assert (turned.mean, turned.p) == pytest.approx((-found.mean, found.p))


def test_one_photo_has_no_interval_and_proves_nothing():
    assert np.isnan(against_nothing([[1.0]])).all()
    assert paired_p(np.array([1.0])) == 1


def test_equal_gains_leave_no_width():
    assert against_nothing(np.full((5, 2), 0.5)) == pytest.approx((0.5, 0.5))


def test_a_difference_by_hand():
    values = np.array([[1.0, 3.0], [0.0, 0.0], [5.0, 7.0]])
    found = difference(values, np.array([[1.0], [1.0], [1.0]]), 0.95, 200)
    assert (found.photos, found.seeds) == (3, 2)
    assert (found.mean, found.median, found.lowest) == pytest.approx((5 / 3, 1, -1))
    assert found.photos_above == 2


def test_the_paired_test_by_hand():
    # Ranks 1 to 4, the smallest against: of 16 patterns of signs, 2 on either side are as extreme.
    assert paired_p(np.array([-1.0, 2, 3, 4])) == pytest.approx(4 / 16)
    assert paired_p(np.array([1.0, 2, 3, 4, 5])) == pytest.approx(2 / 32)
    assert paired_p(np.zeros(20)) == 1


def test_holm_by_hand():
    p = np.array([0.04, 0.01, 0.03, 0.02])
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never falling.
    assert holm(p) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm(np.array([0.6, 0.9])) == pytest.approx([1, 1])
    assert holm(np.array([0.2])) == pytest.approx([0.2])


@given(arrays(float, st.integers(1, 8), elements=st.floats(0, 1)))
def test_holm_never_lowers_nor_reorders_and_is_at_most_bonferroni(p):
    corrected = holm(p)
    assert (corrected >= p).all()
    assert (corrected <= np.minimum(len(p) * p, 1) + 1e-12).all()
    assert (np.diff(corrected[p.argsort()]) >= 0).all()


def compared(gains):
    values = np.asarray(gains, float)[:, np.newaxis]
    return difference(values, np.zeros_like(values), 0.95, 500)


def test_verdicts_need_interval_median_and_corrected_p():
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, 30)
    # A mean that a few photos carry, where most others lose.
    carried = np.r_[np.full(22, -0.1) - np.arange(22) / 1000, np.full(8, 5.0)]
    found = verdicts([compared(g) for g in (noise + 3, noise - 3, noise, carried)], 0.95)
    assert [verdict for _, verdict in found] == ["better", "worse"] + 2 * ["no difference shown"]
    assert compared(carried).low > 0


def test_the_number_of_comparisons_decides_whether_photos_are_enough():
    gains = compared([1, 1.1, 1.2, 1.3, 1.4, 1.5])
    assert gains.p == pytest.approx(2 / 64)
    assert verdicts([gains], 0.95) == [(pytest.approx(2 / 64), "better")]
    assert [verdict for _, verdict in verdicts([gains] * 2, 0.95)] == ["too few photos to tell"] * 2
    assert [verdict for _, verdict in verdicts([gains] * 2, 0.9)] == ["better"] * 2


def test_no_comparison_has_no_verdict():
    assert verdicts([], 0.95) == []


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_perfect_prediction_breaks_nothing_and_proves_nothing():
    perfect = compared([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, float("inf")])
    assert perfect.mean == float("inf")
    assert verdicts([perfect], 0.95) == [(pytest.approx(2**-6), "no difference shown")]
