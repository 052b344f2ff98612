"""Write the page of a network that comes with the workflow, from the run that made it.

`make release` runs it; everything on the page comes from that run, the network's own files and the
table of the training photographs.
"""

import argparse
import json
import sys
import textwrap
from pathlib import Path

import pandas as pd
from tabulate import tabulate

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow/scripts"))

from superres.core import csv_tables  # noqa: E402
from superres.core.methods import REFERENCE  # noqa: E402
from superres.data import training_set  # noqa: E402
from superres.networks.anatomy import understood  # noqa: E402
from superres.report import paired_comparisons  # noqa: E402
from superres.scoring import photo_scores  # noqa: E402
from superres.training import recipe as recipes  # noqa: E402

# Photos with the least gain that are named.
WORST = 3
# Characters of a line of text.
WIDTH = 120


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="beside its .json")
    parser.add_argument("--results", type=Path, default=Path("results"), help="of the run")
    parser.add_argument("--output", type=Path, required=True, help="page to write")
    arguments = parser.parse_args()
    about = json.loads(arguments.network.with_suffix(".json").read_text())
    scale = about["scale"]
    (trained,) = arguments.results.glob(f"*/x{scale}/{about['method']}/seed*/robustness.csv")
    benchmarks = {
        file.parent.parent: at_scale(csv_tables.read([file], "benchmark"), scale)
        for file in sorted(arguments.results.glob("*/tables/benchmark.csv"))
    }
    compared = {
        folder: rows
        for folder, rows in benchmarks.items()
        if about["method"] in set(rows["method"])
    }
    parts = (
        head(arguments.network, about),
        training(trained.parent, about),
        photographs(about),
        scores(compared, about),
        worst(compared, about),
        kinds(trained, scale),
        LIMITS[about["recipe"]["degradation"]],
    )
    arguments.output.write_text("\n".join(parts), encoding="utf-8")


LIMITS = {
    "bicubic": """\
## What it is not for

It was trained on clean LR made by bicubic, and sharpens what JPEG, noise and aliasing left, as the
table above shows; for photographs from cameras and web pages there is
[a network of its own](residual_photo_x2.md). What it adds is likely, not true: its output is no
evidence of what was there, as in faces, number plates, medical and legal pictures.
""",
    "realistic": """\
## What it is not for

It smooths what may be noise or a trace of JPEG, and with it some fine texture: a clean picture,
such as a rendering or a sharp photograph in a JPEG file of high quality, comes out sharper by
[the network for these](residual_x2.md). What it adds is likely, not true: its output is no evidence
of what was there, as in faces, number plates, medical and legal pictures.
""",
}


def at_scale(rows: pd.DataFrame, scale: int) -> pd.DataFrame:
    """Rows of one scale."""
    return rows[rows["scale"] == scale]


PICTURES = {
    "bicubic": "clean pictures",
    "realistic": "photographs as cameras and web pages leave them",
}


def head(network: Path, about: dict) -> str:
    """What it is and what it costs."""
    anatomy, scale = understood(network.read_bytes())
    rows = [
        ["file", f"`workflow/models/{network.name}`, {about['bytes'] / 1e6:.2f} MB"],
        ["SHA-256", f"`{about['sha256']}`"],
        ["architecture", f"`{about['recipe']['architecture']}`"],
        ["parameters", f"{anatomy.parameters:,}"],
        ["multiply-adds for one HR pixel", f"{anatomy.macs_per_hr_px:,.0f}"],
        ["receptive field, LR pixels", anatomy.receptive_field_px],
        ["commit", f"`{about['commit'][:7]}`"],
        ["lost by weights in 16 bits", lost(about["float16_weights"])],
        ["lost in bfloat16", lost_in_bfloat16(about["bfloat16"])],
    ]
    return (
        f"# {network.stem}\n\nA network that comes with the workflow, for a factor of {scale} and "
        f"{PICTURES[about['recipe']['degradation']]}.\nWritten by `make release`, which trains it "
        "again.\n\n" + table(rows, ["", ""])
    )


def lost_in_bfloat16(measured: dict | None) -> str:
    """What speed costs where the processor has such products."""
    if measured is None:
        return "not measured, so that it is computed in float32"
    return lost(measured)


def lost(measured: dict) -> str:
    """What a network loses on test photos, against the trained one in float32."""
    return (
        f"{measured['mean_lost_db']:.4f} dB, at most {measured['most_lost_db']:.4f} on a photo "
        f"(RGB PSNR, {measured['photos']} test photos)"
    )


def training(folder: Path, about: dict) -> str:
    """How it was trained."""
    recipe, timing = about["recipe"]["training"], about["training"]
    last = csv_tables.read([folder / "history.csv"], "history").iloc[-1]
    gain_db = last["val_psnr_rgb_db"] - last["val_bicubic_rgb_db"]
    validation = sum(row["split"] == "validation" for row in about["photos"])
    hr_patch_px = recipes.read(json.dumps(about["recipe"])).input.side_px(about["scale"])
    text = (
        f"{timing['steps']:,} steps of {recipe['batch_size']} patches of {hr_patch_px} px, "
        f"{timing['train_s'] / 60:.0f} minutes on one thread ({timing['device']}), "
        f"{timing['step_s'] * 1e3:.1f} ms a step; loss `{recipe['loss']}`, optimiser "
        f"`{recipe['optimizer']}` with a cosine from {recipe['learning_rate']:g} to 0, gradients "
        f"clipped at {recipe['clip_norm']:g}, weights averaged with a momentum of "
        f"{recipe['ema']:g}. {LR[about['recipe']['degradation']]} {taught(recipe)}"
        f"Gain over bicubic on {validation} validation photos, with such LR: {gain_db:+.3f} dB "
        "(RGB PSNR of 8 bits, peak 1.0, no border crop). [Models](../models.md) has what it was "
        "chosen from."
    )
    parts = [f"## How it was made\n\n{textwrap.fill(text, WIDTH)}\n"]
    if about["recipe"]["degradation"] == "realistic":
        parts.append(
            table(strengths(about["recipe"]["realistic"]), ["LR", "strength", "how often"])
        )
    return "\n".join(parts)


def taught(recipe: dict) -> str:
    """What the HR that it learned from was, if another network had a part in it."""
    if "teacher" not in recipe:
        return ""
    return (
        f"HR was half the photographs' own and half what `{recipe['teacher']}` predicts, the mean "
        "of eight views. "
    )


LR = {
    "bicubic": "LR was made by bicubic down-sampling.",
    "realistic": "LR was made anew for every patch, in the order of the table below.",
}


def strengths(ranges: dict) -> list[list]:
    """What spoiled LR images, how much and how often."""

    def row(name: str, key: str, unit: str) -> list:
        lowest, highest = ranges[key]
        share = ranges[f"{key.split('_')[0]}_share"]
        return [name, f"{lowest:g} to {highest:g} {unit}".strip(), f"{share:.0%}"]

    return [
        row("Gaussian blur", "blur_sigma_px", "HR px"),
        ["down-sampling, one of", ", ".join(ranges["filters"]), "100%"],
        row("sharpening", "sharpening", "of the difference from a blur of 1 LR px"),
        row("Gaussian noise", "noise_sigma", "grey levels of 255"),
        row("JPEG", "jpeg_quality", f"quality, {' or '.join(ranges['jpeg_chroma'])}"),
        ["of these, made from an earlier JPEG", "", f"{ranges['jpeg_twice_share']:.0%}"],
    ]


def photographs(about: dict) -> str:
    """What it learned from, by origin and licence."""
    listed = csv_tables.read([training_set.TABLE], "training_set")
    used = pd.DataFrame(about["photos"]).merge(listed, on="photo", how="left")
    learned = used[used["split"] == "train"]
    megapixels = learned["width_px"] * learned["height_px"] / 1e6
    rows = [
        [f"`{origin}`", len(group), f"{megapixels[group.index].sum():.1f}", licences(group)]
        for origin, group in learned.groupby("origin")
    ]
    rows.append(["together", len(learned), f"{megapixels.sum():.1f}", ""])
    return f"""## What it learned from

{table(rows, ["origin", "photographs", "megapixels", "licences"])}
Every photograph with its checksum is in the `.json` beside the network; its author, source and
licence in `workflow/photographs/training_set.csv`. None looks like a photo below: hashes of all
eight orientations were compared.
"""


def licences(group: pd.DataFrame) -> str:
    """Licences with their numbers of photographs."""
    counts = group["licence"].value_counts()
    return ", ".join(f"{licence} ({count})" for licence, count in counts.items())


def scores(compared: dict[Path, pd.DataFrame], about: dict) -> str:
    """Scores on every set of test photos, of all methods."""
    rows = []
    for folder, methods in compared.items():
        for row in methods.itertuples():
            own, is_gain = row.method == about["method"], row.method != REFERENCE
            gain_db = (row.gain_rgb_db, row.gain_low_db, row.gain_high_db)
            rows.append(
                [
                    shown(folder, about),
                    row.photos,
                    f"**{row.method}**" if own else row.method,
                    f"{row.psnr_rgb_db:.2f}",
                    f"{row.psnr_y_db:.2f}",
                    f"{row.psnr_field_db:.2f}",
                    paired_comparisons.interval(*gain_db) if is_gain else "",
                    paired_comparisons.won(row) if is_gain else "",
                ]
            )
    headers = ["photos", "number", "method", "RGB (dB)", "Y (dB)", "as papers score (dB)"]
    headers += ["gain over bicubic, RGB [95 % interval]", "photos won"]
    return f"""## What it gains

PSNR in dB, mean of per-image values, 8 bits, peak 1.0, border crop {about["scale"]}: of RGB; of
BT.601 Y; as papers score, which is Y as float, or the grey levels of grey files. `bundled`: the 16
test photos of the default; `free`: photos of the training collection that were held out;
`_realistic`: the same with LR like that of photographs; `unsplash`: twelve photos of the paper's
dataset; Set5, Set14 and BSD100 with their own LR files.

{table(rows, headers)}"""


def shown(folder: Path, about: dict) -> str:
    """Name of a dataset; of a set that has LR of one scale, without it."""
    return folder.name.removesuffix(f"_x{about['scale']}")


def worst(compared: dict[Path, pd.DataFrame], about: dict) -> str:
    """The photos with the least gain."""
    rows = []
    for folder in compared:
        per_image = at_scale(
            csv_tables.read([folder / "tables/per_image.csv"], "metrics"), about["scale"]
        )
        gains = photo_scores.gains(per_image).set_index("photo")
        gains_db = gains[gains["method"] == about["method"]]["gain_rgb_db"].nsmallest(WORST)
        named = ", ".join(f"{photo} {gain_db:+.2f}" for photo, gain_db in gains_db.items())
        rows.append([shown(folder, about), named])
    return "## Where it gains least\n\n" + table(rows, ["photos", "gain over bicubic, RGB (dB)"])


def kinds(file: Path, scale: int) -> str:
    """Gain by kind of LR on photos of the training collection that were held out."""
    measured = csv_tables.read([file], "robustness")
    rows = [
        [
            row.kind,
            f"{row.bicubic_psnr_db:.2f}",
            f"{row.psnr_db:.2f}",
            f"{row.gain_db:+.2f}",
            f"{row.least_gain_db:+.2f}, {row.greatest_gain_db:+.2f}",
            f"{row.won} of {row.photos}",
        ]
        for row in measured.itertuples()
    ]
    return f"""## Gain by kind of picture

What it gains over bicubic up-sampling of the same LR image on the {measured["photos"].max()} photos
of the training collection that were held out, by how that image was made:

{table(rows, ["LR", "bicubic", "network", "gain", "least, greatest", "won"])}
*RGB PSNR in dB, 8 bits, peak 1.0, border crop {scale}, means over photos. Lanczos, box and bilinear
are antialiased; nearest is one pixel of each block, and off by half a block less half a pixel;
blurred: a Gaussian of 1 HR px first. JPEG: quality, colours at half resolution unless 4:4:4; "75,
then 90": cropped and saved again. Noise: sigma in grey levels of 255.*
"""


def table(rows: list[list], headers: list[str]) -> str:
    """A table in Markdown."""
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True) + "\n"


if __name__ == "__main__":
    main()
