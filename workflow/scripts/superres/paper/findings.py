"""The paper beside what was computed here: its tables, and an audit of the split."""

import pandas as pd

from superres.core.decibels import psnr_db
from superres.core.methods import UNCHANGED
from superres.paper import published_numbers
from superres.scoring.photo_scores import exact

# Above this relative difference, a number of ours is said to differ from the paper's log.
TOLERANCE = 0.1


def layers(ours: pd.DataFrame) -> pd.DataFrame:
    """Table 1, row by row.

    Args:
        ours: rows of the schema `architecture`, in the order of the graph.

    Returns:
        Columns of both, and agrees (yes or no); the last row is the total.
    """
    theirs = pd.DataFrame(
        published_numbers.TABLE_1,
        columns=["paper_layer", "paper_type", "paper_shape", "paper_parameters"],
    )
    table = pd.concat([theirs, ours[["name", "type", "output_shape", "parameters"]]], axis=1)
    same = (
        (table["paper_type"] == table["type"])
        & (table["paper_shape"] == table["output_shape"])
        & (table["paper_parameters"] == table["parameters"])
    )
    table["agrees"] = same.map({True: "yes", False: "no"})
    total = ours["parameters"].sum()
    agrees = (
        "yes"
        if total == published_numbers.TOTAL
        and ours["trainable"].sum() == published_numbers.TRAINABLE
        else "no"
    )
    table.loc[len(table)] = [
        "total",
        "",
        "",
        published_numbers.TOTAL,
        "total",
        "",
        "",
        total,
        agrees,
    ]
    return table


def results(history: pd.DataFrame, per_image: pd.DataFrame, model: str) -> pd.DataFrame:
    """Table 2: the paper's, its log's, ours, and what needs no training, on the same rows.

    Args:
        history: of the paper's model, with Keras' own validation loss and accuracy.
        per_image: rows of the schema `metrics`, on the validation rows.
        model: name of the paper's model.

    Returns:
        Columns row, epoch, loss, accuracy, val_loss, val_accuracy, psnr_db (mean over photos),
        psnr_of_mean_mse_db, disagreement.
    """
    log = pd.DataFrame(published_numbers.log())
    printed = {metric: float(text) for metric, text in published_numbers.TABLE_2.items()}
    rows = [{"row": "paper, Table 2", **printed, "disagreement": _mixed_epochs()}]
    for name, table in (("paper's log", log), ("ours", history)):
        best = table["val_loss"].astype(float).idxmin()
        for which, at in (("best epoch", best), ("last epoch", len(table) - 1)):
            row = table.loc[at, ["epoch", *published_numbers.METRICS]].to_dict()
            rows.append({"row": f"{name}, {which}", **row, "disagreement": ""})
    for theirs, ours in zip(rows[1:3], rows[3:5], strict=True):
        ours["disagreement"] = _differences(ours, theirs)
    scored = per_image.groupby("method", sort=False)[["mse_rgb", "accuracy"]].mean()
    finite = per_image[~per_image["photo"].isin(exact(per_image)["photo"])]
    scored["psnr_rgb_db"] = finite.groupby("method")["psnr_rgb_db"].mean()
    names = {model: "ours, predictions in 8 bits", UNCHANGED: "input unchanged"}
    for method, means in scored.iterrows():
        rows.append(
            {
                "row": names.get(method, method),
                "val_loss": means["mse_rgb"],
                "val_accuracy": means["accuracy"],
                "psnr_db": means["psnr_rgb_db"],
                "disagreement": "" if method == model else _beats(means, scored.loc[model]),
            }
        )
    table = pd.DataFrame(rows)
    table["psnr_of_mean_mse_db"] = table["val_loss"].map(psnr_db)
    table["epoch"] = table["epoch"].astype("Int64")
    return table[
        [
            "row",
            "epoch",
            *published_numbers.METRICS,
            "psnr_db",
            "psnr_of_mean_mse_db",
            "disagreement",
        ]
    ]


def _mixed_epochs() -> str:
    found = {
        metric: published_numbers.epochs_that_print(metric, text)
        for metric, text in published_numbers.TABLE_2.items()
    }
    agreements = [
        f"{metric} {published_numbers.TABLE_2[metric]} is in "
        + (f"epoch {' and '.join(map(str, epochs))}" if epochs else "no epoch")
        + " of the log"
        for metric, epochs in found.items()
    ]
    common = set.intersection(*(set(epochs) for epochs in found.values() if epochs))
    return "; ".join([*agreements, *([] if common else ["epochs are mixed"])])


def _differences(ours: dict, theirs: dict) -> str:
    ratios = {
        metric: ours[metric] / theirs[metric]
        for metric in published_numbers.METRICS
        if theirs[metric]
    }
    return "; ".join(
        f"{metric} {ratio:.2f} times the log's"
        for metric, ratio in ratios.items()
        if abs(ratio - 1) > TOLERANCE
    )


def _beats(means: pd.Series, ours: pd.Series) -> str:
    better = []
    for whose, mse, accuracy in (
        ("our model's", ours["mse_rgb"], ours["accuracy"]),
        (
            "the paper's table",
            float(published_numbers.TABLE_2["val_loss"]),
            float(published_numbers.TABLE_2["val_accuracy"]),
        ),
    ):
        if means["mse_rgb"] < mse:
            better.append(f"MSE below {whose}")
        if means["accuracy"] > accuracy:
            better.append(f"accuracy above {whose}")
    return "; ".join(better)


def leakage(splits: dict[str, dict[int, pd.DataFrame]]) -> pd.DataFrame:
    """How many measured photos were also learned from, at any scale.

    Args:
        splits: dataset -> scale -> rows of the schema `split`.

    Returns:
        Columns dataset, split, scale, photos, photos_in_training, share_percent, and the same of
        scenes (near-duplicates count as one).
    """
    rows = []
    for dataset, by_scale in splits.items():
        learned = pd.concat(by_scale.values()).query("split == 'train'")
        for scale, table in by_scale.items():
            for split in ("validation", "test"):
                held_out = table[table["split"] == split]
                if held_out.empty:
                    continue
                photos = held_out["photo"].isin(set(learned["photo"]))
                scenes = held_out["scene"].isin(set(learned["scene"]))
                rows.append(
                    {
                        "dataset": dataset,
                        "split": split,
                        "scale": scale,
                        "photos": len(held_out),
                        "photos_in_training": int(photos.sum()),
                        "share_percent": 100 * photos.mean(),
                        "alike_in_training": int(scenes.sum()),
                        "alike_percent": 100 * scenes.mean(),
                    }
                )
    return pd.DataFrame(rows)


def times(timings: dict[str, dict], sizes: dict[str, str]) -> pd.DataFrame:
    """Training time beside the paper's.

    Args:
        timings: dataset -> what `training.train` says of its time.
        sizes: dataset -> image size in words.

    Returns:
        Columns run, image_size, device, train_s, steps, step_s, images_per_s.
    """
    steps = published_numbers.EPOCHS * published_numbers.STEPS_PER_EPOCH
    rows = [
        {
            "run": "the paper",
            "image_size": "{}x{} px".format(*published_numbers.SIZE_PX),
            "device": published_numbers.DEVICE,
            "train_s": published_numbers.TRAIN_S,
            "steps": steps,
            "step_s": published_numbers.STEP_S,
            "images_per_s": published_numbers.BATCH_SIZE / published_numbers.STEP_S,
        }
    ]
    for dataset, timing in timings.items():
        measured = {key: timing[key] for key in ("train_s", "steps", "step_s", "images_per_s")}
        device = f"{timing['device']}, {timing['cpus']} processors"
        rows.append(
            {"run": f"ours, {dataset}", "image_size": sizes[dataset], "device": device, **measured}
        )
    return pd.DataFrame(rows)
