"""Sections of prediction, of upscaling pictures, and of the released network."""

from pathlib import Path
from typing import Literal

from superres.config.sections.base import FILLED, PathText, Scale, Section, key
from superres.core.families import Cost, Kind
from superres.core.precisions import Precision, WantedPrecision


class Prediction(Section):
    """How trained models predict, in the tables and on the front."""

    runtime: Literal["openvino", "litert", "keras"] = key(
        "What runs the network on the CPU. `openvino` is the fastest of them "
        "(docs/benchmark.md) and starts without TensorFlow; `snakemake runtimes` compares all "
        "on your models. Every exported file is checked against Keras, so that scores agree; "
        "single pixels can differ by one step where a value is between two.",
        default="openvino",
    )
    precision: Precision = key(
        "Of the products. `bfloat16` is several times as fast on CPUs with AVX512-BF16, and "
        "float32 on others, which the log says; what a network adds onto bicubic is computed in "
        "it, the sum in float32. Scores change with the processor then. With `openvino` only.",
        default="float32",
    )


class Upscale(Section):
    """Pictures of your own to upscale with a trained network: `snakemake upscale`.

    Left out, there is no such target.
    """

    input: PathText = key("A picture, or a folder of pictures.")
    output: PathText = key(
        "Folder for the upscaled ones, which keep their names; not inside the input. The file "
        "`.upscaled.jsonl` in it says what made each."
    )
    network: str | None = key(
        "The network's file: `.onnx`, `.tflite` or `.keras`; where it is one of `results/`, "
        "the workflow makes it first. Left out, those that come with the workflow.",
        default=None,
        pattern=r"\.(onnx|tflite|keras)$(?!\n)",
        path=True,
    )
    kind: Kind | None = key(
        "Which of the networks that come with the workflow: for `clean` pictures, or for those "
        "that cameras and web pages have spoiled with JPEG, noise and blur (`photo`). By the file "
        "unless given: `photo` for JPEG, AVIF and lossy WebP, `clean` for others. Not beside "
        "`network`.",
        default=None,
    )
    cost: Cost | None = key(
        "Of these networks: `small` takes about half of the time of `standard`, `large` three "
        "times as long; in bfloat16 they differ less. Where there is none of a kind and scale, "
        "the nearest; `standard` unless given. Not beside `network`.",
        default=None,
    )
    precision: WantedPrecision = key(
        "Of the products: `fastest` is bfloat16 where the processor has such products and the "
        "network's record says that it loses at most 0.01 dB by them, as those that come with the "
        "workflow do, and float32 elsewhere. `bfloat16` is for `.onnx` files only.",
        default="fastest",
    )
    scale: Scale | None = key(
        "Scale of a `.keras` file, which does not say it; the others do.",
        default=None,
        unit="whole factor",
    )
    factor: float | None = key(
        "Side of the result over side of the picture, the network's own scale unless given; "
        "it is applied as often as needed, then LANCZOS leads down to the factor. What does not "
        "fit into the memory is refused.",
        default=None,
        unit="factor",
        le=64,
        gt=0,
    )
    overwrite: bool = key(
        "Replace whatever is in the output folder under the name of an output. Without it, what "
        "the workflow made is made again where the picture, the network or a setting has changed, "
        "and what a person made or changed is left alone.",
        default=False,
    )
    drop_private: bool = key(
        "Leave out where, by whom and with which camera a picture was taken: GPS position and "
        "names of places, serial numbers, owner, and the camera maker's own notes, of EXIF, XMP, "
        "IPTC and PNG text. Otherwise all of it is kept.",
        default=False,
    )
    jpeg_quality: int | None = key(
        "Quality of JPEG files, with all colours; the coding of the source unless given.",
        default=None,
        unit="Pillow's, 1 to 100",
        ge=1,
        le=100,
    )
    subfolders: bool = key(
        "Whether the pictures of the folders in the input are upscaled, too, into folders of the "
        "same names.",
        default=True,
    )
    most_megapixels: float = key(
        "Pictures of more pixels are not read, as small files can unpack to any size. What does "
        "not fit into the memory is not read either, whatever the limit.",
        default=500,
        unit="megapixels (10^6 px)",
        gt=0,
        le=100000,
    )
    memory_mb: float | None = key(
        "Most that the network's features may take at a time; larger pictures are cut into "
        "tiles, which changes no pixel. Found from what is free unless given: a quarter, at "
        "most 150.",
        default=None,
        unit="MB (10^6 bytes)",
        le=10000000,
        gt=0,
    )
    threads: int | None = key(
        "CPU threads; all cores that the run has unless given.",
        default=None,
        unit="threads",
        ge=1,
        le=256,
    )

    @property
    def network_is_result(self) -> bool:
        """Whether a rule makes the network, as it does all files in `results/`."""
        return self.network is not None and Path(self.network).parts[:1] == ("results",)


class Release(Section):
    """Networks of one model that are to be bundled with the workflow, for `make release`."""

    dataset: str = key("One of `run.datasets`, on which it is trained.")
    scales: list[Scale] = key(
        "Scales of that dataset; all on which methods are compared unless given.",
        default=FILLED,
        unit="whole factor",
        unique=True,
    )
    measured_on: str | None = key(
        "One of `run.datasets`, whose scores are recorded with it; `dataset` itself unless given.",
        default=None,
    )
