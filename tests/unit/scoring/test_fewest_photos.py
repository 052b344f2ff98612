import numpy as np
import pytest

from superres.scoring.fewest_photos import most_comparisons, outlook
from superres.scoring.statistics import difference, verdicts


@pytest.mark.parametrize("photos", [3, 5, 6, 8, 12])
def test_as_many_comparisons_as_it_says_have_a_verdict_and_one_more_has_none(photos):
    gains = np.linspace(1, 1.5, photos)[:, np.newaxis]
    won = difference(gains, np.zeros_like(gains), 0.95, 200)
    most = most_comparisons(photos, 0.95)
    if most:
        assert {verdict for _, verdict in verdicts([won] * most, 0.95)} == {"better"}
    found = {verdict for _, verdict in verdicts([won] * (most + 1), 0.95)}
    assert found == {"too few photos to tell"}


def test_the_line_before_training_says_whether_a_verdict_is_possible():
    assert outlook(3, "test") == (
        "3 test photos to be measured: too few for any verdict, which takes 6 for two methods"
    )
    assert outlook(6, "test").endswith("is enough for a verdict, among one pair of methods")
    assert outlook(12, "validation") == (
        "12 validation photos to be measured: a win on every one is enough for a verdict, among up "
        "to 102 pairs of methods"
    )
