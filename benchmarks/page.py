"""Write docs/benchmark.md from what the benchmarks measured."""

import argparse
import json
from pathlib import Path

from tabulate import tabulate
from turns import ROOT


def main() -> None:
    """One section a benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measured", type=Path, required=True, help="folder of their JSON files")
    folder = parser.parse_args().measured
    found = {name: json.loads((folder / f"{name}.json").read_text()) for name in SECTIONS}
    text = HEAD + "".join(
        section(found[name]) + about(found[name]["machine"]) for name, section in SECTIONS.items()
    )
    (ROOT / "docs/benchmark.md").write_text(text)


HEAD = """# Benchmark

Written by `make benchmark`, which measures everything again on your machine. Every comparison is
made in turns on one machine, which each section names, each turn in a process of its own; numbers
are medians with the least and the greatest in brackets, and ratios are formed turn by turn.
"""


def about(machine: dict) -> str:
    """Hardware and versions."""
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"\n*{machine['processor']}, {machine['cpus']} logical CPUs, {machine['system']}, "
        f"Python {machine['python']}, {versions}.*\n"
    )


def shown(values: dict, digits: int = 2) -> str:
    """A spread in words."""
    median, least, greatest = (
        f"{values[key]:,.{digits}f}" for key in ("median", "least", "greatest")
    )
    return f"{median} [{least}, {greatest}]"


def table(rows: list[list], headers: list[str]) -> str:
    """A table in Markdown."""
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True) + "\n"


def pipeline(found: dict) -> str:
    """The input pipeline alone."""
    rows = [
        ["this workflow", shown(found["images_per_s"]["ours"])],
        ["ImageDataGenerator", shown(found["images_per_s"]["notebook"])],
        ["ratio", shown(found["ours_to_notebook"])],
    ]
    return (
        "\n## Input pipeline\n\nPairs of 1200x800 px, read and decoded, without a model.\n\n"
        + table(rows, ["", "images a second"])
        + f"\nPeak memory {found['peak_mb']:,.0f} MB; after eight times as many batches "
        f"{found['peak_mb_after_8_times_as_many']:,.0f} MB.\n\n"
        f"Patches of 64 px in batches of {found['patches_per_batch']}, from photos of 1200x800 px, "
        f"{found['held_mb']} MB of which are held at a time:\n\n"
        + table(
            [
                [f"{int(count):,}", f"{turn['batches_per_s']:,.0f}", f"{turn['peak_mb']:,.0f}"]
                for count, turn in found["patches"].items()
            ],
            ["photos", "batches a second", "peak MB"],
        )
    )


def training(found: dict) -> str:
    """Trainings end to end, and the step of the paper's network beside the machine's ceiling."""
    ways = [
        [*way.split(", "), found["precisions"][way], shown(rates), shown(found["to_plain"][way])]
        for way, rates in found["images_per_s"].items()
    ]
    ceiling = [
        ["step, GFLOP/s", shown(found["gflop_per_s"]["step"], 0)],
        [
            "one convolution and its gradients, GFLOP/s",
            shown(found["gflop_per_s"]["convolution"], 0),
        ],
        ["one matrix product, GFLOP/s", shown(found["gflop_per_s"]["matrix product"], 0)],
        ["step to convolution", shown(found["step_to_convolution"])],
        ["step to matrix product", shown(found["step_to_matrix_product"])],
    ]
    return (
        "\n## Training\n\n"
        f"`paper_autoencoder` on {found['threads']} threads, on whole images of 240x160 px in "
        "batches of four, plain by `model.fit` on two ImageDataGenerators, as in the public "
        "notebooks; `lr_autoencoder` on one thread, on the default's patches of 64 px in batches "
        f"of {found['patches_per_batch']}, plain by `model.fit` with Adam on a PyDataset, "
        "otherwise with the default's recipe: Muon, clipped gradients and averaged weights. "
        "`auto` is what this workflow chooses on this machine.\n\n"
        + table(ways, ["network", "way", "precision", "images or patches a second", "to plain"])
        + "\nThe step of `paper_autoencoder` in float32 on data in memory. A multiply-add counts "
        "as two operations, forward and backward as three times forward. The step can exceed "
        "the one convolution, whose shape is not the best for every product.\n\n"
        + table(ceiling, ["", ""])
    )


def prediction(found: dict) -> str:
    """Speed and memory of prediction."""
    rows = [
        [
            row["network"],
            f"{row['megapixels']:g}",
            row["runtime"],
            row["precision"],
            row["how"],
            shown(row["megapixels_per_s"]),
            shown(row["megapixels_per_cpu_s"]),
            shown(row["to_ours"]),
            shown(row["on_all_cpus_per_s"]) if row["on_all_cpus_per_s"] else "",
            f"{row['of_product']['median']:.0%}",
            f"{row['peak_mb']:,.0f}",
        ]
        for row in found["rows"]
    ]
    headers = ["network, x2", "MP of output", "runtime", "precision", "way", "MP/s"]
    headers += ["MP a CPU second", "to ours", "MP/s on all CPUs", "of a matrix product", "peak MB"]
    return (
        "\n## Prediction\n\n"
        f"CPU threads: {found['threads']}, and as many as there are CPUs in one column. Peak "
        "memory is that of the whole process, Python and the runtime with it. Ours is OpenVINO in "
        "float32 and tiles, which give the whole image's pixels; the ratio is of CPU seconds. "
        "Beside it, multiply-adds of the network a second as a share of those of a product of two "
        "large matrices in the same precision, which are converted to it first, so that a network "
        "can exceed it.\n\n"
    ) + table(rows, headers)


def scoring(found: dict) -> str:
    """Scores beside those of the libraries."""
    rows = [
        ["this workflow, all its scores", shown(found["cpu_s"]["ours"])],
        [
            "PSNR and SSIM of scikit-image, FLIP of flip-evaluator",
            shown(found["cpu_s"]["libraries"]),
        ],
        ["ratio", shown(found["libraries_to_ours"])],
    ]
    largest = max(found["differences"].values())
    return (
        "\n## Scoring\n\n"
        f"A photo of {found['megapixels']:g} MP, one thread. No score differs by more than "
        f"{largest:.0e} from the library's.\n\n"
    ) + table(rows, ["", "CPU seconds a photo"])


def peers(found: dict) -> str:
    """What one could install instead."""
    rows = [
        [
            row["set"],
            row["photos"],
            row["name"],
            f"{row['psnr_rgb_db']:.2f}",
            f"{row['ssim_rgb']:.4f}",
            shown(row["megapixels_per_cpu_s"]),
        ]
        for row in found["rows"]
    ]
    headers = ["photos", "number", "what", "PSNR RGB (dB)", "SSIM RGB", "MP of output a CPU second"]
    not_run = "".join(
        f"\nNot run here: {name} ({why}).\n" for name, why in found["not_run"].items()
    )
    return (
        (
            "\n## The shipped network and its peers, x2\n\n"
            "LR by bicubic with antialiasing; PSNR (peak 1.0) and SSIM (11x11 Gaussian, sigma 1.5) "
            "of 8-bit RGB, border crop 2, mean of per-image values. This network learned from none "
            "of these photos; what the others learned from is not known.\n\n"
        )
        + table(rows, headers)
        + not_run
    )


def workflow(found: dict) -> str:
    """What Snakemake itself takes."""
    rows = [
        [
            count,
            shown(found["dry_run_s"][count]),
            shown(found["dry_run_to_fewest"][count]),
            shown(found["no_op_s"][count]),
            shown(found["no_op_to_fewest"][count]),
        ]
        for count in found["dry_run_s"]
    ]
    headers = ["photos", "dry run, s", "to the fewest", "nothing to do, s", "to the fewest"]
    return "\n## The workflow itself\n\n" + table(rows, headers)


SECTIONS = {
    "input_pipeline": pipeline,
    "training": training,
    "prediction": prediction,
    "scoring": scoring,
    "peers": peers,
    "workflow": workflow,
}


if __name__ == "__main__":
    main()
