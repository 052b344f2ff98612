"""Tables for people, from the scores of single images."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from superres.core.atomic import write_text
from superres.core.methods import REFERENCE
from superres.core.readable import one_line
from superres.report import pages
from superres.scoring.photo_scores import by_photo, exact, means
from superres.scoring.statistics import LEAST_PHOTOS, Difference, difference, verdicts

CONVENTION = (
    "PSNR (peak 1.0), SSIM (11x11 Gaussian, sigma 1.5) and MS-SSIM (five scales, sides of at least "
    "176 px) of 8-bit images, RGB and BT.601 Y: higher is better. FLIP (LDR, 67 pixels per degree) "
    "and LPIPS of RGB: lower is better. Border crop = scale, mean of per-image values."
)
NOT_RUN = "not run"
FEW_PHOTOS = 10
MIRRORED = {"better": "worse", "worse": "better"}
MEASURED_ON = {
    "test": "test photos, never trained on",
    "validation": "validation photos, which the training watched (and may even have learned from)",
}


def comparisons(
    per_image: pd.DataFrame, against: list[str], confidence: float, resamples: int
) -> pd.DataFrame:
    """One row a scale, reference and method: the gain in RGB PSNR, paired by photo.

    Args:
        per_image: rows of the schema `metrics`.
        against: the references, methods of that table.
        confidence: level of the intervals and of the verdicts.
        resamples: of the bootstrap.

    Returns:
        Rows of the schema `comparisons`; p values are corrected over all pairs of methods, of which
        one that is in the table both ways counts once.
    """
    rows, compared = [], []
    for scale, scores in per_image.groupby("scale", sort=False):
        psnr_db = by_photo(scores, "psnr_rgb_db")
        for reference in against:
            for method in scores["method"].unique():
                arrays = (psnr_db[name].to_numpy() for name in (method, reference))
                compared.append(difference(*arrays, confidence, resamples))
                rows.append({"scale": scale, "method": method, "against": reference})
    table = pd.concat([pd.DataFrame(rows), pd.DataFrame(compared)], axis=1).rename(
        columns={
            "mean": "mean_db",
            "median": "median_db",
            "low": "low_db",
            "high": "high_db",
            "lowest": "worst_db",
            "photos_above": "photos_won",
        }
    )
    table.loc[table["method"] == table["against"], "p"] = float("nan")
    judged = _judged(rows, compared, confidence)
    return table.assign(
        p_corrected=[p for p, _ in judged], verdict=[verdict for _, verdict in judged]
    )


def _judged(
    rows: list[dict], compared: list[Difference], confidence: float
) -> list[tuple[float, str]]:
    """Corrected p and verdict of every row; of a pair that is there both ways from the first."""
    family = {}
    for row, one in zip(rows, compared, strict=True):
        if row["method"] != row["against"]:
            family.setdefault(_pair(row), (row["method"], one))
    found = dict(
        zip(family, verdicts([one for _, one in family.values()], confidence), strict=True)
    )
    judged = []
    for row in rows:
        p, verdict = found.get(_pair(row), (float("nan"), "reference"))
        mirrored = row["method"] != family.get(_pair(row), (row["method"],))[0]
        judged.append((p, MIRRORED.get(verdict, verdict) if mirrored else verdict))
    return judged


def _pair(row: dict) -> tuple[int, frozenset[str]]:
    return row["scale"], frozenset([row["method"], row["against"]])


def benchmark(
    per_image: pd.DataFrame,
    lpips: pd.DataFrame | None,
    summaries: list[dict],
    compared: pd.DataFrame,
) -> pd.DataFrame:
    """One row a scale and method: mean scores and the paired gain over bicubic.

    Args:
        per_image: rows of the schema `metrics`.
        lpips: rows of the schema `lpips`, if that was run.
        summaries: one a trained model: scale, method, seed and what `training.summary` says.
        compared: from `comparisons`, bicubic among the references.

    Returns:
        Rows of the schema `benchmark`.
    """
    keys = ["scale", "method"]
    scores = means(per_image)
    scores["lpips"] = NOT_RUN if lpips is None else lpips.groupby(keys)["lpips"].mean()
    gain = compared[compared["against"] == REFERENCE].set_index(keys)
    gain = gain.drop(columns=["against", "seeds"]).rename(
        columns={
            "mean_db": "gain_rgb_db",
            "median_db": "gain_median_db",
            "low_db": "gain_low_db",
            "high_db": "gain_high_db",
            "worst_db": "gain_worst_db",
        }
    )
    trained = {
        (scale, method): [
            summary
            for summary in summaries
            if summary["scale"] in (scale, "all") and summary["method"] == method
        ]
        for scale, method in scores.index
    }
    return (
        scores.join(gain)
        .assign(
            parameters=[found[0]["parameters"] if found else 0 for found in trained.values()],
            note=[
                "; ".join(_note(summary) for summary in found if summary["dead_channels"])
                for found in trained.values()
            ],
        )
        .reset_index()
    )


def benchmark_page(
    table: pd.DataFrame,
    compared: pd.DataFrame,
    per_image: pd.DataFrame,
    title: str,
    split: str,
    confidence: float,
) -> str:
    """The benchmark table as a page that can be read alone.

    Args:
        table: from `benchmark`.
        compared: the table of comparisons that it follows from.
        per_image: rows of the schema `metrics`, which both follow from.
        title: name of the dataset.
        split: a key of `MEASURED_ON`.
        confidence: level of the intervals.
    """
    shown = pd.DataFrame(
        {
            "scale": "x" + table["scale"].astype(str),
            "method": table["method"],
            "PSNR RGB (dB)": table["psnr_rgb_db"].map("{:.2f}".format).replace("nan", "exact"),
            "PSNR Y (dB)": table["psnr_y_db"].map("{:.2f}".format).replace("nan", "exact"),
            "SSIM RGB": table["ssim_rgb"].map("{:.4f}".format),
            "SSIM Y": table["ssim_y"].map("{:.4f}".format),
            "MS-SSIM Y": table["ms_ssim_y"].map("{:.4f}".format).replace("nan", "too small"),
            "FLIP": table["flip"].map("{:.4f}".format),
            "LPIPS": table["lpips"].map(lambda x: x if x == NOT_RUN else f"{x:.4f}"),
            f"gain RGB (dB) [{confidence:.0%} interval]": [
                _interval(row.gain_rgb_db, row.gain_low_db, row.gain_high_db)
                for row in table.itertuples()
            ],
            "median (dB)": table["gain_median_db"].map("{:+.2f}".format),
            "worst photo (dB)": table["gain_worst_db"].map("{:+.2f}".format),
            "photos won": [_won(row) for row in table.itertuples()],
            "corrected p": table["p_corrected"].map(_p),
            "against bicubic": table["verdict"],
            "parameters": table["parameters"].map("{:,}".format),
            "note": table["note"],
        }
    )
    missing = (table["lpips"] == NOT_RUN).all()
    lpips = "LPIPS was not run: `metrics.lpips` names no file that is there.\n\n"
    how = _how(compared, per_image, confidence)
    return (
        f"# {title}: {_measured(table, split)}\n\n{CONVENTION}\n\n{lpips if missing else ''}"
        f"Gain: RGB PSNR, paired against bicubic, photo by photo. {how}\n\n"
        f"{shown.to_markdown(index=False, disable_numparse=True)}\n"
    )


def comparisons_page(
    table: pd.DataFrame, per_image: pd.DataFrame, title: str, split: str, confidence: float
) -> str:
    """The table of comparisons as a page that can be read alone; arguments as `benchmark_page`."""
    shown = pd.DataFrame(
        {
            "scale": "x" + table["scale"].astype(str),
            "method": table["method"],
            "against": table["against"],
            "seeds": table["seeds"],
            f"mean (dB) [{confidence:.0%} interval]": [
                _interval(row.mean_db, row.low_db, row.high_db) for row in table.itertuples()
            ],
            "median (dB)": table["median_db"].map("{:+.2f}".format),
            "worst photo (dB)": table["worst_db"].map("{:+.2f}".format),
            "photos won": [_won(row) for row in table.itertuples()],
            "p": table["p"].map(_p),
            "corrected p": table["p_corrected"].map(_p),
            "verdict": table["verdict"],
        }
    )
    return (
        f"# {title}, one method against another: {_measured(table, split)}\n\n"
        "RGB PSNR (peak 1.0, border crop = scale) of the method minus that of the reference on the "
        f"same photo; above 0 the method is better. {_how(table, per_image, confidence)}\n\n"
        f"{shown.to_markdown(index=False, disable_numparse=True)}\n"
    )


def how_compared(family: str, confidence: float, trainings: bool) -> str:
    """How methods were compared, for whoever reads the numbers.

    Args:
        family: what p values are corrected for, in words.
        confidence: level of the intervals.
        trainings: whether some method was trained with several seeds.
    """
    seeds = (
        "together with Student's t interval of the trainings' means, for methods trained with "
        "several seeds"
        if trainings
        else "over photos alone: each model was trained once, and how much another training would "
        "differ is not in it"
    )
    return (
        "Interval of the mean: the wider of Student's t and the studentised bootstrap over photos, "
        f"{seeds}; none for fewer than {LEAST_PHOTOS} photos. p: two-sided Wilcoxon signed-rank "
        f"test over photos, seeds averaged, corrected for {family} by Holm's method. Better or "
        "worse: the interval excludes 0, the median agrees, and the corrected p is at most "
        f"{1 - confidence:.2g}; otherwise no difference is shown, which does not mean that there "
        "is none. Too few photos to tell: there is no interval, or not even a method that wins on "
        "every photo on which the two differ could reach that p."
    )


def how_exact(per_image: pd.DataFrame) -> str:
    """Names the photos that are reproduced exactly, and says what became of them; else empty.

    Args:
        per_image: rows of the schema `metrics`.
    """
    photos = exact(per_image)
    if photos.empty:
        return ""
    named = "; ".join(
        f"{pages.plain(row.photo)} at x{row.scale} ({row.methods})" for row in photos.itertuples()
    )
    return (
        f" Reproduced exactly, so that PSNR is infinite: {named}. The mean PSNR of a scale is over "
        "the other photos; a photo that both methods reproduce exactly counts as equal, and one "
        "that a single one of them does counts as won or lost and enters no mean difference."
    )


def _how(compared: pd.DataFrame, per_image: pd.DataFrame, confidence: float) -> str:
    trainings = bool((compared["seeds"] > 1).any())
    return how_compared(_family(compared), confidence, trainings) + how_exact(per_image)


def _family(compared: pd.DataFrame) -> str:
    pairs = {_pair(row) for row in compared.to_dict("records") if row["method"] != row["against"]}
    return f"the {len(pairs)} pairs of methods in `comparisons.csv`"


def _measured(table: pd.DataFrame, split: str) -> str:
    photos = table["photos"].max()
    few = "; too few to generalise from" if photos < FEW_PHOTOS else ""
    return f"{photos} {MEASURED_ON[split]}{few}"


def _interval(mean_db: float, low_db: float, high_db: float) -> str:
    if pd.isna(mean_db):
        return "infinite"
    interval = "no interval" if pd.isna(low_db) else f"{low_db:+.2f}, {high_db:+.2f}"
    return f"{mean_db:+.2f} [{interval}]"


def _won(row) -> str:
    equal = f", {row.photos_equal} equal" if row.photos_equal else ""
    return f"{row.photos_won}/{row.photos}{equal}"


def _p(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.2g}"


def left_out(
    quarantine: pd.DataFrame, photos: pd.DataFrame, size_px: tuple[int, int] | None
) -> tuple[pd.DataFrame, str]:
    """All input that was left out or resized, with the reason, and a note with the counts.

    Args:
        quarantine: rows of that schema.
        photos: rows of that schema.
        size_px: width and height that all photos were given, if any.
    """
    resized = photos.iloc[:0]
    if size_px:
        width_px, height_px = size_px
        resized = photos[(photos["width_px"] != width_px) | (photos["height_px"] != height_px)]
    reasons = [
        f"{photo.width_px}x{photo.height_px} px, is given {width_px}x{height_px} px"
        for photo in resized.itertuples()
    ]
    changed = pd.DataFrame({"row": "", "file": resized["file"], "reason": reasons})
    missing = quarantine.sort_values(["file", "row"])
    table = pd.concat([missing.assign(what="left out"), changed.assign(what="resized")])
    note = (
        f"{len(photos)} photos were taken, {len(resized)} of them resized; {len(missing)} rows or "
        "files were left out. `row` counts from 0 in the dataset's own table."
    )
    return table, note


def publish(table: pd.DataFrame, title: str, note: str, files: list[Path]) -> None:
    """Write a table once for every file: .csv, .md, .html or .tex.

    Args:
        table: numbers stay numbers in CSV and get five digits elsewhere; what is missing is empty.
        title: heading of the page.
        note: what a reader has to know: conventions, sources.
        files: targets, format by ending.
    """
    cells = table.astype(object).where(table.notna(), None)
    shown = {
        "headers": list(table),
        "floatfmt": ".5g",
        "missingval": "",
        "showindex": False,
        "disable_numparse": _text_columns(cells),
    }
    body = tabulate(_written(cells, pages.plain), tablefmt="pipe", **shown)
    body = body if len(table) else "(no rows)"
    for file in files:
        match file.suffix:
            case ".csv":
                write_text(file, table.to_csv(index=False))
            case ".tex":
                lines = _written(cells, one_line)
                tex = tabulate(lines, tablefmt="latex_booktabs", **shown)
                write_text(file, f"% {title}\n% {note}\n{tex}\n")
            case _:
                pages.write(f"# {title}\n\n{note}\n\n{body}\n", [file])


def _text_columns(cells: pd.DataFrame) -> list[int]:
    """Numbers of the columns that hold text alone: of a photo called 007, the zeros stay."""
    return [
        number
        for number, name in enumerate(cells)
        if all(isinstance(value, str) for value in cells[name].dropna())
    ]


def _written(cells: pd.DataFrame, how: Callable[[str], str]) -> pd.DataFrame:
    """A table with its text written in some way."""
    return cells.map(lambda value: how(value) if isinstance(value, str) else value)


def _note(summary: dict) -> str:
    channels = " and ".join(summary["dead_channels"])
    return f"seed {summary['seed']}: the last ReLU died, {channels} is always 0"
