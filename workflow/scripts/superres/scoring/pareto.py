"""Pareto front of gain against cost."""

import numpy as np
import pandas as pd


def table(benchmark: pd.DataFrame, costs: pd.DataFrame, speeds: pd.DataFrame) -> pd.DataFrame:
    """Gain beside cost, one row a model and scale, cheapest first.

    Args:
        benchmark: rows of the schema `benchmark`.
        costs: rows of the schema `costs`.
        speeds: rows of the schema `speed`.

    Returns:
        Columns scale, method, gain_rgb_db with its low and high end, what `graphs.anatomy` finds,
        the measured speed with its spread, device, and on_macs_front, on_speed_front (yes or no).
    """
    gains = benchmark[["scale", "method", "gain_rgb_db", "gain_low_db", "gain_high_db"]]
    keys = ["scale", "method"]
    joined = gains.merge(costs, on=keys).merge(speeds, on=keys)
    joined = joined.sort_values(["scale", "macs_per_hr_px"], ignore_index=True)
    for name, cost in (
        ("on_macs_front", joined["macs_per_hr_px"]),
        ("on_speed_front", 1 / joined["megapixels_per_s"]),
    ):
        on_front = pd.concat(
            undominated(group["gain_rgb_db"], cost[group.index])
            for _, group in joined.groupby("scale")
        )
        joined[name] = on_front.map({True: "yes", False: "no"})
    return joined


def undominated(gain: pd.Series, cost: pd.Series) -> pd.Series:
    """Where no other entry has at least the gain for at most the cost, and one of both better.

    Args:
        gain: higher is better.
        cost: lower is better, same index.

    Returns:
        Booleans on the same index.
    """
    gains, costs = gain.to_numpy(), cost.to_numpy()
    at_least = (gains[:, None] >= gains) & (costs[:, None] <= costs)
    better = (gains[:, None] > gains) | (costs[:, None] < costs)
    return pd.Series(~np.any(at_least & better, axis=0), index=gain.index)
