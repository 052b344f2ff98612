"""An answer in sentences that follow from the paper's tables and from ours."""

import math
from dataclasses import dataclass

import pandas as pd

from superres.core.methods import REFERENCE, UNCHANGED
from superres.paper import published_numbers
from superres.paper.findings import TOLERANCE
from superres.report.paired_comparisons import FEW_PHOTOS
from superres.scoring.photo_scores import by_photo
from superres.scoring.statistics import Difference, difference, verdicts


@dataclass(frozen=True)
class _Claim:
    """A sentence on a difference; `text` has places for {measured} and {verdict}."""

    text: str
    difference: Difference
    digits: int
    above: str
    below: str

    def said(self, p: float, verdict: str, confidence: float) -> str:
        low, high, median = (
            f"{getattr(self.difference, name):+.{self.digits}f}"
            for name in ("low", "high", "median")
        )
        few = math.isnan(self.difference.low)
        interval = "no interval" if few else f"{confidence:.0%} interval {low} to {high}"
        return self.text.format(
            measured=f"({interval}, median {median}, corrected p {p:.2g})",
            verdict={"better": self.above, "worse": self.below}.get(verdict, verdict),
        )


def answer(
    layers_table: pd.DataFrame,
    results_table: pd.DataFrame,
    audit: pd.DataFrame,
    as_run: pd.DataFrame,
    clean: pd.DataFrame,
    model: str,
    confidence: float,
    resamples: int,
) -> list[str]:
    """Whether the paper's result holds, in sentences that follow from the numbers.

    Args:
        layers_table: from `layers`.
        results_table: from `results`.
        audit: from `leakage`.
        as_run: per-image scores of the track that repeats the paper.
        clean: per-image scores of the other.
        model: name of the paper's model.
        confidence: level of the intervals.
        resamples: of the bootstrap.
    """
    said = [_on_layers(layers_table), _on_training(results_table), _on_the_table(results_table)]
    said += [_on_leakage(dataset, rows) for dataset, rows in audit.groupby("dataset", sort=False)]
    claims = [
        _on_accuracy(by_photo(as_run, "accuracy"), model, confidence, resamples),
        *_on_mse(1e3 * by_photo(as_run, "mse_rgb"), model, confidence, resamples),
        *_on_gains(clean, model, confidence, resamples),
    ]
    found = verdicts([claim.difference for claim in claims], confidence)
    said += [claim.said(*one, confidence) for claim, one in zip(claims, found, strict=True)]
    if min(as_run["photo"].nunique(), clean["photo"].nunique()) < FEW_PHOTOS:
        said.append(
            f"Fewer than {FEW_PHOTOS} photos are behind some of these sentences: they show that "
            "the protocol runs, and settle nothing."
        )
    if audit["photos"].max() < published_numbers.PHOTOS * published_numbers.VALIDATION_SHARE:
        said.append(
            "This run is smaller than the paper's; only one at full size can be held against its "
            "numbers."
        )
    return said


def _on_layers(table: pd.DataFrame) -> str:
    disagree = table.loc[table["agrees"] == "no", "paper_layer"]
    if disagree.empty:
        return (
            f"The network reproduces: all {len(table) - 1} layers of Table 1 agree in kind, shape "
            "and parameters."
        )
    return (
        f"The network does not reproduce: {len(disagree)} rows of Table 1 differ "
        f"({', '.join(map(str, disagree))})."
    )


def _on_training(table: pd.DataFrame) -> str:
    rows = table.set_index("row")
    theirs, ours = (rows.loc[f"{name}, best epoch", "val_loss"] for name in ("paper's log", "ours"))
    ratio = ours / theirs
    verdict = "reproduces" if abs(ratio - 1) <= TOLERANCE else "does not reproduce in this run"
    return (
        f"The validation loss {verdict}: the best epoch here has {ours:.6f}, the best of the "
        f"paper's log {theirs:.6f} ({ratio:.2f} times)."
    )


def _on_the_table(table: pd.DataFrame) -> str:
    disagreement = table.loc[0, "disagreement"]
    ending = " It is the result of no epoch." if "mixed" in disagreement else ""
    return (
        "The paper's Table 2, said to be its last epoch, against its own log: "
        f"{disagreement}.{ending}"
    )


def _on_leakage(dataset: str, rows: pd.DataFrame) -> str:
    columns = ["photos_in_training", "alike_in_training", "photos"]
    leaked, alike, photos = rows.groupby("split")[columns].max().sum()
    if leaked:
        verdict = "its scores are no evidence of generalisation"
    elif alike:
        verdict = f"{alike} more look like a photo that is, so its scores may flatter"
    else:
        verdict = "nothing leaks, and none looks like a photo that is"
    scales = ", ".join(f"x{scale}" for scale in sorted(set(rows["scale"])))
    return (
        f"In `{dataset}`, measured at {scales}, {100 * leaked / photos:.0f} % of the held-out "
        f"photos ({leaked} of {photos}) are in training at some scale: {verdict}."
    )


def _on_accuracy(accuracy: pd.DataFrame, model: str, confidence: float, resamples: int) -> _Claim:
    ours, untouched = (accuracy[method].to_numpy() for method in (model, UNCHANGED))
    found = difference(untouched, ours, confidence, resamples)
    return _Claim(
        "By accuracy the input, returned unchanged, has "
        f"{untouched.mean():.3f} on the {found.photos} validation photos and the model "
        f"{ours.mean():.3f}; the difference is {found.mean:+.3f} {{measured}}, {{verdict}}. The "
        f"paper's table has {published_numbers.TABLE_2['val_accuracy']}.",
        found,
        digits=3,
        above="in favour of the untouched input, so that accuracy says little of a model",
        below="in favour of the model",
    )


def _on_mse(
    thousandths: pd.DataFrame, model: str, confidence: float, resamples: int
) -> list[_Claim]:
    claims = []
    for method in thousandths.columns.unique("method").drop([model, UNCHANGED]):
        ours, theirs = (thousandths[name].to_numpy() for name in (model, method))
        found = difference(ours, theirs, confidence, resamples)
        text = (
            f"On the same rows {method} has an MSE of {theirs.mean() / 1e3:.6f} and the model "
            f"{ours.mean() / 1e3:.6f}: {found.mean:+.3f} thousandths {{measured}}, {{verdict}}. "
            f"The paper's table has {published_numbers.TABLE_2['val_loss']}."
        )
        claims.append(_Claim(text, found, 3, f"{method} is better", "the model is better"))
    return claims


def _on_gains(clean: pd.DataFrame, model: str, confidence: float, resamples: int) -> list[_Claim]:
    claims = []
    for scale, scores in clean.groupby("scale"):
        psnr_db = by_photo(scores, "psnr_rgb_db")
        others = [name for name in scores["method"].unique() if name not in (REFERENCE, model)]
        for method, role in [(model, "the paper's model"), *((name, name) for name in others)]:
            arrays = (psnr_db[name].to_numpy() for name in (method, REFERENCE))
            found = difference(*arrays, confidence, resamples)
            text = (
                f"At x{scale}, on {found.photos} test photos never trained on, {role} gains "
                f"{found.mean:+.2f} dB RGB PSNR over bicubic {{measured}}: {{verdict}}."
            )
            claims.append(_Claim(text, found, 2, "better", "worse"))
    return claims
