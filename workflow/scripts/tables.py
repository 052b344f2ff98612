"""Tables for people: one command per table."""

import json
from pathlib import Path
from typing import Literal

from superres.core.console import run


def benchmark(
    metrics: list[Path],
    title: str,
    per_image: Path,
    benchmark: tuple[Path, Path, Path, Path],
    comparisons: tuple[Path, Path, Path],
    lpips: tuple[Path, ...] = (),
    summaries: tuple[Path, ...] = (),
    histories: tuple[Path, ...] = (),
    split: Literal["test", "validation"] = "test",
    against: tuple[str, ...] = ("bicubic",),
    confidence: float = 0.95,
    resamples: int = 10000,
) -> None:
    """Compare all methods: scores of every photo, the benchmark, and method against method.

    Args:
        metrics: one CSV per method, in table order.
        title: heading of the page.
        per_image: CSV to write, all scores.
        benchmark: .csv, .md, .html and .txt file to write.
        comparisons: .csv, .md and .html file to write.
        lpips: CSV of LPIPS, where that was run.
        summaries: one JSON per training.
        histories: one CSV per training.
        split: photos that were scored.
        against: references.
        confidence: level of the intervals.
        resamples: number of bootstrap samples.
    """
    from superres.core import csv_tables
    from superres.core.atomic import write_text
    from superres.report import benchmark_page, pages, paired_comparisons, score_tables

    scores = csv_tables.read(metrics, "metrics")
    perceptual = csv_tables.read(lpips, "lpips") if lpips else None
    models = [json.loads(file.read_text()) for file in summaries]
    epochs = [csv_tables.read([file], "history") for file in histories]
    compared = paired_comparisons.comparisons(scores, against, confidence, resamples)
    table = score_tables.benchmark(scores, perceptual, models, epochs, compared)
    about = (title, split, confidence)
    page = benchmark_page.benchmark_page(table, compared, scores, *about)
    csv_tables.write(scores, per_image, "metrics")
    csv_tables.write(table, benchmark[0], "benchmark")
    pages.write(page, benchmark[1:3])
    write_text(benchmark[3], benchmark_page.terminal(table, title, split))
    csv_tables.write(compared, comparisons[0], "comparisons")
    pages.write(paired_comparisons.comparisons_page(compared, scores, *about), comparisons[1:])


def training(
    summaries: list[Path],
    timings: list[Path],
    histories: list[Path],
    title: str,
    output: list[Path],
) -> None:
    """Show what every training cost, and whether more of it would have helped.

    Args:
        summaries: JSON of every training.
        timings: JSON of every training.
        histories: CSV of every training.
        title: dataset.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.score_tables import publish
    from superres.report.score_tables import training as table_of
    from superres.scoring import convergence

    table = table_of(
        *([json.loads(file.read_text()) for file in files] for files in (summaries, timings)),
        [csv_tables.read([file], "history") for file in histories],
    )
    note = (
        "train_s holds validation, images_per_s (median of steps) does not; hr_megapixels_seen: HR "
        "pixels that the steps learned from, repeated ones as often. validation_db: of the last "
        "epoch, mean RGB PSNR of 8-bit validation photos (peak 1.0, no border crop), or -10 log10 "
        f"of the validation loss of trainings on whole images; {convergence.HOW}."
    )
    publish(table, f"{title}: trainings", note, output)


def test_sets(
    benchmarks: list[Path], datasets: list[str], standard_sets: list[str], output: list[Path]
) -> None:
    """Put the benchmarks of all test sets into one table, published scores beside ours.

    Args:
        benchmarks: CSV of every dataset.
        datasets: their names.
        standard_sets: which published set each is, or none.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.benchmark_page import CONVENTION
    from superres.report.score_tables import publish
    from superres.scoring import standard_sets as published

    read = {
        dataset: csv_tables.read([file], "benchmark")
        for dataset, file in zip(datasets, benchmarks, strict=True)
    }
    table, remarks = published.together(read, dict(zip(datasets, standard_sets, strict=True)))
    note = " ".join([CONVENTION, "Gain: RGB PSNR over bicubic, paired by photo.", *remarks])
    publish(table, "All test sets", note, output)


def quarantine(
    quarantine: list[Path],
    photos: list[Path],
    output: list[Path],
    size_px: tuple[int, int] | None = None,
) -> None:
    """List all input that was left out or resized, with the reason.

    Args:
        quarantine: CSV files of what was left out.
        photos: photo tables.
        output: files to write, by ending.
        size_px: width and height that all photos were given.
    """
    from superres.core import csv_tables
    from superres.report import score_tables

    left_out = csv_tables.read(quarantine, "quarantine")
    taken = csv_tables.read(photos, "photos")
    table, note = score_tables.left_out(left_out, taken, size_px)
    score_tables.publish(table, "Input that was left out or resized", note, output)


def parity(parity: Path, title: str, output: list[Path]) -> None:
    """Show which runtimes agree with Keras, and which one predicts.

    Args:
        parity: CSV of the runtimes.
        title: the model in words.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.score_tables import publish

    note = (
        "One network and one random image of 0.24 megapixels, on one thread of a CPU. Greatest "
        "difference to Keras and PSNR against it: of outputs in [0, 1] before rounding (peak 1.0). "
        "Megapixels of output a second: median, least and greatest of turns. Peak: memory (10^6 "
        "bytes) for runtime, network and image beyond Python and NumPy. A runtime agrees where it "
        "differs by less than 0.0001, a fortieth of an 8-bit step; the fastest that agrees is "
        "chosen."
    )
    publish(csv_tables.read([parity], "parity"), f"{title}: runtimes", note, output)


def robustness(robustness: Path, title: str, output: list[Path]) -> None:
    """Show what a network gains on LR images that are not clean bicubic.

    Args:
        robustness: CSV of the kinds of LR.
        title: the model in words.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.score_tables import publish

    note = (
        "Gain over bicubic up-sampling of the same LR image, RGB PSNR (8 bits, peak 1.0, border "
        "crop = scale), mean, least and greatest over test photos. The network learned from the "
        "first kind. Lanczos, box, bilinear: antialiased; nearest: one pixel of each block; "
        "blurred: Gaussian of 1 HR px first. JPEG: quality, colours at half resolution unless "
        "4:4:4. Noise: Gaussian, sigma in grey levels of 255, seeded by the photo's name."
    )
    publish(csv_tables.read([robustness], "robustness"), f"{title}: kinds of LR", note, output)


def front(benchmark: Path, costs: Path, speeds: list[Path], title: str, output: list[Path]) -> None:
    """Put gain beside cost, and mark the methods that no other beats at their cost.

    Args:
        benchmark: CSV of gains.
        costs: CSV derived from the graphs.
        speeds: one CSV per scale.
        title: dataset.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.benchmark_page import CONVENTION
    from superres.report.score_tables import publish
    from superres.scoring import pareto

    table = pareto.table(
        csv_tables.read([benchmark], "benchmark"),
        csv_tables.read([costs], "costs"),
        csv_tables.read(speeds, "speed"),
    )
    device = ", ".join(table["device"].unique())
    note = (
        f"{CONVENTION} Gain: RGB PSNR over bicubic, paired by photo. Multiply-adds of all "
        "convolutions for one HR pixel; receptive field, halo and period in input pixels; all from "
        f"the graph. Megapixels of output a second: median of turns on one thread of {device}. "
        "On a front: no other method gains as much for as few multiply-adds, or at such a speed."
    )
    publish(table.drop(columns="device"), f"{title}: gain against cost", note, output)


def sweep(
    cells: str, histories: list[Path], timings: list[Path], title: str, output: list[Path]
) -> None:
    """Compare the cells of a sweep on the validation photos.

    Args:
        cells: JSON, values and recipe of every cell.
        histories: CSV of all seeds of all cells.
        timings: JSON of all seeds of all cells.
        title: name of the sweep.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.report.score_tables import publish
    from superres.scoring import sweep_ranking

    table = sweep_ranking.table(
        json.loads(cells),
        [csv_tables.read([file], "history") for file in histories],
        [json.loads(file.read_text()) for file in timings],
    )
    note = (
        "RGB PSNR on the validation photos of the weights that were kept (peak 1.0, 8-bit, no "
        "border crop, mean over photos): mean over seeds, lowest and highest. Best cell first; "
        "test photos play no part."
    )
    publish(table, f"Sweep {title}", note, output)


def layers(architecture: Path, output: list[Path]) -> None:
    """Compare the layers of a model with Table 1 of the paper, row by row.

    Args:
        architecture: CSV of our layers.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.paper import findings
    from superres.report import score_tables

    score_tables.publish(
        findings.layers(csv_tables.read([architecture], "architecture")),
        "Table 1: the paper's layers and ours",
        "At 1200x800 px. A row agrees where kind, output shape and number of parameters do.",
        output,
    )


def results(history: Path, per_image: Path, model: str, output: list[Path]) -> None:
    """Compare a training with Table 2 of the paper, its log, and what needs no training.

    Args:
        history: CSV of the paper's model.
        per_image: CSV of scores.
        model: name of the paper's model.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.paper import findings
    from superres.report import score_tables

    table = findings.results(
        csv_tables.read([history], "history"), csv_tables.read([per_image], "metrics"), model
    )
    score_tables.publish(
        table,
        "Table 2: the paper's results and ours",
        "MSE on RGB in [0, 1], no border crop; accuracy is Keras' categorical one over the three "
        "channels. Rows of trainings: as Keras measured them on the validation rows, not rounded. "
        "Other rows: the same validation rows, 8-bit images, means over photos. psnr_db: RGB, peak "
        "1.0, border crop = scale, mean over photos; psnr_of_mean_mse_db is another number.",
        output,
    )


def leakage(splits: list[Path], labels: list[str], output: list[Path]) -> None:
    """Count the held-out photos that were also learned from.

    Args:
        splits: split tables.
        labels: <dataset>:<scale>, one per table.
        output: files to write, by ending.
    """
    from superres.core import csv_tables
    from superres.paper import findings
    from superres.report import score_tables

    read: dict[str, dict] = {}
    for label, file in zip(labels, splits, strict=True):
        dataset, scale = label.rsplit(":", 1)
        read.setdefault(dataset, {})[int(scale)] = csv_tables.read([file], "split")
    score_tables.publish(
        findings.leakage(read),
        "Held-out photos that are in training",
        "From the split files: a photo counts where its HR image is in training at any scale; "
        "alike counts near-duplicates too (perceptual hash).",
        output,
    )


def time(timings: list[Path], labels: list[str], sizes: list[str], output: list[Path]) -> None:
    """Compare the training time with the paper's.

    Args:
        timings: JSON files.
        labels: dataset of every timing.
        sizes: image size of every timing in words.
        output: files to write, by ending.
    """
    from superres.paper import findings
    from superres.report import score_tables

    read = [json.loads(file.read_text()) for file in timings]
    table = findings.times(
        dict(zip(labels, read, strict=True)), dict(zip(labels, sizes, strict=True))
    )
    score_tables.publish(
        table,
        "Training time of the paper's model",
        "A step has 4 images; step_s is the median without validation, train_s holds validation "
        "too. Other machines, sizes and numbers of steps are not the paper's.",
        output,
    )


def answer(
    layers: Path,
    results: Path,
    leakage: Path,
    as_run: Path,
    clean: Path,
    model: str,
    output: list[Path],
    confidence: float = 0.95,
    resamples: int = 10000,
) -> None:
    """Say in sentences whether the paper's result holds.

    Args:
        layers: CSV of that table.
        results: CSV of that table.
        leakage: CSV of that table.
        as_run: CSV of scores, the paper's way.
        clean: CSV of scores on photos that nothing was trained on.
        model: name of the paper's model.
        output: files to write, by ending.
        confidence: level of the intervals.
        resamples: number of bootstrap samples.
    """
    import pandas as pd

    from superres.core import csv_tables
    from superres.paper import answers
    from superres.report import pages
    from superres.report.benchmark_page import CONVENTION
    from superres.report.paired_comparisons import how_compared, how_exact

    scores = [csv_tables.read([file], "metrics") for file in (as_run, clean)]
    sentences = answers.answer(
        pd.read_csv(layers, keep_default_na=False),
        pd.read_csv(results),
        pd.read_csv(leakage),
        *scores,
        model,
        confidence,
        resamples,
    )
    body = "".join(f"- {sentence}\n" for sentence in sentences)
    trainings = any(table["seed"].nunique() > 1 for table in scores)
    how = how_compared("the comparisons of this page", confidence, trainings)
    page = (
        f"# Does the paper's result hold?\n\n{body}\nMSE and accuracy: RGB on [0, 1], no border "
        f"crop. {CONVENTION} {how}{how_exact(scores[1])}\n"
    )
    pages.write(page, output)


if __name__ == "__main__":
    run(
        benchmark,
        training,
        test_sets,
        quarantine,
        parity,
        robustness,
        front,
        sweep,
        layers,
        results,
        leakage,
        time,
        answer,
    )
