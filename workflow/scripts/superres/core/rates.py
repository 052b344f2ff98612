"""Measurements of several turns in a few numbers."""

import statistics


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}


def megapixel_rates(rates: list[float]) -> dict[str, float]:
    """The same of some rates in megapixels per second, as columns of a table of speeds."""
    of_all = spread(rates)
    return {
        "megapixels_per_s": of_all["median"],
        "least_megapixels_per_s": of_all["least"],
        "greatest_megapixels_per_s": of_all["greatest"],
    }
