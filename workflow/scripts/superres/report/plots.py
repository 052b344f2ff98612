"""Figures: one style, colours that colour-blind readers tell apart, the same bytes every time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from superres.core.atomic import appearing
from superres.core.methods import REFERENCE
from superres.report.differences import most_different
from superres.report.labels import FONT, families, written
from superres.scoring import convergence

# Okabe and Ito's palette; grey is kept for interpolations.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
GREYS = ["#BBBBBB", "#888888", "#333333", "#666666"]
MARKERS = ["o", "s", "^", "D", "v", "P"]
LINES = ["-", "--", ":", "-."]
NAMED_PHOTOS = 40
# How the PSNR was measured, of which figures show differences and values.
TESTED = "RGB PSNR of 8-bit images, peak 1.0, border crop = scale"
WATCHED = "RGB PSNR of 8-bit images, peak 1.0, no border crop, mean over validation photos"
LOSS = "validation loss as Keras measures it, whole images on [0, 1], not rounded"
CURVES = {
    "loss": "training loss (each model's own)",
    "val_psnr_rgb_db": "validation RGB PSNR (dB)",
    "val_loss": "validation loss",
}
# Side of a region in figures of crops.
PANEL_IN = 2.2
FRAME: dict[str, Any] = {"edgecolor": COLOURS[1], "linewidth": 2.5, "clip_on": False}
STYLE: dict[Any, object] = {
    "font.family": FONT,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "super-resolution-workflow",
    "svg.fonttype": "none",
}


@matplotlib.rc_context(STYLE)
def save(figure: Figure, files: list[Path], dpi: int) -> None:
    """Write a figure once for every file, format by ending (.png or .svg), without time stamps."""
    for file in files:
        metadata = {"Date": None} if file.suffix == ".svg" else {"Software": None}
        with appearing(file) as unfinished:
            figure.savefig(unfinished, format=file.suffix[1:], dpi=dpi, metadata=metadata)
    plt.close(figure)


def explain(figure: Figure, text: str, fonts: Sequence[str] = (FONT,)) -> None:
    """Put a line below a figure that goes with it wherever it is shown."""
    figure.supxlabel(text, fontsize=7, color="#555555", fontfamily=fonts)


@matplotlib.rc_context(STYLE)
def gains(table: pd.DataFrame, benchmark: pd.DataFrame, models: list[str]) -> Figure:
    """Gain over bicubic of every photo measured, sorted by the best method's gain, and the mean's.

    Args:
        table: columns scale, method, photo, gain_rgb_db in dB.
        benchmark: rows of the schema `benchmark`: the mean's interval, drawn below the photos.
        models: trained methods, drawn in colour; all others are grey.
    """
    scales = sorted(table["scale"].unique())
    photos = table["photo"].nunique()
    height_in = 2 + 0.22 * min(photos, NAMED_PHOTOS)
    figure, axes = plt.subplots(
        1, len(scales), figsize=(4.5 * len(scales) + 2, height_in), squeeze=False
    )
    methods = [name for name in table["method"].unique() if name != REFERENCE]
    looks = _looks(methods, models)
    for axis, scale in zip(axes[0], scales, strict=True):
        wide = table[table["scale"] == scale].pivot(
            index="photo", columns="method", values="gain_rgb_db"
        )
        wide = wide.loc[wide.max(axis=1).sort_values().index]
        means = benchmark[benchmark["scale"] == scale].set_index("method")
        # As much room for the means as one photo takes, but at least a twelfth of the height.
        step = max(1, len(wide) / 12) / (len(methods) + 1)
        for at, method in enumerate(methods, start=1):
            axis.plot(
                wide[method], range(len(wide)), linestyle="none", label=method, **looks[method]
            )
            mean = means.loc[method]
            ends_db = [
                [mean["gain_rgb_db"] - mean["gain_low_db"]],
                [mean["gain_high_db"] - mean["gain_rgb_db"]],
            ]
            axis.errorbar(mean["gain_rgb_db"], -0.5 - at * step, xerr=ends_db, **looks[method])
        axis.axvline(0, color="black", linewidth=1)
        axis.axhline(-0.5, color="black", linewidth=0.5)
        lowest = -0.5 - (len(methods) + 1) * step
        named = len(wide) <= NAMED_PHOTOS
        axis.set_yticks(
            [(lowest - 0.5) / 2, *(range(len(wide)) if named else [])],
            ["mean", *(map(written, wide.index) if named else [])],
            fontfamily=families(wide.index if named else []),
        )
        if not named:
            axis.set_ylabel(f"{len(wide)} photos")
        axis.set_ylim(lowest, len(wide) - 0.4)
        axis.set_xlabel("gain over bicubic, RGB PSNR (dB)")
        axis.set_title(f"x{scale}", loc="left")
        axis.annotate(
            REFERENCE, (0, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom"
        )
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    infinite = table.loc[np.isinf(table["gain_rgb_db"]), "photo"].unique()
    beyond = (
        f"; reproduced exactly and not drawn: {', '.join(map(written, infinite))}"
        if len(infinite)
        else ""
    )
    explain(figure, f"{TESTED}; lines: intervals of the mean{beyond}", families(infinite))
    return figure


@matplotlib.rc_context(STYLE)
def learning_curves(histories: dict[tuple[str, int], pd.DataFrame]) -> Figure:
    """Training loss and validation over the steps, with a panel for what some training measures.

    Args:
        histories: by label and seed; rows of the schema `history`. The seeds of a label share its
            colour and differ in their lines. The label of one that still improves says so.
    """
    panels = {
        column: text
        for column, text in CURVES.items()
        if any(history[column].notna().any() for history in histories.values())
    }
    # Models that are validated as users see them need no second curve.
    if all(history["val_psnr_rgb_db"].notna().any() for history in histories.values()):
        panels.pop("val_loss", None)
    figure, (axes,) = plt.subplots(
        1, len(panels), figsize=(2 + 3.3 * len(panels), 3.2), squeeze=False
    )
    labels = list(dict.fromkeys(label for label, _ in histories))
    seeds = sorted({seed for _, seed in histories})
    looks = _looks(labels, labels)
    for (label, seed), history in histories.items():
        look = looks[label] | {"linestyle": LINES[seeds.index(seed) % len(LINES)]}
        name = f"{label}, seed {seed}" if seeds[1:] else label
        rising = convergence.still_improving(history) == "yes"
        name = f"{name}\n(still improving)" if rising else name
        for axis, column in zip(axes, panels, strict=True):
            if history[column].notna().any():
                axis.plot(history["steps"], history[column], label=name, **look)
            else:
                axis.plot([], [], label=name, **look)
    for axis, (column, text) in zip(axes, panels.items(), strict=True):
        axis.set_ylabel(text)
        axis.set_xlabel("steps")
        if column == "val_psnr_rgb_db":
            _bicubic_lines(axis, histories)
        else:
            axis.set_yscale("log")
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    explain(figure, f"{WATCHED if 'val_psnr_rgb_db' in panels else LOSS}\n{convergence.HOW}")
    return figure


def _bicubic_lines(axis: Axes, histories: dict[tuple[str, int], pd.DataFrame]) -> None:
    """A line at bicubic's score for every scale, which is the last word of a label."""
    levels_db = {
        label.rpartition(" ")[2]: history["val_bicubic_rgb_db"].iloc[0]
        for (label, _), history in histories.items()
        if history["val_bicubic_rgb_db"].notna().any()
    }
    for scale, level_db in levels_db.items():
        axis.axhline(level_db, color=GREYS[3], linestyle="--", linewidth=1, zorder=0)
        name = f"{REFERENCE} {scale}" if len(levels_db) > 1 else REFERENCE
        axis.annotate(
            name,
            (1, level_db),
            xycoords=("axes fraction", "data"),
            xytext=(-3, 3),
            textcoords="offset points",
            ha="right",
            color=GREYS[3],
            fontsize="small",
        )


@matplotlib.rc_context(STYLE)
def sweep(table: pd.DataFrame) -> Figure:
    """Validation PSNR of every cell, best on top; a line from the lowest to the highest seed.

    Args:
        table: rows of `sweeps.table`.
    """
    table = table[::-1].reset_index(drop=True)
    figure, axis = plt.subplots(figsize=(7, 1 + 0.24 * len(table)))
    axis.hlines(table.index, table["lowest_db"], table["highest_db"], color="#888888")
    axis.plot(table["val_psnr_rgb_db"], table.index, "o", color=COLOURS[0])
    axis.set_yticks(table.index, table["cell"].str.split("~", n=1).str[1].str.replace("~", ", "))
    axis.set_xlabel("validation RGB PSNR (dB)")
    explain(figure, f"{WATCHED}; lines: from the lowest seed to the highest")
    return figure


@matplotlib.rc_context(STYLE)
def front(table: pd.DataFrame) -> Figure:
    """Gain against cost, one row a scale: multiply-adds on the left, measured speed on the right.

    Args:
        table: rows of `front.table`.
    """
    scales = sorted(table["scale"].unique())
    figure, axes = plt.subplots(
        len(scales), 2, figsize=(9, 0.6 + 3.2 * len(scales)), squeeze=False, sharey="row"
    )
    methods = list(table["method"].unique())
    looks = _looks(methods, methods)
    for row, scale in zip(axes, scales, strict=True):
        for axis, cost, on_front, label in zip(
            row,
            ("macs_per_hr_px", "megapixels_per_s"),
            ("on_macs_front", "on_speed_front"),
            ("multiply-adds per HR pixel", "megapixels of output a second, one thread"),
            strict=True,
        ):
            here = table[table["scale"] == scale].sort_values(cost)
            best = here[here[on_front] == "yes"]
            axis.plot(best[cost], best["gain_rgb_db"], color="#BBBBBB", zorder=0)
            for point in here.to_dict("records"):
                gain_db = point["gain_rgb_db"]
                error_db = [[gain_db - point["gain_low_db"]], [point["gain_high_db"] - gain_db]]
                look = looks[point["method"]]
                axis.errorbar(
                    point[cost],
                    gain_db,
                    yerr=error_db,
                    elinewidth=0.8,
                    label=point["method"],
                    **look,
                )
            axis.set_xscale("log")
            axis.axhline(0, color="black", linewidth=1)
            axis.set_xlabel(label)
        row[0].set_ylabel(f"x{scale}: gain over bicubic,\nRGB PSNR (dB)")
        row[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    explain(figure, f"{TESTED}; lines: intervals of the mean")
    return figure


@matplotlib.rc_context(STYLE | {"axes.grid": False, "axes.titlesize": 8})
def crops(
    photos: dict[str, dict[str, np.ndarray]], psnr_db: dict[tuple[str, str], float], crop_px: int
) -> Figure:
    """Two rows a photo: one region of it as each method gives it, the best one framed; the errors.

    The first column has the whole photo and the input, the last one the truth and the scale of the
    errors.

    Args:
        photos: by photo; label -> uint8 (height, width, 3). The label 'LR' is the input, drawn at
            its own size, 'HR' the truth; all others have the size of 'HR'.
        psnr_db: RGB PSNR by photo and method.
        crop_px: side of the region, placed where the methods differ most.
    """
    methods = [label for label in next(iter(photos.values())) if label not in ("LR", "HR")]
    figure, axes = plt.subplots(
        2 * len(photos),
        len(methods) + 2,
        figsize=(PANEL_IN * (len(methods) + 2), (2 * PANEL_IN + 0.6) * len(photos)),
        squeeze=False,
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for (photo, images), shown, errors in zip(photos.items(), axes[::2], axes[1::2], strict=True):
        _draw_photo(photo, images, shown, errors, methods, psnr_db, crop_px)
    explain(figure, f"{TESTED}, of the whole photo; below: absolute error, mean of the channels")
    return figure


def _draw_photo(
    photo: str,
    images: dict[str, np.ndarray],
    shown: np.ndarray,
    errors: np.ndarray,
    methods: list[str],
    psnr_db: dict[tuple[str, str], float],
    crop_px: int,
) -> None:
    """Draw one photo into its two rows of axes; arguments as for `crops`."""
    truth, scale = images["HR"], len(images["HR"]) // len(images["LR"])
    top, left = most_different([images[name] for name in [*methods, "HR"]], crop_px)
    top, left = top - top % scale, left - left % scale
    shown[0].imshow(truth)
    shown[0].add_patch(Rectangle((left, top), crop_px, crop_px, fill=False, **FRAME))
    shown[0].set_title(written(photo), fontfamily=families([photo]))
    regions = {
        label: image[top // at : (top + crop_px) // at, left // at : (left + crop_px) // at]
        for label, image in images.items()
        for at in [scale if label == "LR" else 1]
    }
    # One pixel of the input is drawn as large as one of the others.
    margin = (crop_px - crop_px / scale) / 2
    errors[0].imshow(regions["LR"], interpolation="nearest")
    errors[0].set_xlim(-0.5 - margin, crop_px / scale - 0.5 + margin)
    errors[0].set_ylim(crop_px / scale - 0.5 + margin, -0.5 - margin)
    errors[0].set_title("LR")
    best = max(methods, key=lambda method: psnr_db.get((photo, method), -np.inf))
    for axis, label in zip(shown[1:], [*methods, "HR"], strict=True):
        axis.imshow(regions[label], interpolation="nearest")
        decibels = psnr_db.get((photo, label))
        axis.set_title(label if decibels is None else f"{label}\n{decibels:.2f} dB")
        if label == best and len(methods) > 1:
            axis.title.set_fontweight("bold")
            axis.add_patch(Rectangle((0, 0), 1, 1, fill=False, transform=axis.transAxes, **FRAME))
    differences = {
        label: np.abs(regions[label] - regions["HR"].astype(float)).mean(axis=-1)
        for label in methods
    }
    # A method that fails shall not make all others look perfect.
    usual = differences.get(REFERENCE, next(iter(differences.values())))
    highest = max(np.percentile(usual, 99.5), 1)
    for axis, label in zip(errors[1:], methods, strict=False):
        drawn = axis.imshow(differences[label], cmap="magma", vmin=0, vmax=highest)
    bar = errors[-1].inset_axes([0.05, 0, 0.09, 1])
    errors[-1].figure.colorbar(drawn, cax=bar, extend="max", label="error (grey levels)")


def _looks(methods: list[str], models: list[str]) -> dict[str, dict]:
    colours, greys = iter(COLOURS * len(methods)), iter(GREYS * len(methods))
    return {
        method: {
            "color": next(colours if method in models else greys),
            "marker": MARKERS[index % len(MARKERS)],
            "markersize": 6 if method in models else 4.5,
        }
        for index, method in enumerate(methods)
    }
