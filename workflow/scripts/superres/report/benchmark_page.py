"""The benchmark for people: its answer in sentences, a short table, then everything else."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from tabulate import tabulate

from superres.core.methods import REFERENCE
from superres.report.paired_comparisons import how, interval, measured, p_text, won
from superres.scoring import convergence

CONVENTION = (
    "PSNR (peak 1.0), SSIM (11x11 Gaussian, sigma 1.5) and MS-SSIM (five scales, sides of at least "
    "176 px) of 8-bit images, RGB and BT.601 Y: higher is better. FLIP (LDR, 67 pixels per degree) "
    "and LPIPS of RGB: lower is better. Border crop = scale, mean of per-image values."
)
NOT_RUN = "not run"
TERMINAL_COLUMNS = 80


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Attributes:
        heading: with the unit.
        text: of a row of the schema `benchmark`.
        best: `max` or `min` of this key is set in bold, where there is one.
        of: the key.
        right: numbers are aligned to the right.
    """

    heading: str
    text: Callable
    best: str = ""
    of: str = ""
    right: bool = True


def _number(key: str, digits: int, missing: str = "", sign: str = "") -> Callable:
    """A value of a row, with digits."""

    def text(row) -> str:
        value = getattr(row, key)
        return missing if pd.isna(value) else f"{value:{sign}.{digits}f}"

    return text


def _score(heading: str, key: str, digits: int, best: str = "max", missing: str = "") -> Column:
    return Column(heading, _number(key, digits, missing), best, key)


def _main_columns(confidence: float) -> list[Column]:
    return [
        _score("PSNR RGB (dB)", "psnr_rgb_db", 2, missing="exact"),
        Column("against bicubic", lambda row: row.verdict, right=False),
        Column(f"gain (dB) [{confidence:.0%} interval]", _gain),
        Column("photos won", lambda row: "" if row.method == REFERENCE else won(row)),
        _score("PSNR Y (dB)", "psnr_y_db", 2, missing="exact"),
        _score("SSIM Y", "ssim_y", 4),
    ]


def _gain(row) -> str:
    if row.method == REFERENCE:
        return ""
    return interval(row.gain_rgb_db, row.gain_low_db, row.gain_high_db)


def _further_columns(table: pd.DataFrame) -> list[Column]:
    columns = [
        _score("SSIM RGB", "ssim_rgb", 4),
        _score("MS-SSIM Y", "ms_ssim_y", 4, missing="too small"),
        _score("FLIP", "flip", 4, best="min"),
    ]
    if not (table["lpips"] == NOT_RUN).all():
        columns.append(_score("LPIPS", "lpips", 4, best="min"))
    return [
        *columns,
        Column("error R/G/B (grey levels)", _errors),
        Column("median gain (dB)", _number("gain_median_db", 2, sign="+")),
        Column("worst photo (dB)", _number("gain_worst_db", 2, sign="+")),
        Column("gain in Y (dB)", _number("gain_y_db", 2, "infinite", sign="+")),
        Column("photos won in Y", lambda row: f"{row.photos_won_y}/{row.photos}"),
        Column("corrected p", lambda row: p_text(row.p_corrected)),
    ]


def _errors(row) -> str:
    return f"{row.rmse_red:.2f}/{row.rmse_green:.2f}/{row.rmse_blue:.2f}"


def _training_columns(table: pd.DataFrame) -> list[Column]:
    columns = [
        Column("parameters", lambda row: f"{row.parameters:,}"),
        Column("steps", lambda row: f"{row.steps:,.0f}"),
        Column("HR seen (MP)", lambda row: f"{row.hr_megapixels_seen:,.1f}"),
        Column("still improving", lambda row: row.still_improving, right=False),
    ]
    if table["note"].any():
        columns.append(Column("note", lambda row: row.note, right=False))
    return columns


def benchmark_page(
    table: pd.DataFrame,
    compared: pd.DataFrame,
    per_image: pd.DataFrame,
    title: str,
    split: str,
    confidence: float,
) -> str:
    """The benchmark as a page that can be read alone.

    Args:
        table: rows of the schema `benchmark`.
        compared: the table of comparisons that it follows from.
        per_image: rows of the schema `metrics`, which both follow from.
        title: name of the dataset.
        split: a key of `paired_comparisons.MEASURED_ON`.
        confidence: level of the intervals.

    Returns:
        Markdown.
    """
    trained = table[table["parameters"] > 0]
    parts = [
        f"# {title}: {measured(table, split)}",
        *answers(table),
        _at_every_scale(table, _main_columns(confidence)),
        "## Further scores",
        _at_every_scale(table, _further_columns(table)),
    ]
    if len(trained):
        parts += ["## Trainings", _at_every_scale(trained, _training_columns(trained))]
    parts += [
        "## How this was measured",
        f"{CONVENTION} Bold: the best of a column.",
        "Gain: RGB PSNR, paired against bicubic, photo by photo. "
        + how(compared, per_image, confidence),
        f"Error: root of the mean squared error of red, green and blue. {how_trained(table)}",
    ]
    if (table["lpips"] == NOT_RUN).all():
        parts.append("LPIPS was not run: `metrics.lpips` names no file that is there.")
    parts.append("All columns with all digits are in `benchmark.csv`.")
    return "\n\n".join(parts) + "\n"


def terminal(table: pd.DataFrame, title: str, split: str) -> str:
    """The benchmark for the end of a run: at most 80 columns, names of methods cut into lines.

    Args:
        table: rows of the schema `benchmark`.
        title: name of the dataset.
        split: a key of `paired_comparisons.MEASURED_ON`.
    """
    columns = [
        _score("PSNR", "psnr_rgb_db", 2, missing="exact"),
        Column("gain (dB)", _gain),
        Column(
            "won", lambda row: "" if row.method == REFERENCE else f"{row.photos_won}/{row.photos}"
        ),
        Column("against bicubic", lambda row: row.verdict, right=False),
    ]
    lines = [f"{title}: {measured(table, split)}"]
    for scale, rows in table.groupby("scale", sort=False):
        cells = [[column.text(row) for column in columns] for row in rows.itertuples()]
        headings = [column.heading for column in columns]
        # tabulate puts two blanks between columns, and two more to a heading.
        widths = [
            max(len(heading) + 2, *map(len, texts))
            for heading, *texts in zip(headings, *cells, strict=True)
        ]
        left = TERMINAL_COLUMNS - sum(widths) - 2 * len(columns)
        shown = tabulate(
            [[method, *texts] for method, texts in zip(rows["method"], cells, strict=True)],
            [f"x{scale}", *headings],
            tablefmt="simple",
            disable_numparse=True,
            colalign=["left", *("right" if column.right else "left" for column in columns)],
            maxcolwidths=[left, *[None] * len(columns)],
        )
        lines += ["", shown]
    for answer in answers(table):
        lines += ["", *textwrap.wrap(answer.replace("`", ""), TERMINAL_COLUMNS)]
    return "\n".join(lines) + "\n"


def answers(table: pd.DataFrame) -> list[str]:
    """What the trained methods are worth, a sentence per scale and method.

    Args:
        table: rows of the schema `benchmark`.
    """
    return [_answer(row) for row in table[table["parameters"] > 0].itertuples()]


def _answer(row) -> str:
    mean = "an infinite gain" if pd.isna(row.gain_rgb_db) else f"{row.gain_rgb_db:+.2f} dB"
    ends = "" if pd.isna(row.gain_low_db) else f" [{row.gain_low_db:+.2f}, {row.gain_high_db:+.2f}]"
    gain = f"{mean}{ends}, better on {row.photos_won} of {row.photos} photos"
    method, scale = f"`{row.method}`", f"x{row.scale}"
    rising = "its training was still improving when it ended"
    but = f"; {rising}" if "yes" in row.still_improving else ""
    match row.verdict:
        case "better" | "worse" as verdict:
            return f"At {scale}, {method} is {verdict} than bicubic: {gain}{but}."
        case "no difference shown":
            return f"At {scale}, no difference between {method} and bicubic is shown: {gain}{but}."
    return f"At {scale}, {row.photos} photos are too few to judge {method} by: {gain}{but}."


def how_trained(table: pd.DataFrame) -> str:
    """Whether methods of a table would have gained from more training, in a sentence.

    Args:
        table: rows of the schema `benchmark`.
    """
    models = table[table["still_improving"] != "not trained"]
    if models.empty:
        return "No method was trained."
    seen = "Steps and HR megapixels seen: mean over seeds; seconds are in `training.md`."
    rising, unclear = (_trained(models, answer) for answer in ("yes", "too few epochs"))
    verdicts = []
    if rising:
        verdicts.append(
            f"Not trained to the end, so that this table does not show what they can do: {rising}"
        )
    if unclear:
        verdicts.append(f"Trained for too few epochs to tell whether to the end: {unclear}")
    if not verdicts:
        verdicts.append("No training was still improving when it ended")
    return f"{seen} {'. '.join(verdicts)} ({convergence.HOW})."


def _trained(models: pd.DataFrame, answer: str) -> str:
    """Models some of whose trainings have an answer, by name."""
    chosen = models[models["still_improving"].str.contains(answer)]
    return ", ".join(f"{row.method} at x{row.scale}" for row in chosen.itertuples())


def _at_every_scale(table: pd.DataFrame, columns: list[Column]) -> str:
    """A table in Markdown for every scale, columns that are empty left out."""
    tables = []
    for scale, rows in table.groupby("scale", sort=False):
        shown = {f"x{scale}": list(rows["method"])}
        for column in columns:
            texts = [column.text(row) for row in rows.itertuples()]
            if any(texts):
                shown[column.heading] = _with_best(texts, rows, column)
        right = {column.heading for column in columns if column.right}
        tables.append(
            tabulate(
                shown,
                headers="keys",
                tablefmt="pipe",
                disable_numparse=True,
                colalign=["right" if name in right else "left" for name in shown],
            )
        )
    return "\n\n".join(tables)


def _with_best(texts: list[str], rows: pd.DataFrame, column: Column) -> list[str]:
    """Texts of a column, those of the best rows in bold where rows differ."""
    if not column.best or len(set(texts)) == 1:
        return texts
    values = pd.to_numeric(rows[column.of], errors="coerce")
    best = values.max() if column.best == "max" else values.min()
    shown_best = {text for text, value in zip(texts, values, strict=True) if value == best}
    return [f"**{text}**" if text in shown_best else text for text in texts]
