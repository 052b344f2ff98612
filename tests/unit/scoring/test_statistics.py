import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t, ttest_1samp, wilcoxon

from simulate_intervals import LAWS, coverage, ours
from superres.scoring import statistics
from superres.scoring.fewest_photos import LEAST_PHOTOS, least_p
from superres.scoring.statistics import difference, holm, mean_interval, paired_p, verdicts


def against_nothing(values, confidence=0.95, resamples=500):
    values = np.asarray(values, float)
    return mean_interval(values, np.zeros((len(values), 1)), confidence, resamples)


@pytest.mark.parametrize("photos", [3, 5, 6, 10, 20, 30])
@pytest.mark.parametrize("law", LAWS)
def test_the_interval_holds_the_mean_in_93_of_100_cases_or_is_none(law, photos):
    share = coverage(law, photos, ours, 1000)
    assert np.isnan(share) if photos < LEAST_PHOTOS else share >= 0.93


def test_it_holds_the_mean_of_all_trainings_too():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(500):
        luck, reference_luck = rng.normal(0, 0.5, (2, 1, 3))
        values = rng.normal(size=(12, 1)) + luck
        low, high = mean_interval(values, np.zeros((12, 1)) + reference_luck, 0.95, 499)
        hits += low <= 0 <= high
    assert hits >= 0.93 * 500


def test_one_training_leaves_the_interval_over_photos():
    values, reference = np.random.default_rng(2).normal(1, 2, (2, 60, 1))
    differences = (values - reference)[:, 0]
    # Student's at half the tails; the bootstrap agrees on so many normal differences.
    known = ttest_1samp(differences, 0).confidence_interval(0.975)
    found = mean_interval(values, reference, 0.95, 20_000)
    assert found == pytest.approx((known.low, known.high), abs=0.08)
    assert found[0] <= known.low + 1e-9 and found[1] >= known.high - 1e-9


def test_a_skewed_difference_has_a_longer_side():
    skewed = np.random.default_rng(6).lognormal(size=(30, 1))
    low, high = against_nothing(skewed, resamples=4000)
    assert high - skewed.mean() > 1.1 * (skewed.mean() - low)
    turned = against_nothing(-skewed, resamples=4000)
    assert turned == pytest.approx((-high, -low))


def test_seeds_that_agree_add_nothing_and_seeds_that_differ_widen():
    rng = np.random.default_rng(3)
    photos = rng.normal(1, 0.1, (40, 1))
    one = against_nothing(photos, resamples=20_000)
    same = against_nothing(photos.repeat(3, axis=1), resamples=20_000)
    assert same == pytest.approx(one)
    # All photos share the luck of a training: its spread stays however many photos there are.
    luck = np.array([[-1.0, 0.0, 1.0]])
    low, high = against_nothing(photos + luck, resamples=20_000)
    width = t.ppf(0.975, 2) / np.sqrt(3)
    assert (low, high) == pytest.approx((1 - width, 1 + width), abs=0.03)


def test_the_seeds_of_the_reference_count_too():
    photos = np.linspace(30, 40, 20)[:, np.newaxis]
    luck = np.array([[-1.0, 0.0, 1.0]])
    low, high = mean_interval(photos, photos + luck, 0.95, 2000)
    width = t.ppf(0.975, 2) / np.sqrt(3)
    assert (low, high) == pytest.approx((-width, width))


def test_the_size_of_batches_changes_little(monkeypatch):
    values = np.random.default_rng(4).normal(size=(10, 1))
    whole = against_nothing(values, resamples=4000)
    monkeypatch.setattr(statistics, "BATCH", 700)
    assert against_nothing(values, resamples=4000) == pytest.approx(whole, abs=0.2)


SCORE = st.one_of(st.floats(0, 90), st.just(float("inf")))


@st.composite
def scores(draw):
    photos = draw(st.integers(1, 9))
    shapes = [(photos, draw(st.integers(1, 3))) for _ in range(2)]
    return [draw(arrays(float, shape, elements=SCORE)) for shape in shapes]


@given(scores())
def test_any_mix_of_finite_and_infinite_scores_has_no_verdict_from_nan(both):
    values, reference = both
    one = difference(values, reference, 0.95, 99)
    turned = difference(reference, values, 0.95, 99)
    assert one.photos_infinite <= one.photos and not np.isnan([one.median, one.lowest, one.p]).any()
    assert not np.isinf([one.mean, one.low, one.high]).any()
    assert np.isnan(one.mean) == (one.photos_infinite == one.photos)
    assert np.isnan(one.low) == np.isnan(one.high)
    if not np.isnan(one.low):
        assert one.low <= one.mean <= one.high
        assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low))
    assert (turned.mean, turned.p) == pytest.approx((-one.mean, one.p), nan_ok=True)
    assert turned.photos_above == one.photos - one.photos_above - one.photos_equal
    (p, verdict), (_, other) = (verdicts([found], 0.95)[0] for found in (one, turned))
    assert 0 <= p <= 1
    assert other == {"better": "worse", "worse": "better"}.get(verdict, verdict)
    if verdict in ("better", "worse"):
        assert not np.isnan(one.low) and one.photos - one.photos_equal >= 6


@given(scores())
def test_photos_that_both_reproduce_exactly_count_as_equal(both):
    values, reference = (np.vstack([part, np.full_like(part[:1], np.inf)]) for part in both)
    with_one, without = (difference(*pair, 0.95, 99) for pair in ((values, reference), both))
    assert with_one.photos_equal == without.photos_equal + 1
    assert (with_one.p, with_one.photos_infinite) == (without.p, without.photos_infinite)
    if not np.isnan(without.mean):
        finite = without.photos - without.photos_infinite
        assert with_one.mean == pytest.approx(without.mean * finite / (finite + 1))


def test_one_flat_photo_does_not_void_a_comparison():
    gains = np.r_[np.inf, np.linspace(30.8, 31.2, 11)][:, np.newaxis]
    bicubic = np.r_[np.inf, np.full(11, 30.0)][:, np.newaxis]
    one = difference(gains, bicubic, 0.95, 999)
    assert one.mean == pytest.approx(11 / 12) and one.low > 0
    assert verdicts([one], 0.95) == [(pytest.approx(2**-10), "better")]
    dead = np.full((12, 1), 8.0)
    black = difference(dead, bicubic, 0.95, 999)
    assert (black.mean, black.photos_infinite) == (-22, 1)
    assert verdicts([black], 0.95)[0][1] == "worse"


def test_what_is_not_a_number_is_no_score():
    with pytest.raises(ValueError, match="not a number"):
        difference(np.array([[1.0], [np.nan]]), np.zeros((2, 1)), 0.95, 99)


def test_a_few_photos_have_no_interval_and_one_proves_nothing():
    assert np.isnan(against_nothing(np.arange(LEAST_PHOTOS - 1.0)[:, np.newaxis])).all()
    assert paired_p(np.array([1.0])) == 1


def test_one_photo_that_differs_among_many_has_no_interval():
    assert np.isnan(against_nothing(np.r_[np.zeros(19), 5.0][:, np.newaxis])).all()


def test_equal_gains_leave_no_width():
    assert against_nothing(np.full((8, 2), 0.1)) == pytest.approx((0.1, 0.1))


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
    # Photos that tie with one another, and such that do not differ.
    assert paired_p(np.array([0, 0, 1.0, 1, 1, 1, 1])) == pytest.approx(2 / 32)
    assert paired_p(np.array([1.0, np.inf, np.inf, -0.5])) == pytest.approx(4 / 16)


@given(arrays(float, st.integers(1, 30), elements=st.floats(-9, 9), unique=True))
def test_the_paired_test_is_scipys_where_nothing_ties(differences):
    differences = differences[(differences != 0)]
    _, first = np.unique(np.abs(differences), return_index=True)
    differences = differences[first]
    if len(differences):
        assert paired_p(differences) == pytest.approx(wilcoxon(differences, method="exact").pvalue)


def test_the_paired_test_of_many_photos_agrees_with_the_exact_one():
    differences = np.random.default_rng(7).normal(0.4, 1, 60)
    exact = wilcoxon(differences, method="exact").pvalue
    assert paired_p(differences) == pytest.approx(exact, rel=0.1)


@given(arrays(float, st.integers(1, 12), elements=st.sampled_from([-2.0, -1, 0, 1, 2, np.inf])))
def test_no_p_is_below_the_least_that_its_photos_allow(differences):
    assert paired_p(differences) >= least_p((differences != 0).sum()) - 1e-12


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
    carried = np.r_[np.full(18, -0.1) - np.arange(18) / 1000, np.full(12, 5.0)]
    found = verdicts([compared(g) for g in (noise + 3, noise - 3, noise, carried)], 0.95)
    assert [verdict for _, verdict in found] == ["better", "worse"] + 2 * ["no difference shown"]
    assert compared(carried).low > 0


def test_the_number_of_comparisons_decides_whether_photos_are_enough():
    gains = compared([1, 1.1, 1.2, 1.3, 1.4, 1.5])
    assert gains.p == pytest.approx(2 / 64)
    assert verdicts([gains], 0.95) == [(pytest.approx(2 / 64), "better")]
    assert [verdict for _, verdict in verdicts([gains] * 2, 0.95)] == ["too few photos to tell"] * 2
    assert [verdict for _, verdict in verdicts([gains] * 2, 0.9)] == ["better"] * 2


def test_photos_that_do_not_differ_do_not_count_as_enough():
    few_differ = compared([0.0] * 20 + [1.0, 1.1, 1.2, 1.3, 1.4])
    assert verdicts([few_differ], 0.95)[0][1] == "too few photos to tell"
    assert verdicts([compared([0.0] * 25)], 0.95) == [(1, "no difference shown")]


def test_no_comparison_has_no_verdict():
    assert verdicts([], 0.95) == []


def test_perfect_predictions_enter_no_mean():
    perfect = compared([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, float("inf")])
    assert (perfect.mean, perfect.photos_infinite) == (3.5, 1)
    assert verdicts([perfect], 0.95) == [(pytest.approx(2**-6), "better")]
