"""Tables for people, from the scores of single images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from tabulate import tabulate

from superres.core.atomic import write_text
from superres.core.methods import REFERENCE
from superres.core.readable import one_line
from superres.report import pages
from superres.report.benchmark_page import NOT_RUN
from superres.scoring import convergence
from superres.scoring.photo_scores import gains, means


def benchmark(
    per_image: pd.DataFrame,
    lpips: pd.DataFrame | None,
    summaries: list[dict],
    histories: list[pd.DataFrame],
    compared: pd.DataFrame,
) -> pd.DataFrame:
    """One row a scale and method: mean scores, the paired gain over bicubic, and the training.

    Args:
        per_image: rows of the schema `metrics`.
        lpips: rows of the schema `lpips`, if that was run.
        summaries: one per training: scale, method, seed, steps, hr_megapixels_seen and what
            `training.fit.summary` says.
        histories: rows of the schema `history`, in the same order.
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
    in_y = gains(per_image).replace([np.inf, -np.inf], np.nan).groupby(keys)["gain_y_db"]
    scores["gain_y_db"] = in_y.mean()
    scores["photos_won_y"] = in_y.agg(lambda gains_db: int((gains_db > 0).sum()))
    trained = [
        summary | {"still_improving": convergence.still_improving(history)}
        for summary, history in zip(summaries, histories, strict=True)
    ]
    of_method = [
        [one for one in trained if one["scale"] in (scale, "all") and one["method"] == method]
        for scale, method in scores.index
    ]
    return scores.join(gain).assign(**_trainings(of_method)).reset_index()


def _trainings(of_method: list[list[dict]]) -> dict[str, list]:
    """Columns on the trainings of every row, none for an interpolation; means over seeds."""
    return {
        "parameters": [models[0]["parameters"] if models else 0 for models in of_method],
        "steps": [_mean(models, "steps") for models in of_method],
        "hr_megapixels_seen": [_mean(models, "hr_megapixels_seen") for models in of_method],
        "still_improving": [
            ", ".join(dict.fromkeys(model["still_improving"] for model in models)) or "not trained"
            for models in of_method
        ],
        "note": [
            "; ".join(_note(model) for model in models if model["dead_channels"])
            for models in of_method
        ],
    }


def _mean(models: list[dict], key: str) -> float:
    return float(np.mean([model[key] for model in models])) if models else 0.0


def training(
    summaries: list[dict], timings: list[dict], histories: list[pd.DataFrame]
) -> pd.DataFrame:
    """One row per training: what it cost, and whether more steps would have helped.

    Args:
        summaries: as for `benchmark`.
        timings: what `training.fit.train` says of its time, in the same order.
        histories: rows of the schema `history`, in the same order.

    Returns:
        Columns method, scale, seed, parameters, steps, train_s, images_per_s, hr_megapixels_seen,
        validation_db (of the last epoch) and still_improving.
    """
    rows = []
    for summary, timing, history in zip(summaries, timings, histories, strict=True):
        rows.append(
            {key: summary[key] for key in ("method", "scale", "seed", "parameters")}
            | {key: timing[key] for key in ("steps", "train_s", "images_per_s")}
            | {"hr_megapixels_seen": timing["hr_megapixels_seen"]}
            | {
                "validation_db": convergence.validation_db(history).iloc[-1],
                "still_improving": convergence.still_improving(history),
            }
        )
    return pd.DataFrame(rows)


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
