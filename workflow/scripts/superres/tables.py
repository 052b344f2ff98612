"""Tables for people, from the scores of single images."""

from pathlib import Path

import pandas as pd
from tabulate import tabulate

from superres.methods import REFERENCE
from superres.scores import SCORES, gains
from superres.statistics import mean_interval

CONVENTION = (
    "PSNR (peak 1.0) and SSIM (11x11 Gaussian, sigma 1.5) of 8-bit images, RGB and BT.601 Y, "
    "border crop = scale, mean of per-image values."
)


def benchmark(
    per_image: pd.DataFrame, summaries: list[dict], confidence: float, resamples: int
) -> pd.DataFrame:
    """One row a scale and method: mean scores and the paired gain over bicubic.

    Args:
        per_image: rows of the schema `metrics`.
        summaries: one a trained model: scale, method, seed and what `training.summary` says.
        confidence: level of the interval of the mean gain.
        resamples: bootstrap resamples of that interval.

    Returns:
        Columns scale, method, photos, the scores, gain_rgb_db with its low and high end and its
        worst photo, photos_won, verdict, parameters (0 for an interpolation), note.
    """
    rows = []
    for (scale, method), group in gains(per_image).groupby(["scale", "method"], sort=False):
        gain = group["gain_rgb_db"].to_numpy()
        low, high = mean_interval(gain, confidence, resamples)
        trained = [s for s in summaries if s["scale"] in (scale, "all") and s["method"] == method]
        rows.append(
            {
                "scale": scale,
                "method": method,
                "photos": len(group),
                **group[SCORES].mean(),
                "gain_rgb_db": gain.mean(),
                "gain_low_db": low,
                "gain_high_db": high,
                "gain_worst_db": gain.min(),
                "photos_won": int((gain > 0).sum()),
                "verdict": "reference" if method == REFERENCE else _verdict(low, high),
                "parameters": trained[0]["parameters"] if trained else 0,
                "note": "; ".join(
                    _note(summary) for summary in trained if summary["dead_channels"]
                ),
            }
        )
    return pd.DataFrame(rows)


MEASURED_ON = {
    "test": "test photos, never trained on",
    "validation": "validation photos, which the training watched (and may even have learned from)",
}


def to_markdown(table: pd.DataFrame, dataset: str, split: str, confidence: float) -> str:
    """The benchmark table as a page that can be read alone.

    Args:
        table: from `benchmark`.
        dataset: its name.
        split: a key of `MEASURED_ON`.
        confidence: level of the intervals.
    """
    shown = pd.DataFrame(
        {
            "scale": "x" + table["scale"].astype(str),
            "method": table["method"],
            "PSNR RGB (dB)": table["psnr_rgb_db"].map("{:.2f}".format),
            "PSNR Y (dB)": table["psnr_y_db"].map("{:.2f}".format),
            "SSIM RGB": table["ssim_rgb"].map("{:.4f}".format),
            "SSIM Y": table["ssim_y"].map("{:.4f}".format),
            f"gain RGB (dB) [{confidence:.0%} interval]": [
                f"{row.gain_rgb_db:+.2f} [{row.gain_low_db:+.2f}, {row.gain_high_db:+.2f}]"
                for row in table.itertuples()
            ],
            "worst photo (dB)": table["gain_worst_db"].map("{:+.2f}".format),
            "photos won": [f"{row.photos_won}/{row.photos}" for row in table.itertuples()],
            "against bicubic": table["verdict"],
            "parameters": table["parameters"].map("{:,}".format),
            "note": table["note"],
        }
    )
    photos = table["photos"].max()
    return (
        f"# {dataset}: {photos} {MEASURED_ON[split]}\n\n"
        f"{CONVENTION} Gain: paired against bicubic, photo by photo; its interval is a bootstrap "
        f"over {photos} photos{', too few to generalise from' if photos < 10 else ''}.\n\n"
        f"{shown.to_markdown(index=False, disable_numparse=True)}\n"
    )


def publish(table: pd.DataFrame, title: str, note: str, files: list[Path]) -> None:
    """Write a table once for every file: .csv, .md or .tex.

    Args:
        table: numbers stay numbers in CSV and get five digits elsewhere; what is missing is empty.
        title: heading of the page.
        note: what a reader has to know: conventions, sources.
        files: targets, format by ending.
    """
    cells = table.astype(object).where(table.notna(), None)
    shown = {"headers": list(table), "floatfmt": ".5g", "missingval": "", "showindex": False}
    for file in files:
        match file.suffix:
            case ".csv":
                text = table.to_csv(index=False)
            case ".md":
                body = tabulate(cells, tablefmt="pipe", **shown) if len(table) else "(no rows)"
                text = f"# {title}\n\n{note}\n\n{body}\n"
            case ".tex":
                text = (
                    f"% {title}\n% {note}\n{tabulate(cells, tablefmt='latex_booktabs', **shown)}\n"
                )
        file.write_text(text)


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "better"
    return "worse" if high < 0 else "no difference shown"


def _note(summary: dict) -> str:
    channels = " and ".join(summary["dead_channels"])
    return f"seed {summary['seed']}: the last ReLU died, {channels} is always 0"
