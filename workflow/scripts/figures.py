"""Figures and the comparison page: one command per figure."""

from pathlib import Path
from typing import Literal

from superres.core.console import run


def gains(
    per_image: Path,
    benchmark: Path,
    output: list[Path],
    models: tuple[str, ...] = (),
    dpi: int = 150,
) -> None:
    """Draw the gain over bicubic of every photo measured.

    Args:
        per_image: CSV of all scores.
        benchmark: CSV of the means.
        output: .png and .svg file to write.
        models: methods that are trained.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.report import plots
    from superres.scoring import photo_scores

    table = photo_scores.gains(csv_tables.read([per_image], "metrics"))
    means = csv_tables.read([benchmark], "benchmark")
    plots.save(plots.gains(table, means, models), output, dpi)


def learning_curves(
    histories: list[Path], labels: list[str], seeds: list[int], output: list[Path], dpi: int = 150
) -> None:
    """Draw loss and validation PSNR of every training.

    Args:
        histories: CSV files.
        labels: one per history.
        seeds: one per history.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.report import plots

    read = {
        (label, seed): csv_tables.read([file], "history")
        for label, seed, file in zip(labels, seeds, histories, strict=True)
    }
    plots.save(plots.learning_curves(read), output, dpi)


def crops(
    pairs: list[Path],
    predictions: list[Path],
    methods: list[str],
    per_image: Path,
    scale: int,
    output: list[Path],
    models: list[str] | None = None,
    photos: int = 3,
    crop_px: int = 64,
    dpi: int = 150,
) -> None:
    """Draw photos with one region enlarged as bicubic and the trained methods give it.

    Args:
        pairs: folders of pairs.
        predictions: folders of PNG files, all shards of the first method, then of the second, ...
        methods: of the predictions, in order.
        per_image: CSV of all scores.
        scale: whole factor.
        output: .png and .svg file to write.
        models: trained methods; without one, all methods are shown.
        photos: number of photos to show.
        crop_px: side of the region, HR pixels.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.core.methods import REFERENCE
    from superres.data import pair_files
    from superres.images.rgb_files import read_rgb
    from superres.report import plots
    from superres.scoring import photo_scores

    by_method = pair_files.by_method(pairs, methods, predictions)
    shown = [REFERENCE, *models] if models else methods
    images = {
        pair.photo: {"LR": read_rgb(pair.lr)}
        | {name: read_rgb(files[name]) for name in shown}
        | {"HR": read_rgb(pair.hr)}
        for pair, files in by_method[:photos]
    }
    table = csv_tables.read([per_image], "metrics")
    of_photo = photo_scores.gains(table[table["scale"] == scale])
    psnr_db = of_photo.set_index(["photo", "method"])["psnr_rgb_db"].to_dict()
    plots.save(plots.crops(images, psnr_db, crop_px), output, dpi)


def slider(
    pairs: list[Path],
    predictions: list[Path],
    methods: list[str],
    models: list[str],
    per_image: Path,
    scale: int,
    output: list[Path],
    crop_px: int = 160,
) -> None:
    """Let a divider move between bicubic and the best trained method, on the first photo.

    Args:
        pairs: folders of pairs.
        predictions: folders of PNG files, all shards of the first method, then of the second, ...
        methods: of the predictions, in order.
        models: trained methods, of which the one with the highest mean PSNR is shown.
        per_image: CSV of all scores.
        scale: whole factor.
        output: .webp file to write.
        crop_px: side of the region, HR pixels.
    """
    from superres.core import csv_tables
    from superres.core.methods import REFERENCE
    from superres.data import pair_files
    from superres.images.rgb_files import read_rgb
    from superres.report import differences
    from superres.report import slider as loop
    from superres.scoring import photo_scores

    table = csv_tables.read([per_image], "metrics")
    means = photo_scores.means(table[table["scale"] == scale])["psnr_rgb_db"].loc[scale]
    best = max(models, key=lambda model: means[model])
    _, files = pair_files.by_method(pairs, methods, predictions)[0]
    images = {name: read_rgb(files[name]) for name in (REFERENCE, best)}
    top, left = differences.most_different(list(images.values()), crop_px)
    before, after = (
        (name, image[top : top + crop_px, left : left + crop_px]) for name, image in images.items()
    )
    loop.write(output[0], before, after)


def front(front: Path, output: list[Path], dpi: int = 150) -> None:
    """Draw gain against cost.

    Args:
        front: CSV of gains and costs.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    import pandas as pd

    from superres.report import plots

    plots.save(plots.front(pd.read_csv(front)), output, dpi)


def sweep(table: Path, output: list[Path], dpi: int = 150) -> None:
    """Draw the cells of a sweep.

    Args:
        table: CSV of cells.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    import pandas as pd

    from superres.report import plots

    plots.save(plots.sweep(pd.read_csv(table)), output, dpi)


def comparison_page(
    page: Path,
    title: str,
    scales: list[int],
    methods: list[str],
    pairs: list[Path],
    predictions: list[Path],
    per_image: Path,
    output: Path,
    split: Literal["test", "validation"] = "test",
    models: tuple[str, ...] = (),
    networks: tuple[Path, ...] = (),
    own_page: tuple[Path, ...] = (),
    runtime: tuple[Path, ...] = (),
) -> None:
    """Write a page on which any two images of every photo measured can be compared.

    Args:
        page: index.html to fill in.
        title: name of the dataset.
        scales: scales to choose from.
        methods: methods to show, in order.
        pairs: folders with lr/ and hr/, all of the first scale, then of the second, ...
        predictions: folders of PNG files, scale by scale, and method by method within a scale.
        per_image: CSV of all scores.
        output: folder to write into.
        split: that the photos are of.
        models: methods that are trained, in order.
        networks: .onnx files of all models at the first scale, then at the second, ...; without
            one, there is no page for the reader's own photos.
        own_page: files of that page.
        runtime: files of ONNX Runtime for browsers.
    """
    from superres.core import csv_tables
    from superres.data import pair_files
    from superres.report import gallery, own_photos
    from superres.scoring import photo_scores

    by_scale = zip(
        scales,
        pair_files.parts(pairs, len(scales)),
        pair_files.parts(predictions, len(scales)),
        strict=True,
    )
    photos = {
        scale: [
            gallery.Photo(pair.photo, pair.hr, predicted, pair.lr)
            for pair, predicted in pair_files.by_method(folders, methods, files)
        ]
        for scale, folders, files in by_scale
    }
    wording = gallery.Wording(
        title,
        f"{title}: {split} photos, method by method",
        note="Trained methods: first seed.",
    )
    scores = photo_scores.of_first_seed(csv_tables.read([per_image], "metrics"))
    gallery.write(output, page, wording, photos, scores, own_photos.LINK if networks else "")
    if networks:
        named = zip(models * len(scales), networks, strict=True)
        own_photos.write(output, own_page, runtime, title, named)


def architecture(architecture: Path, output: list[Path], dpi: int = 150) -> None:
    """Draw the layers of a model.

    Args:
        architecture: CSV of the layers.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.paper import paper_figures
    from superres.report import plots

    layers = csv_tables.read([architecture], "architecture")
    plots.save(paper_figures.architecture(layers), output, dpi)


def triptych(
    pairs: list[Path],
    predictions: list[Path],
    methods: list[str],
    per_image: Path,
    scale: int,
    output: list[Path],
    photos: int = 3,
    dpi: int = 150,
) -> None:
    """Draw the input, bicubic, the prediction and the truth of some photos.

    Args:
        pairs: folders with hr/.
        predictions: one folder of PNG files per method.
        methods: their names.
        per_image: CSV of scores.
        scale: whole factor of the scores to show.
        output: .png and .svg file to write.
        photos: number of photos to show.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.data import pair_files
    from superres.images.rgb_files import read_rgb
    from superres.paper import paper_figures
    from superres.report import plots

    # One shard is enough to show a few.
    predicted = {file.stem for file in predictions[0].glob("*.png")}
    chosen = [pair for pair in pair_files.photos(pairs) if pair.photo in predicted]
    table = csv_tables.read([per_image], "metrics")
    table = table[table["scale"] == scale].groupby(["method", "photo"])
    psnr_db = table["psnr_rgb_db"].mean()
    shown = {}
    for pair in chosen[:photos]:
        images = {
            method: read_rgb(folder / f"{pair.photo}.png")
            for method, folder in zip(methods, predictions, strict=True)
        }
        scores = {method: psnr_db[method, pair.photo] for method in images}
        shown[pair.photo] = (images | {"ground truth": read_rgb(pair.hr)}, scores)
    plots.save(paper_figures.triptych(shown), output, dpi)


def training_time(times: Path, output: list[Path], dpi: int = 150) -> None:
    """Draw the training time beside the paper's.

    Args:
        times: CSV of training times.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    import pandas as pd

    from superres.paper import paper_figures
    from superres.report import plots

    plots.save(paper_figures.training_time(pd.read_csv(times)), output, dpi)


def paper_curves(
    histories: list[Path], labels: list[str], output: list[Path], dpi: int = 150
) -> None:
    """Draw the learning curves beside those of the paper's log.

    Args:
        histories: CSV files.
        labels: one per history.
        output: .png and .svg file to write.
        dpi: resolution of PNG files.
    """
    from superres.core import csv_tables
    from superres.paper import paper_figures
    from superres.report import plots

    read = {
        label: csv_tables.read([file], "history")
        for label, file in zip(labels, histories, strict=True)
    }
    plots.save(paper_figures.learning_curves(read), output, dpi)


if __name__ == "__main__":
    run(
        gains,
        learning_curves,
        crops,
        slider,
        front,
        sweep,
        comparison_page,
        architecture,
        triptych,
        training_time,
        paper_curves,
    )
