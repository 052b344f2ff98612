"""Figures: one style, colours that colour-blind readers tell apart, the same bytes every time."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from superres.methods import REFERENCE

# Okabe and Ito's palette; grey is kept for interpolations.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
GREYS = ["#BBBBBB", "#888888", "#333333", "#666666"]
MARKERS = ["o", "s", "^", "D", "v", "P"]
STYLE = {
    "font.family": "DejaVu Sans",
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
        figure.savefig(file, dpi=dpi, metadata=metadata)
    plt.close(figure)


@matplotlib.rc_context(STYLE)
def gains(table: pd.DataFrame, models: list[str]) -> Figure:
    """Gain over bicubic of every photo measured, photos sorted by the best method's gain.

    Args:
        table: columns scale, method, photo, gain_rgb_db in dB.
        models: trained methods, drawn in colour; all others are grey.
    """
    scales = sorted(table["scale"].unique())
    photos = table["photo"].nunique()
    height_in = 1.6 + 0.22 * min(photos, 40)
    figure, axes = plt.subplots(
        1, len(scales), figsize=(4.5 * len(scales) + 2, height_in), squeeze=False
    )
    for axis, scale in zip(axes[0], scales, strict=True):
        wide = table[table["scale"] == scale].pivot(
            index="photo", columns="method", values="gain_rgb_db"
        )
        wide = wide.loc[wide.max(axis=1).sort_values().index]
        methods = [name for name in table["method"].unique() if name != REFERENCE]
        looks = _looks(methods, models)
        for method in methods:
            axis.plot(
                wide[method], range(len(wide)), linestyle="none", label=method, **looks[method]
            )
        axis.axvline(0, color="black", linewidth=1)
        axis.set_yticks(range(len(wide)), wide.index)
        axis.set_ylim(-0.6, len(wide) - 0.4)
        axis.set_xlabel("gain over bicubic, RGB PSNR (dB)")
        axis.set_title(f"x{scale}")
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


@matplotlib.rc_context(STYLE)
def learning_curves(histories: dict[str, pd.DataFrame]) -> Figure:
    """Training loss and validation PSNR over the epochs, as far into training as they are.

    Args:
        histories: by label; columns epoch, loss, val_psnr_rgb_db.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.2))
    looks = _looks(list(histories), list(histories))
    for label, history in histories.items():
        done = history["epoch"] / history["epoch"].max()
        left.plot(done, history["loss"], label=label, **looks[label])
        right.plot(done, history["val_psnr_rgb_db"], label=label, **looks[label])
    left.set_yscale("log")
    left.set_ylabel("training loss (each model's own)")
    right.set_ylabel("validation RGB PSNR (dB)")
    for axis in (left, right):
        axis.set_xlabel("share of training")
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


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
    return figure


@matplotlib.rc_context(STYLE | {"axes.grid": False, "axes.titlesize": 8})
def crops(photos: dict[str, dict[str, np.ndarray]], crop_px: int) -> Figure:
    """One row a photo: the whole photo, then one region enlarged, as each method gives it.

    Args:
        photos: by photo; label -> uint8 (height, width, 3); the label 'HR' is the truth. All
            images of a photo have one size.
        crop_px: side of the region, placed where the methods differ most.
    """
    labels = list(next(iter(photos.values())))
    figure, axes = plt.subplots(
        len(photos),
        len(labels) + 1,
        figsize=(1.5 * (len(labels) + 1), 1.75 * len(photos)),
        squeeze=False,
    )
    for row, (photo, images) in zip(axes, photos.items(), strict=True):
        top, left = most_different(list(images.values()), crop_px)
        row[0].imshow(images["HR"])
        row[0].add_patch(
            Rectangle(
                (left, top), crop_px, crop_px, fill=False, edgecolor=COLOURS[1], linewidth=1.5
            )
        )
        row[0].set_title(photo)
        for axis, label in zip(row[1:], labels, strict=True):
            region = images[label][top : top + crop_px, left : left + crop_px]
            axis.imshow(region, interpolation="nearest")
            axis.set_title(label)
        for axis in row:
            axis.set_axis_off()
    return figure


def most_different(images: list[np.ndarray], side_px: int) -> tuple[int, int]:
    """Upper left corner (top, left) of the square in which some images differ most.

    Args:
        images: uint8 arrays of one shape (height, width, 3).
        side_px: side of the square; an image that is smaller is taken whole.
    """
    spread = np.ptp(np.stack(images).astype(np.int64), axis=0).sum(axis=-1)
    sums = np.pad(spread.cumsum(axis=0).cumsum(axis=1), [(1, 0), (1, 0)])
    height_px, width_px = (min(side_px, side) for side in spread.shape)
    inside = (
        sums[height_px:, width_px:]
        - sums[:-height_px, width_px:]
        - sums[height_px:, :-width_px]
        + sums[:-height_px, :-width_px]
    )
    top, left = np.unravel_index(inside.argmax(), inside.shape)
    return int(top), int(left)


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
