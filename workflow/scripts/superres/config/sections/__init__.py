"""Typed sections of the configuration, one file each."""

from superres.config.sections.base import Name, Section, key
from superres.config.sections.datasets import Dataset
from superres.config.sections.downloads import Download
from superres.config.sections.models import Model
from superres.config.sections.outputs import Prediction, Release, Upscale
from superres.config.sections.reports import Figures, Front, Metrics, Paper, Statistics
from superres.config.sections.run import Run
from superres.config.sections.sweeps import Sweep


class Configuration(Section):
    """Everything a user can choose. Keys not listed here are refused."""

    run: Run = key()
    datasets: dict[Name, Dataset] = key(
        "Photos and how they are split. Keys are names of your choice.", default={}
    )
    downloads: dict[Name, Download] = key(
        "Datasets to fetch from Kaggle or from a copy of yours. Keys are names of your choice.",
        default={},
    )
    models: dict[Name, Model] = key("Trained methods. Keys are names of your choice.", default={})
    sweeps: dict[Name, Sweep] = key(
        "Models trained over a grid of values and compared on the validation photos alone: "
        "`snakemake sweeps`. Every cell and seed is a training of its own. Keys are names of "
        "your choice.",
        default={},
    )
    paper: Paper | None = key(default=None)
    metrics: Metrics = key(default=Metrics)
    front: Front = key(default=Front)
    prediction: Prediction = key(default=Prediction)
    upscale: Upscale | None = key(default=None)
    release: dict[Name, Release] = key(
        "Models whose networks are to be bundled with the workflow. Keys are keys of `models`.",
        default={},
    )
    statistics: Statistics = key(default=Statistics)
    figures: Figures = key(default=Figures)
