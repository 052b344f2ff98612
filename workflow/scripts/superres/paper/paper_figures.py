"""The paper's four figures, drawn again."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from superres.paper import published_numbers
from superres.report.labels import families, written
from superres.report.plots import COLOURS, GREYS, STYLE, TESTED, explain

KINDS = {
    "Conv2D": COLOURS[0],
    "Conv2DTranspose": COLOURS[3],
    "MaxPooling2D": COLOURS[1],
    "UpSampling2D": COLOURS[2],
    "Add": COLOURS[4],
    "Dropout": GREYS[1],
    "InputLayer": GREYS[2],
}


@matplotlib.rc_context(STYLE | {"axes.grid": False})
def architecture(layers: pd.DataFrame) -> Figure:
    """Figure 1: one box a layer, placed by resolution, its area by channels; skips as arcs.

    Args:
        layers: rows of the schema `architecture`, in the order of the graph.
    """
    shapes = [tuple(map(int, text.strip("()").split(",")[1:])) for text in layers["output_shape"]]
    level = [np.log2(shapes[0][0] / height) for height, _, _ in shapes]
    figure, axis = plt.subplots(figsize=(10, 4.2))
    position = {name: at for at, name in enumerate(layers["name"])}
    for at, (row, shape) in enumerate(zip(layers.itertuples(), shapes, strict=True)):
        side = 0.16 + 0.045 * np.log2(shape[2] + 1)
        colour = KINDS.get(row.type, GREYS[3])
        axis.bar(at, 2 * side, 0.62, -level[at] - side, color=colour, edgecolor="white")
        axis.text(at, -level[at] - side - 0.06, str(shape[2]), ha="center", va="top", fontsize=7)
        for source in filter(None, row.inputs.split(" ")):
            start = position[source]
            skip = at - start > 1
            axis.annotate(
                "",
                (at, -level[at] + (side if skip else 0)),
                (start, -level[start] + (side if skip else 0)),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": GREYS[2],
                    "linewidth": 0.8,
                    "shrinkA": 0 if skip else 8,
                    "shrinkB": 0 if skip else 8,
                    "connectionstyle": "arc3,rad=-0.18" if skip else "arc3",
                },
            )
    for depth in sorted(set(level)):
        height, width, _ = shapes[level.index(depth)]
        axis.text(-1.1, -depth, f"{width}x{height} px", ha="right", va="center")
    used = [kind for kind in KINDS if kind in set(layers["type"])]
    handles = [plt.Rectangle((0, 0), 1, 1, color=KINDS[kind]) for kind in used]
    axis.legend(handles, used, loc="lower center", ncols=len(used), bbox_to_anchor=(0.5, -0.12))
    axis.set_title(f"{layers['parameters'].sum():,} parameters; channels under each layer")
    axis.set_xlim(-4, len(layers))
    axis.set_ylim(-max(level) - 0.9, 1.5)
    axis.set_axis_off()
    return figure


@matplotlib.rc_context(STYLE | {"axes.grid": False, "axes.titlesize": 8})
def triptych(photos: dict[str, tuple[dict[str, np.ndarray], dict[str, float]]]) -> Figure:
    """Figure 2, with bicubic added: one row a photo.

    Args:
        photos: by photo; images (label -> uint8 (height, width, 3)) and their RGB PSNR in dB.
    """
    columns = len(next(iter(photos.values()))[0])
    figure, axes = plt.subplots(
        len(photos), columns, figsize=(2.6 * columns, 2 * len(photos)), squeeze=False
    )
    for row, (photo, (images, scores)) in zip(axes, photos.items(), strict=True):
        for axis, (label, image) in zip(row, images.items(), strict=True):
            score = f", {scores[label]:.2f} dB" if label in scores else f", photo {written(photo)}"
            axis.imshow(image, interpolation="nearest")
            axis.set_title(label + score, fontfamily=families([photo]))
            axis.set_axis_off()
    explain(figure, TESTED)
    return figure


@matplotlib.rc_context(STYLE)
def training_time(table: pd.DataFrame) -> Figure:
    """Figure 3: seconds of a training and of a step, the paper's beside ours.

    Args:
        table: from `comparison.times`.
    """
    names = [f"{row.run}\n{row.image_size}\n{row.device}" for row in table.itertuples()]
    colours = [GREYS[1], *COLOURS][: len(table)]
    figure, axes = plt.subplots(1, 2, figsize=(10, 1.4 + 0.6 * len(table)), sharey=True)
    for axis, column, digits, title in (
        (axes[0], "train_s", 0, "whole training (s), log scale"),
        (axes[1], "step_s", 2, "one step of 4 images (s)"),
    ):
        bars = axis.barh(names, table[column], color=colours)
        axis.bar_label(bars, fmt=f"{{:,.{digits}f}}", padding=3)
        axis.set_xlabel(title)
        axis.margins(x=0.2)
    axes[0].set_xscale("log")
    axes[0].invert_yaxis()
    return figure


@matplotlib.rc_context(STYLE)
def learning_curves(histories: dict[str, pd.DataFrame]) -> Figure:
    """Figure 4: loss and accuracy by epoch, the paper's log beside ours.

    Args:
        histories: label -> rows of the schema `history`.
    """
    curves = {"paper's log": pd.DataFrame(published_numbers.log()), **histories}
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for (label, table), colour in zip(curves.items(), [GREYS[2], *COLOURS], strict=False):
        for axis, metric in zip(axes, ("loss", "accuracy"), strict=True):
            for column, line, side in (
                (metric, ":", "training"),
                (f"val_{metric}", "-", "validation"),
            ):
                values = table[column].astype(float)
                axis.plot(
                    table["epoch"],
                    values,
                    line,
                    color=colour,
                    marker="o",
                    markersize=3,
                    label=f"{label}, {side}",
                )
    axes[0].set_yscale("log")
    axes[0].set_ylabel("MSE, RGB in [0, 1]")
    axes[1].set_ylabel("Keras' accuracy")
    for axis in axes:
        axis.set_xlabel("epoch")
    axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    explain(figure, "as Keras measures them: before rounding to 8 bits, no border crop")
    return figure
