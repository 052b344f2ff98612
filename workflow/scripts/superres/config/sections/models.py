"""Section `models`: trained methods and their recipes."""

from typing import Any, Literal

from superres.config.sections.base import Section, key
from superres.core.precisions import TrainingPrecision


class Training(Section):
    """How it is trained."""

    input: Literal["patches", "images"] = key(
        "`patches` draws random ones from photos in memory; `images` feeds whole images from "
        "disk, LR in HR size, shuffled as Keras' ImageDataGenerator does, and measures Keras' "
        "accuracy too.",
        default="patches",
    )
    scales: Literal["each", "all"] = key(
        "`each` trains one model a scale; `all` trains one on the pairs of all scales, which "
        "takes a model on the HR grid and whole images.",
        default="each",
    )
    loss: Literal["mse", "mae", "charbonnier", "ssim_mae"] = key(
        "Mean squared error, mean absolute error, its smooth form (Charbonnier), or absolute "
        "error mixed with 1 - SSIM.",
        default="charbonnier",
    )
    optimizer: Literal["adamw", "muon"] = key(
        "AdamW (Adam, where `weight_decay` is 0), or Muon, which brings the updates of hidden "
        "convolutions to orthogonal matrices of the same size and leaves other weights to AdamW.",
        default="adamw",
    )
    learning_rate: float = key(
        "Highest learning rate.",
        default=0.001,
        le=1,
        gt=0,
    )
    weight_decay: float = key(
        "Decoupled from the gradient, in proportion to the learning rate.", default=0, ge=0, le=1
    )
    clip_norm: float | None = key(
        "A gradient whose norm over all weights is larger is scaled down to it; never unless "
        "given.",
        default=None,
        le=1000000,
        gt=0,
    )
    ema: float = key(
        "Momentum of the moving average of the weights, which is then what is validated and "
        "kept; 0 for none.",
        default=0,
        ge=0,
        lt=1,
    )
    precision: TrainingPrecision = key(
        "Of the products; weights, loss, validation and prediction stay float32. `auto` is "
        "bfloat16 on a CPU that has such products (AVX512-BF16), which showed no difference in "
        "quality, and float32 elsewhere, also on GPUs; `mixed` is float16 on GPUs from compute "
        "capability 7.0 on, too. Log and `timing.json` say which it was. With `float32` the "
        "result does not depend on what the processor has.",
        default="auto",
    )
    devices: Literal["one", "all"] = key(
        "`all` spreads every step over all GPUs that are visible, a batch for each, so that a "
        "step learns from as many more patches (the learning rate stays as it is); with "
        "`patches` only. Without a GPU both train on the CPU, and the log says so.",
        default="one",
    )
    schedule: Literal["cosine", "constant", "plateau"] = key(
        "Learning rate over time; `cosine` decays to zero when the budget ends, `plateau` "
        "lowers it when validation no longer improves.",
        default="cosine",
    )
    warmup_steps: int = key(
        "Steps of linear rise from zero, with `cosine` only.",
        default=100,
        unit="steps",
        ge=0,
        le=100000000,
    )
    plateau_epochs: int = key(
        "Epochs without a better validation before the rate falls, with `plateau` only.",
        default=5,
        unit="epochs",
        ge=1,
        le=1000000,
    )
    plateau_factor: float = key("By which it is multiplied then.", default=0.2, gt=0, lt=1)
    plateau_minimum: float = key("Below which it never falls.", default=1e-08, ge=0, le=1)
    early_stopping_epochs: int | None = key(
        "Epochs without a better validation before training ends; never unless given.",
        default=None,
        unit="epochs",
        ge=1,
        le=1000000,
    )
    keep: Literal["last", "best"] = key(
        "Weights of the `last` epoch or of the one that did `best` in validation (PSNR; with "
        "`images`, loss).",
        default="last",
    )
    epochs: int = key(
        "Budget in epochs; validation runs after each.", default=10, unit="epochs", ge=1, le=1000000
    )
    steps: int | None = key(
        "Budget in weight updates; takes the place of `epochs`.",
        default=None,
        unit="steps",
        ge=1,
        le=100000000,
    )
    hr_megapixels: float | None = key(
        "Budget in HR pixels that the network learns from, repeated ones as often, rounded up to "
        "whole epochs; takes the place of `epochs` and `steps`. With `lr_patch_px` it gives every "
        "scale as many passes over the photos.",
        default=None,
        unit="MP (10^6 HR pixels)",
        le=100000000,
        gt=0,
    )
    minutes: float | None = key(
        "Budget by the clock, validation included; takes the place of all others. "
        "The number of steps, and so the result, then depends on the machine.",
        default=None,
        unit="min",
        le=10080,
        gt=0,
    )
    steps_per_epoch: int = key(
        "Weight updates in one epoch; with `images` it is their number over the batch size.",
        default=500,
        unit="steps",
        ge=1,
        le=1000000,
    )
    batch_size: int = key(
        "Patches or images in one step, on each device.",
        default=4,
        unit="patches or images",
        ge=1,
        le=4096,
    )
    hr_patch_px: int = key(
        "Side of an HR patch; a multiple of every scale.", default=64, unit="px", ge=8, le=2048
    )
    lr_patch_px: int | None = key(
        "Side of an LR patch at every scale, so that HR patches grow with it; takes the place of "
        "`hr_patch_px`.",
        default=None,
        unit="px",
        ge=2,
        le=512,
    )
    photos_mb: float = key(
        "Most memory that decoded training photos take. Where they take more, each epoch "
        "learns from a part of them and the next part is read meanwhile. Not for `images`, "
        "which are never held.",
        default=4000,
        unit="MB (10^6 bytes)",
        le=10000000,
        gt=0,
    )
    draw: Literal["photo", "area"] = key(
        "Patches from every photo as often as from any other (`photo`), or more from larger "
        "ones (`area`).",
        default="photo",
    )
    augment: list[Literal["flip", "turn", "channels", "mixup"]] = key(
        "Random flips, quarter turns, order of the colour channels, and Mixup, which blends "
        "two patches.",
        default=["flip", "turn"],
        unique=True,
    )
    teacher: str | None = key(
        "Another model, a larger one, that every dataset with this one trains first and that it "
        "learns from too: HR is blended, half and half, with the mean of what the teacher predicts "
        "from eight views of LR. Validation and tests know HR alone.",
        default=None,
    )
    threads: int = key(
        "CPU threads of one training. Part of the recipe, not of the machine: another number "
        "may round sums differently.",
        default=1,
        unit="threads",
        ge=1,
        le=256,
    )


class Model(Section):
    """One model and its training."""

    architecture: str = key("A module of `workflow/scripts/superres/networks/architectures/`.")
    options: dict[str, Any] = key(
        "Keyword arguments of that architecture: whole numbers from 0 to 4096, others from "
        "-1000 to 1000.",
        default={},
    )
    training: Training = key(default=Training)
