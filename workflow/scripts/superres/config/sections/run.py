"""Section `run`: datasets, scales, methods and seeds of a run."""

from superres.config.sections.base import Scale, Section, Seed, key


class Run(Section):
    """What is computed. The other sections define things by name; this one picks them."""

    datasets: list[str] = key(
        "Datasets to run, each a key of `datasets`.", min_length=1, unique=True
    )
    scales: list[Scale] = key(
        "Up-scaling factors.", default=[2], unit="whole factor", min_length=1, unique=True
    )
    methods: list[str] = key(
        "Methods to compare, in table order: `unchanged` (the input in HR size), `nearest`, "
        "`bilinear`, `bicubic`, `lanczos` or a key of `models`. `bicubic` is required, since "
        "every gain is measured against it.",
        unique=True,
        contains="bicubic",
    )
    seeds: list[Seed] = key(
        "One training of every model per seed (initial weights, data order).",
        default=[0],
        min_length=1,
        max_length=100,
        unique=True,
    )
    gpu: bool = key(
        "Train in an environment with NVIDIA's libraries, some gigabytes, and ask a cluster "
        "for a GPU. Off, they are never downloaded; a machine without a GPU then trains on "
        "its CPU and says so.",
        default=False,
    )
    shards: int = key(
        "Jobs that every per-image step is cut into, whatever the number of photos. With 100 "
        "the small default is 1,600 jobs, which Snakemake takes a quarter of a minute to "
        "plan; twice as many take four times as long.",
        default=2,
        unit="jobs",
        ge=1,
        le=100,
    )
