import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from superres.scoring import pareto


def test_the_front_is_what_no_other_beats():
    gain = pd.Series([1.0, 2.0, 2.0, 0.5, 3.0])
    cost = pd.Series([1.0, 3.0, 2.0, 1.5, 9.0])
    assert pareto.undominated(gain, cost).tolist() == [True, False, True, False, True]


points = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20)


@given(points)
def test_everything_off_the_front_is_beaten_by_something_on_it(drawn):
    gain, cost = (pd.Series(values, dtype=float) for values in zip(*drawn, strict=True))
    on_front = pareto.undominated(gain, cost)
    assert on_front.any()
    for off in np.flatnonzero(~on_front):
        beaten = on_front & (gain >= gain[off]) & (cost <= cost[off])
        assert (beaten & ((gain > gain[off]) | (cost < cost[off]))).any()


def test_scales_have_fronts_of_their_own():
    keys = {"scale": [2, 2, 4], "method": ["a", "b", "a"]}
    benchmark = pd.DataFrame(
        keys | {"gain_rgb_db": [1, 2, 0.5], "gain_low_db": [0, 1, 0], "gain_high_db": [2, 3, 1]}
    )
    costs = pd.DataFrame(keys | {"macs_per_hr_px": [20.0, 10.0, 5.0]})
    speeds = pd.DataFrame(keys | {"megapixels_per_s": [3.0, 1.0, 9.0], "device": "cpu"})
    table = pareto.table(benchmark, costs, speeds)
    shown = table[["scale", "method", "on_macs_front", "on_speed_front"]].to_numpy().tolist()
    assert shown == [
        [2, "b", "yes", "yes"],
        [2, "a", "no", "yes"],
        [4, "a", "yes", "yes"],
    ]
