"""Sections of tables and figures: the paper, scores, statistics, Pareto front, look."""

from typing import Annotated

from pydantic import Field

from superres.config.sections.base import PathText, Section, Sha256, key


class Paper(Section):
    """Comparison with the paper, in `results/report/`.

    Its two tables, its four figures, an audit of the split and an answer in sentences. Left out,
    none of these is made.
    """

    as_run: str = key("Dataset that repeats what the paper did.")
    clean: str = key("Dataset with the same photos and a split that holds.")
    model: str = key("Key of `models`, the paper's own, trained on both.")


class Lpips(Section):
    """LPIPS by a network that you exported to ONNX, as the README says.

    Left out, or where the file is missing, tables say `not run`.
    """

    path: PathText = key("ONNX file.")
    sha256: Sha256 = key("Its SHA-256, so that scores are of this network and no other.")


class Metrics(Section):
    """Scores that need something of yours; PSNR, SSIM, MS-SSIM and FLIP need nothing."""

    lpips: Lpips | None = key(default=None)


class Statistics(Section):
    """Comparison of methods, by intervals over photos and trainings and a paired test."""

    confidence: float = key(
        "Level of every interval; 1 less this is the highest p of a verdict.",
        default=0.95,
        unit="share of 1",
        gt=0,
        lt=1,
    )
    resamples: int = key(
        "Bootstrap resamples.", default=10000, unit="resamples", ge=100, le=1000000
    )
    against: list[str] = key(
        "References: every method of a dataset is compared with each of these that is among "
        "them. `bicubic` is required.",
        default=["bicubic"],
        unique=True,
        contains="bicubic",
    )


class Front(Section):
    """How the speed of models is measured, for `snakemake front`."""

    hr_size_px: list[Annotated[int, Field(ge=16, le=4000)]] = key(
        "Width and height of the image that is predicted, whole.",
        default=[600, 400],
        unit="px",
        entries=2,
    )
    turns: int = key(
        "Measurements of every model, in turns; one more goes uncounted.",
        default=5,
        unit="turns",
        ge=1,
        le=1000,
    )


class Figures(Section):
    """Look of the figures."""

    dpi: int = key("Resolution of PNG figures.", default=150, unit="dots per inch", ge=50, le=600)
    photos: int = key(
        "Test photos shown in the crop figure.", default=3, unit="photos", ge=1, le=12
    )
    crop_px: int = key(
        "Side of the region that the crop figure enlarges, in HR pixels.",
        default=64,
        unit="px",
        ge=16,
        le=512,
    )
    own_photos: bool = key(
        "Whether the comparison page has a page beside it that upscales the reader's own photos in "
        "the browser. It takes about 9 MB and 4/3 of every network's ONNX file, and each network "
        "must be one that can be exported as ONNX.",
        default=True,
    )
