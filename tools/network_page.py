"""Write the page of a network that comes with the workflow, from the run that made it.

`make release` runs it; everything on the page comes from that run, the network's own files and the
table of the training photographs.
"""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator
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
    parts = (
        head(arguments.network, about),
        training(arguments.results, about),
        photographs(about),
        scores(arguments.results, about),
        worst(arguments.results, about),
        kinds(arguments.results, about),
        LIMITS,
    )
    arguments.output.write_text("\n".join(parts), encoding="utf-8")


LIMITS = """\
## What it is not for

It was trained on clean LR made by bicubic, and sharpens what JPEG, noise and aliasing left, as the
table above shows. What it adds is likely, not true: its output is no evidence of what was there, as
in faces, number plates, medical and legal pictures.
"""


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
    ]
    return (
        f"# {network.stem}\n\nThe network that comes with the workflow, for a factor of {scale}. "
        "Written by `make release`, which trains it again.\n\n" + table(rows, ["", ""])
    )


def training(results: Path, about: dict) -> str:
    """How it was trained, beside what was trained alike."""
    recipe, timing = about["recipe"]["training"], about["training"]
    rows = []
    for file in sorted(results.glob("free/x*/*/seed*/history.csv")):
        history = csv_tables.read([file], "history")
        arm = json.loads((file.parent / "timing.json").read_text())
        last = history.iloc[-1]
        gain_db = last["val_psnr_rgb_db"] - last["val_bicubic_rgb_db"]
        rows.append(
            [
                f"`{file.parts[-3]}`",
                f"{arm['steps']:,}",
                f"{arm['train_s'] / 60:.0f}",
                f"{arm['step_s'] * 1e3:.1f}",
                f"{gain_db:+.3f}",
            ]
        )
    validation = sum(row["split"] == "validation" for row in about["photos"])
    text = (
        f"{timing['steps']:,} steps of {recipe['batch_size']} patches of {recipe['hr_patch_px']} "
        f"px, {timing['train_s'] / 60:.0f} minutes on one thread ({timing['device']}); loss "
        f"`{recipe['loss']}`, optimiser `{recipe['optimizer']}` with a cosine from "
        f"{recipe['learning_rate']:g} to 0, gradients clipped at {recipe['clip_norm']:g}, weights "
        f"averaged with a momentum of {recipe['ema']:g}. It was chosen from networks that were "
        f"trained alike, by the gain over bicubic on {validation} validation photos (RGB PSNR of "
        "8 bits, peak 1.0, no border crop) and nothing else:"
    )
    headers = ["network", "steps", "minutes", "ms a step", "validation gain (dB)"]
    return f"## How it was made\n\n{textwrap.fill(text, WIDTH)}\n\n{table(rows, headers)}"


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


def benchmarks(results: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Datasets and the rows of their methods."""
    for file in sorted(results.glob("*/tables/benchmark.csv")):
        yield file.parts[-3], csv_tables.read([file], "benchmark")


def scores(results: Path, about: dict) -> str:
    """Scores on every set of test photos, of all methods."""
    rows = []
    for dataset, methods in benchmarks(results):
        for row in methods.itertuples():
            own, compared = row.method == about["method"], row.method != REFERENCE
            gain_db = (row.gain_rgb_db, row.gain_low_db, row.gain_high_db)
            rows.append(
                [
                    dataset,
                    row.photos,
                    f"**{row.method}**" if own else row.method,
                    f"{row.psnr_rgb_db:.2f}",
                    f"{row.psnr_y_db:.2f}",
                    f"{row.psnr_field_db:.2f}",
                    paired_comparisons.interval(*gain_db) if compared else "",
                    paired_comparisons.won(row) if compared else "",
                ]
            )
    headers = ["photos", "number", "method", "RGB (dB)", "Y (dB)", "as papers score (dB)"]
    headers += ["gain over bicubic, RGB [95 % interval]", "photos won"]
    return f"""## What it gains

PSNR in dB, mean of per-image values, 8 bits, peak 1.0, border crop 2: of RGB; of BT.601 Y; as
papers score, which is Y as float, or the grey levels of grey files. `bundled`: the 16 test photos
of the default; `free`: photos of the training collection that were held out; `unsplash`: twelve
photos of the paper's dataset; Set5, Set14 and BSD100 with their own LR files.

{table(rows, headers)}"""


def worst(results: Path, about: dict) -> str:
    """The photos with the least gain."""
    rows = []
    for dataset, _ in benchmarks(results):
        per_image = csv_tables.read([results / dataset / "tables/per_image.csv"], "metrics")
        gains = photo_scores.gains(per_image).set_index("photo")
        gains_db = gains[gains["method"] == about["method"]]["gain_rgb_db"].nsmallest(WORST)
        named = ", ".join(f"{photo} {gain_db:+.2f}" for photo, gain_db in gains_db.items())
        rows.append([dataset, named])
    return "## Where it gains least\n\n" + table(rows, ["photos", "gain over bicubic, RGB (dB)"])


def kinds(results: Path, about: dict) -> str:
    """Gain by kind of LR on photos of the training collection that were held out."""
    (file,) = results.glob(f"free/x*/{about['method']}/seed*/robustness.csv")
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
    return f"""## Pictures that are not clean

What it gains over bicubic up-sampling of the same LR image on the {measured["photos"].max()} photos
of the training collection that were held out, by how that image was made:

{table(rows, ["LR", "bicubic", "network", "gain", "least, greatest", "won"])}
*RGB PSNR in dB, 8 bits, peak 1.0, border crop 2, means over photos. Lanczos, box and bilinear are
antialiased; nearest is one pixel of each block, and half a pixel off; blurred: a Gaussian of 1 HR
px first. JPEG: quality, colours at half resolution unless 4:4:4. Noise: sigma in grey levels of
255.*
"""


def table(rows: list[list], headers: list[str]) -> str:
    """A table in Markdown."""
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True) + "\n"


if __name__ == "__main__":
    main()
