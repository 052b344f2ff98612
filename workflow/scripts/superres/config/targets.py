"""Files that a configuration asks for: every target and input that depends on its values."""

import math
from collections.abc import Iterable

from superres.config import names
from superres.config.sections import Configuration
from superres.core import shards

ALL_SCALES = "all"
PREDICTIONS = "results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"
NETWORK = "results/{dataset}/x{scale}/{method}/seed{seed}/model.{ending}"
PAIRS = "results/{dataset}/x{scale}/pairs/{split}/{shard}"
TAUGHT = "results/{dataset}/x{scale}/{method}/seed{seed}/taught/{shard}"
# File endings of the runtimes that predict.
ENDINGS = {"openvino": "onnx", "litert": "tflite"}


class Targets:
    """A configuration's datasets, methods, scales and seeds, and the files that follow from them.

    Patterns are paths with the fields dataset, scale, method and seed, as each method says.

    Args:
        config: completed by `superres.config.complete`.
    """

    def __init__(self, config: Configuration) -> None:
        self.config = config
        self.datasets: list[str] = config.run.datasets
        # Datasets whose photos are all tested, each in one of their folds.
        self.folded = [
            name
            for name, dataset in config.datasets.items()
            if dataset.split.folds > 1
            and names.fold(name, 1) in self.datasets
            and name not in self.datasets
        ]
        self.methods = sorted({name for each in self.datasets for name in self.methods_of(each)})
        self.models = [name for name in self.methods if name in config.models]
        self.cells = {
            name: cell.recipe
            for sweep in config.sweeps.values()
            for name, cell in sweep.cells.items()
        }
        self.recipes = {name: config.models[name] for name in self.models} | self.cells
        self.teachers = sorted(
            {teacher for each in self.recipes.values() if (teacher := each.training.teacher)}
        )
        self.architectures = sorted({config.models[name].architecture for name in self.models})
        self.scales = sorted(
            {scale for dataset in self.datasets for scale in config.datasets[dataset].scales}
        )
        self.shards = shards.names(config.run.shards)
        self.test_sets = [
            name for name in self.datasets if config.datasets[name].evaluate.split == "test"
        ]

    def methods_of(self, dataset: str) -> list[str]:
        """All methods of a dataset, in table order."""
        return self.config.datasets[dataset].methods

    def models_of(self, dataset: str) -> list[str]:
        """The trained methods of a dataset, in table order."""
        return [name for name in self.methods_of(dataset) if name in self.config.models]

    def home_of(self, dataset: str) -> str:
        """The dataset that a dataset's models are trained on: itself, unless it says otherwise."""
        return self.config.datasets[dataset].trained_on or dataset

    def trains(self, dataset: str) -> bool:
        """Whether a dataset has models of its own."""
        return bool(self.models_of(dataset)) and self.home_of(dataset) == dataset

    def references_of(self, dataset: str) -> list[str]:
        """The references of a dataset: those that are among its methods."""
        methods = self.methods_of(dataset)
        return [name for name in self.config.statistics.against if name in methods]

    def caption_facts(self, dataset: str | None) -> dict[str, object]:
        """What captions of the report say of a dataset, or of all where it is None.

        Returns:
            trainings: whether models have several seeds; and of one dataset: split, that is
            measured; leaks, whether its photos are in training at other scales; against.
        """
        facts: dict[str, object] = {"trainings": len(self.config.run.seeds) > 1}
        if dataset is not None:
            section = self.config.datasets[dataset]
            facts |= {
                "split": section.evaluate.split,
                "leaks": section.split.by == "rows" and len(section.scales) > 1,
                "against": self.references_of(dataset),
            }
        return facts

    def seeds_of(self, method: str) -> list[int]:
        """All seeds of a model; an interpolation has nothing to seed and gets 0."""
        return self.config.run.seeds if method in self.config.models else [0]

    def evaluated_scales(self, dataset: str) -> list[int]:
        """The scales at which methods are compared."""
        return self.config.datasets[dataset].evaluate.scales

    def trained_scales(self, dataset: str, method: str) -> list:
        """One training each: every scale that is compared, or `all` at once."""
        scales = self.config.models[method].training.scales
        return [ALL_SCALES] if scales == ALL_SCALES else self.evaluated_scales(dataset)

    def image_size(self, dataset: str) -> str:
        """The size of a dataset's images in words."""
        resize = self.config.datasets[dataset].resize
        return "{}x{} px".format(*resize.size_px) if resize else "own size"

    def least_photo_px(self, dataset: str) -> int:
        """The shortest side of a photo that all scales and trainings of a dataset can use."""
        chosen = self.config.datasets[dataset]
        if chosen.resize:
            return 0
        sweeps = [sweep for sweep in self.config.sweeps.values() if sweep.dataset == dataset]
        recipes = [cell.recipe for sweep in sweeps for cell in sweep.cells.values()]
        if self.trains(dataset):
            recipes += [self.recipes[name] for name in self.models_of(dataset)]
        trainings = [recipe.training for recipe in recipes]
        patches_px = [
            each.hr_patch_px if each.lr_patch_px is None else each.lr_patch_px * max(chosen.scales)
            for each in trainings
            if each.input == "patches"
        ]
        in_training = math.ceil(max(patches_px, default=0) / min(chosen.train_sizes))
        return max(in_training, *chosen.scales)

    def results(self, dataset: str, pattern: str) -> list[str]:
        """A pattern for every evaluated scale, method and seed of a dataset, or of its folds."""
        return [
            pattern.format(dataset=part, scale=scale, method=method, seed=seed)
            for scale in self.evaluated_scales(dataset)
            for method in self.methods_of(dataset)
            for part in self.parts_of(dataset)
            for seed in self.seeds_of(method)
        ]

    def parts_of(self, dataset: str) -> list[str]:
        """The folds of a dataset that has some, or the dataset itself."""
        if dataset not in self.folded:
            return [dataset]
        folds = self.config.datasets[dataset].split.folds
        return [names.fold(dataset, number) for number in range(1, folds + 1)]

    def trainings(self, dataset: str, pattern: str) -> list[str]:
        """A pattern for every training whose model is measured on a dataset."""
        return [
            pattern.format(dataset=self.home_of(part), scale=scale, method=method, seed=seed)
            for method in self.models_of(dataset)
            for scale in self.trained_scales(dataset, method)
            for part in self.parts_of(dataset)
            for seed in self.seeds_of(method)
        ]

    def of_home(self, dataset: str, scale: str, patterns: Iterable[str]) -> list[str]:
        """Files of the dataset whose models are measured on another; none where it trains."""
        home = self.home_of(dataset)
        if home == dataset:
            return []
        return [pattern.format(dataset=home, scale=scale) for pattern in patterns]

    def scales_to_train(self, dataset: str, scale: str) -> list:
        """The scale of a training, or all scales."""
        return self.config.datasets[dataset].scales if scale == ALL_SCALES else [scale]

    def pairs_to_train(self, dataset: str, scale: str, method: str, seed: str) -> list[str]:
        """All pairs that a training learns from, scale by scale: with HR, or as a teacher made."""
        teacher = self.recipes[method].training.teacher
        pattern = TAUGHT if teacher else PAIRS
        return self._pairs(dataset, scale, pattern, split="train", method=teacher, seed=seed)

    def pairs_to_validate(self, dataset: str, scale: str) -> list[str]:
        """All validation pairs at the scales of a training, scale by scale."""
        return self._pairs(dataset, scale, PAIRS, split="validation")

    def teaching_precision(self, method: str) -> str:
        """The precision in which a teacher predicts: float32 where it was trained so."""
        asked = self.recipes[method].training.precision
        if asked == "float32" or self.config.prediction.runtime != "openvino":
            return "float32"
        return "bfloat16"

    def _pairs(self, dataset: str, scale: str, pattern: str, **fields: str | None) -> list[str]:
        return [
            pattern.format(dataset=dataset, scale=one, shard=shard, **fields)
            for one in self.scales_to_train(dataset, scale)
            for shard in self.shards
        ]

    def rows_of(self, dataset: str) -> list[str]:
        """The rows of a dataset that has a table of its own, which order its pairs."""
        if self.config.datasets[dataset].source != "download":
            return []
        return [f"results/{dataset}/photos/{shard}.rows.csv" for shard in self.shards]

    def evaluated_pairs(
        self, dataset: str, scale: str | int, shard: str | None = None
    ) -> list[str]:
        """The pairs on which methods are compared, of one shard or of all."""
        split = self.config.datasets[dataset].evaluate.split
        return [
            PAIRS.format(dataset=dataset, scale=scale, split=split, shard=name)
            for name in ([shard] if shard else self.shards)
        ]

    def first_predictions(self, dataset: str, scale: str | int) -> list[str]:
        """Predictions of every method's first seed, one method after the other."""
        return [
            PREDICTIONS.format(
                dataset=dataset,
                scale=scale,
                method=method,
                seed=self.seeds_of(method)[0],
                shard=shard,
            )
            for method in self.methods_of(dataset)
            for shard in self.shards
        ]

    def at_all_scales(self, dataset: str, kind: str) -> list[str]:
        """What another method lists, of one evaluated scale after the other."""
        files = getattr(self, kind)
        return [file for scale in self.evaluated_scales(dataset) for file in files(dataset, scale)]

    def model_file(self, dataset: str, scale: str | int, method: str, seed: str | int) -> str:
        """A model, which may be of another dataset, and one for all scales."""
        if self.config.models[method].training.scales == ALL_SCALES:
            scale = ALL_SCALES
        return f"results/{self.home_of(dataset)}/x{scale}/{method}/seed{seed}/model.keras"

    def network_file(self, dataset: str, scale: str | int, method: str, seed: str | int) -> str:
        """A model in the file of the runtime that predicts."""
        ending = ENDINGS.get(self.config.prediction.runtime)
        if ending is None:
            return self.model_file(dataset, scale, method, seed)
        return self._exported(dataset, scale, method, seed, ending)

    def first_networks(self, dataset: str, scale: str) -> list[str]:
        """What predicts with every trained method's first seed at a scale."""
        seed = self.config.run.seeds[0]
        return [self.network_file(dataset, scale, name, seed) for name in self.models_of(dataset)]

    def networks_for_browsers(self, dataset: str, scale: str | int) -> list[str]:
        """Every trained method's first seed as ONNX, for the page of the reader's own photos."""
        if not self.config.figures.own_photos:
            return []
        seed = self.config.run.seeds[0]
        return [
            self._exported(dataset, scale, name, seed, "onnx") for name in self.models_of(dataset)
        ]

    def _exported(
        self, dataset: str, scale: str | int, method: str, seed: str | int, ending: str
    ) -> str:
        home = self.home_of(dataset)
        return NETWORK.format(dataset=home, scale=scale, method=method, seed=seed, ending=ending)

    def first_exports(self, pattern: str) -> list[str]:
        """A pattern for every trained method's first seed at every scale, where it was trained."""
        seed = self.config.run.seeds[0]
        return [
            pattern.format(dataset=dataset, scale=scale, method=method, seed=seed)
            for dataset in filter(self.trains, self.datasets)
            for scale in self.evaluated_scales(dataset)
            for method in self.models_of(dataset)
        ]

    def of_sweep(self, sweep: str, pattern: str) -> list[str]:
        """A pattern for every cell and seed of a sweep, the seeds of a cell together."""
        chosen = self.config.sweeps[sweep]
        return [
            pattern.format(dataset=chosen.dataset, scale=chosen.scale, method=cell, seed=seed)
            for cell in chosen.cells
            for seed in chosen.seeds
        ]

    def of_paper(self, pattern: str, **fields: object) -> list[str]:
        """A pattern of the paper's model, for both tracks if it names them; nothing without paper.

        Args:
            pattern: fields as_run, clean, track (both), method, scale and seed.
            **fields: further fields, or other values.
        """
        section = self.config.paper
        if section is None:
            return []
        values = {
            "as_run": section.as_run,
            "clean": section.clean,
            "method": section.model,
            "scale": self.trained_scales(section.as_run, section.model)[0],
            "seed": self.config.run.seeds[0],
        } | fields
        tracks = [section.as_run, section.clean] if "{track}" in pattern else [""]
        return [pattern.format(track=track, **values) for track in tracks]

    def splits_of_paper(self, pattern: str) -> list[str]:
        """A pattern for every scale of both tracks."""
        return [
            pattern.format(track=track, scale=scale)
            for track in self.of_paper("{track}")
            for scale in self.config.datasets[track].scales
        ]

    def predictions_of_paper(self, methods: Iterable[str], scale: int) -> list[str]:
        """Predictions on the first shard of the paper's way, one folder per method."""
        return [
            file
            for method in methods
            for file in self.of_paper(
                PREDICTIONS.replace("{dataset}", "{as_run}"),
                scale=scale,
                method=method,
                seed=self.seeds_of(method)[0],
                shard=self.shards[0],
            )
        ]
