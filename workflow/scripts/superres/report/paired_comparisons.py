"""Methods compared with one another, paired by photo, and how that was done in words."""

import pandas as pd

from superres.report import pages
from superres.scoring.fewest_photos import LEAST_PHOTOS
from superres.scoring.photo_scores import by_photo, exact
from superres.scoring.statistics import Difference, difference, verdicts

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
                ours, theirs = (psnr_db[name].to_numpy() for name in (method, reference))
                compared.append(difference(ours, theirs, confidence, resamples))
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
    family: dict[tuple, tuple[str, Difference]] = {}
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
                interval(row.mean_db, row.low_db, row.high_db) for row in table.itertuples()
            ],
            "median (dB)": table["median_db"].map("{:+.2f}".format),
            "worst photo (dB)": table["worst_db"].map("{:+.2f}".format),
            "photos won": [won(row) for row in table.itertuples()],
            "p": table["p"].map(p_text),
            "corrected p": table["p_corrected"].map(p_text),
            "verdict": table["verdict"],
        }
    )
    return (
        f"# {title}, one method against another: {measured(table, split)}\n\n"
        "RGB PSNR (peak 1.0, border crop = scale) of the method minus that of the reference on the "
        f"same photo; above 0 the method is better. {how(table, per_image, confidence)}\n\n"
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
        ", together with Student's t interval of the trainings' means for methods trained with "
        "several seeds"
        if trainings
        else "; each model was trained once, and how much another training would differ is not in "
        "it"
    )
    return (
        "Interval of the mean: the wider of Student's t and the studentised bootstrap over photos"
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


def how(compared: pd.DataFrame, per_image: pd.DataFrame, confidence: float) -> str:
    """How the methods of a table of comparisons were compared; arguments as `benchmark_page`."""
    trainings = bool((compared["seeds"] > 1).any())
    return how_compared(_family(compared), confidence, trainings) + how_exact(per_image)


def _family(compared: pd.DataFrame) -> str:
    pairs = {_pair(row) for row in compared.to_dict("records") if row["method"] != row["against"]}
    return f"the {len(pairs)} pairs of methods in `comparisons.csv`"


def measured(table: pd.DataFrame, split: str) -> str:
    """How many photos of a split a table was measured on, and what models know of them."""
    photos = table["photos"].max()
    few = "; too few to generalise from" if photos < FEW_PHOTOS else ""
    return f"{photos} {MEASURED_ON[split]}{few}"


def interval(mean_db: float, low_db: float, high_db: float) -> str:
    """A mean with its interval, where there are any."""
    if pd.isna(mean_db):
        return "infinite"
    ends = "no interval" if pd.isna(low_db) else f"{low_db:+.2f}, {high_db:+.2f}"
    return f"{mean_db:+.2f} [{ends}]"


def won(row) -> str:
    """Photos won by a row of either table, and those that are equal."""
    equal = f", {row.photos_equal} equal" if row.photos_equal else ""
    return f"{row.photos_won}/{row.photos}{equal}"


def p_text(value: float) -> str:
    """A p with two digits; empty where there is none."""
    return "" if pd.isna(value) else f"{value:.2g}"
