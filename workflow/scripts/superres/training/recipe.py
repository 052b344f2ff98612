"""Recipe of a training: architecture, input, loss, learning rate and budget."""

import json
from dataclasses import dataclass
from typing import Literal

from superres.core.precisions import TrainingPrecision


@dataclass(frozen=True)
class Patches:
    """Random patches from photos in memory.

    Attributes:
        hr_patch_px: side of an HR patch, unless LR patches are alike at every scale.
        lr_patch_px: side of an LR patch, where they are.
        steps_per_epoch: weight updates between two validations.
        photos_mb: most memory that decoded photos take (10^6 bytes).
        draw: photos alike, or larger ones more often.
        augment: some of flip, turn, channels and mixup.
        realistic: how LR is made anew for every patch: JSON, what `degradations.strengths` takes;
            None for the LR of the pairs.
    """

    hr_patch_px: int
    lr_patch_px: int | None
    steps_per_epoch: int
    photos_mb: float
    draw: Literal["photo", "area"]
    augment: tuple[str, ...]
    realistic: str | None

    def side_px(self, scale: int) -> int:
        """Side of an HR patch at a scale."""
        return self.hr_patch_px if self.lr_patch_px is None else self.lr_patch_px * scale


@dataclass(frozen=True)
class WholeImages:
    """Whole images of one size, in the order of Keras' generator."""


@dataclass(frozen=True)
class Epochs:
    """A budget in epochs."""

    epochs: int


@dataclass(frozen=True)
class Steps:
    """A budget in weight updates."""

    steps: int


@dataclass(frozen=True)
class HrMegapixels:
    """A budget in HR pixels learned from, in whole epochs."""

    hr_megapixels: float


@dataclass(frozen=True)
class Minutes:
    """A budget by the clock, validation included."""

    minutes: float


Budget = Epochs | Steps | HrMegapixels | Minutes


@dataclass(frozen=True)
class Cosine:
    """A learning rate that rises over some steps, then decays to 0 when the budget ends."""

    warmup_steps: int


@dataclass(frozen=True)
class Constant:
    """A learning rate that stays."""


@dataclass(frozen=True)
class Plateau:
    """A learning rate that falls when validation no longer improves.

    Attributes:
        epochs: without a better validation, before the rate falls.
        factor: by which it is multiplied then.
        minimum: below which it never falls.
    """

    epochs: int
    factor: float
    minimum: float


@dataclass(frozen=True)
class Recipe:
    """Everything besides photos, scale and seed that determines a trained network.

    Attributes:
        architecture: a module of `superres.networks.architectures`.
        options: keyword arguments of its `build`.
        input: how photos are fed.
        loss: a name of `LOSSES`.
        optimizer: a name of `OPTIMIZERS`.
        learning_rate: the highest one.
        schedule: learning rate over time.
        weight_decay: decoupled from the gradient.
        clip_norm: largest norm of a gradient, or None.
        ema: momentum of the moving average of the weights; 0 for none.
        precision: of products, see `superres.training.hardware.policy`.
        devices: one, or all GPUs.
        budget: when training ends.
        early_stopping_epochs: without a better validation, before training ends, or None.
        keep: which epoch's weights are the result.
        batch_size: patches or images per step on each device.
        threads: CPU threads.
    """

    architecture: str
    options: dict
    input: Patches | WholeImages
    loss: str
    optimizer: str
    learning_rate: float
    schedule: Cosine | Constant | Plateau
    weight_decay: float
    clip_norm: float | None
    ema: float
    precision: TrainingPrecision
    devices: Literal["one", "all"]
    budget: Budget
    early_stopping_epochs: int | None
    keep: Literal["last", "best"]
    batch_size: int
    threads: int


def read(text: str, realistic: str | None = None) -> Recipe:
    """Read a recipe.

    Args:
        text: JSON, an entry of `models` in the configuration with its defaults.
        realistic: JSON, the entry of that name of a dataset that draws it for every patch.
    """
    model = json.loads(text)
    training = model["training"]
    return Recipe(
        architecture=model["architecture"],
        options=model["options"],
        input=_input(training, realistic),
        schedule=_schedule(training),
        budget=_budget(training),
        clip_norm=training.get("clip_norm"),
        early_stopping_epochs=training.get("early_stopping_epochs"),
        **{
            name: training[name]
            for name in (
                "loss",
                "optimizer",
                "learning_rate",
                "weight_decay",
                "ema",
                "precision",
                "devices",
                "keep",
                "batch_size",
                "threads",
            )
        },
    )


def _input(training: dict, realistic: str | None) -> Patches | WholeImages:
    if training["input"] == "images":
        return WholeImages()
    return Patches(
        training["hr_patch_px"],
        training.get("lr_patch_px"),
        training["steps_per_epoch"],
        training["photos_mb"],
        training["draw"],
        tuple(training["augment"]),
        realistic,
    )


def _schedule(training: dict) -> Cosine | Constant | Plateau:
    match training["schedule"]:
        case "cosine":
            return Cosine(training["warmup_steps"])
        case "plateau":
            return Plateau(
                training["plateau_epochs"], training["plateau_factor"], training["plateau_minimum"]
            )
    return Constant()


def _budget(training: dict) -> Budget:
    if "minutes" in training:
        return Minutes(training["minutes"])
    if "hr_megapixels" in training:
        return HrMegapixels(training["hr_megapixels"])
    if "steps" in training:
        return Steps(training["steps"])
    return Epochs(training["epochs"])
