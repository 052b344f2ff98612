import contextlib
import functools
import hashlib
import json
import os
import re
import sys
from pathlib import Path
from shutil import which

import yaml

if "ROOT" not in globals():

    include: "project.smk"


sys.path.insert(0, str(ROOT / "workflow/scripts"))

from snakemake.io import strip_wildcard_constraints
from snakemake.path_modifier import PATH_MODIFIER_FLAG
from snakemake.settings.types import DeploymentMethod

from superres import config as configuration
from superres.config.files import check_file, check_text
from superres.config.names import check_reserved
from superres.config.paths import path_problem, photos_problem
from superres.core import memory, shards
from superres.core.errors import InputError
from superres.core.methods import INTERPOLATIONS
from superres.data import archives
from superres.resuming.imports import code_of

if (loaded := Path(archives.__file__).resolve().parents[4]) != ROOT.resolve():
    sys.exit(
        f"error: two copies of this workflow in one run, {loaded} and {ROOT}; give all modules the "
        "same snakefile"
    )

# Without --use-conda, steps run in the environment that runs Snakemake, activated or not.
own_folder = os.path.dirname(sys.executable)
os.environ.update(PATH=os.pathsep.join([own_folder, *os.get_exec_path()]))

if DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method and not which("conda"):
    sys.exit(
        "error: --use-conda: conda is not installed; install Miniforge, or run `make results` in a "
        "clone of the workflow, which needs no conda"
    )


def default_configuration():
    """The configuration in the working directory, or else the embedded default."""
    own = "config/config.yaml"
    return own if os.path.exists(own) else str(ROOT / own)


@contextlib.contextmanager
def one_line():
    """Bad input ends in one line; a trace would be of this file, which is not where it is."""
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")


def check_files(own):
    """Read every file and every text that the configuration comes from, before Snakemake does."""
    # As a module, the workflow is given its configuration, and the files are another workflow's.
    if workflow.modifier.skip_configfile:
        return
    with one_line():
        for file in map(Path, [own, *workflow.configfiles]):
            if file.exists():
                check_file(file)
        for text in workflow.config_settings.config_args or []:
            key, _, value = text.partition("=")
            check_text(f"--config {key}", value)


def checked(config):
    """The configuration with its defaults."""
    if "run" not in config:
        sys.exit(
            "error: configuration: 'run' is missing; copy the folder config/ of the workflow here, "
            f"or give --configfile '{ROOT / 'config/config.yaml'}' and your own files behind it"
        )
    with one_line():
        return configuration.complete(config, ROOT / "workflow/schemas/config.schema.yaml")


def check_names():
    """No name may be that of a file or folder that a rule writes into the same folder."""
    patterns = [
        strip_wildcard_constraints(file)
        for rule in workflow.rules
        for file in [*rule.output, *rule.log, rule.benchmark, *rule.params]
        if isinstance(file, str)
    ]
    with one_line():
        check_reserved(config, patterns)


def refuse_missing(problems, hint):
    """Before any job starts: the user's own files must be where the configuration says."""
    # Reports, graphs and the like are made without them, and a job may see other disks.
    if problems and workflow.is_main_process and workflow.execution_settings:
        sys.exit(f"error: configuration: {'; '.join(dict.fromkeys(problems))}; {hint}")


def write_yaml(values, file):
    """Write a configuration, each list in its place even where two are one."""
    Path(file).write_text(yaml.safe_dump(json.loads(json.dumps(values))))


def one_of(names):
    """A wildcard constraint; one that nothing fits where there are no names."""
    return "|".join(map(re.escape, names)) or "(?!)"


def code(script, *picked_by_name):
    """The script of a rule and the modules it stands on, as input files; the script comes first."""
    return of_workflow(code_of(script, *picked_by_name))


def of_workflow(files):
    """Files of the workflow itself, as input files.

    They lie beside the Snakefile, also where results lie in a storage. They are not marked as
    local(), which would keep their jobs from running elsewhere.
    """
    return [flag(os.path.relpath(file), PATH_MODIFIER_FLAG) for file in files]


def prefixed(path):
    """A path that is no rule's input or output, below the prefix that a module may give to those."""
    return workflow.modifier.path_modifier.replace_prefix(path)


def of_user(path):
    """A file of the user's own, as an input file: a module's prefix is for what rules make."""
    stored = workflow.modifier.path_modifier.apply_default_storage(path)
    return flag(stored, PATH_MODIFIER_FLAG)


def page_files():
    """What the comparison page is made of, index.html first."""
    return of_workflow(sorted((ROOT / "workflow/report/page").iterdir()))


def architecture_code(script):
    """Likewise, with the architecture of the model at hand."""

    def files(wildcards):
        name = RECIPES[wildcards.method]["architecture"]
        return code(script, f"superres.networks.architectures.{name}")

    return files


def all_shards(pattern):
    """Every shard of a file pattern, other wildcards left to the rule."""
    return [pattern.replace("{shard}", shard) for shard in SHARDS]


def models_of(dataset):
    """The trained methods of a dataset, in table order."""
    return [method for method in methods_of(dataset) if method in config["models"]]


def methods_of(dataset):
    """All methods of a dataset, in table order."""
    return config["datasets"][dataset]["methods"]


def home_of(dataset):
    """The dataset that a dataset's models are trained on: itself, unless it says otherwise."""
    return config["datasets"][dataset].get("trained_on", dataset)


def trains(dataset):
    """Whether a dataset has models of its own."""
    return models_of(dataset) and home_of(dataset) == dataset


def of_training(patterns):
    """Files of the dataset whose models are measured on the one at hand; none where it trains."""

    def filled(wildcards):
        home = home_of(wildcards.dataset)
        if home == wildcards.dataset:
            return []
        values = {"trained_on": home, "scale": wildcards.scale, "shard": SHARDS}
        return [file for pattern in patterns for file in expand(pattern, **values)]

    return filled


def seeds_of(method):
    """All seeds of a model; an interpolation has nothing to seed and gets 0."""
    return config["run"]["seeds"] if method in config["models"] else [0]


def evaluated_scales(dataset):
    """The scales at which methods are compared."""
    return config["datasets"][dataset]["evaluate"]["scales"]


def trained_scales(dataset, method):
    """One training each: every scale that is compared, or `all` at once."""
    scales = config["models"][method]["training"]["scales"]
    return ["all"] if scales == "all" else evaluated_scales(dataset)


def all_results(pattern):
    """A pattern for every evaluated scale, method and seed of the dataset at hand."""

    def filled(wildcards):
        return [
            expand(pattern, dataset=wildcards.dataset, scale=scale, method=method, seed=seed)[0]
            for scale in evaluated_scales(wildcards.dataset)
            for method in methods_of(wildcards.dataset)
            for seed in seeds_of(method)
        ]

    return filled


def lpips_option(key):
    """A value of the configuration's section on LPIPS; nothing where its weights are missing."""
    weights = config["metrics"].get("lpips", {"path": ""})
    return weights[key] if os.path.isfile(weights["path"]) else []


def lpips_weights():
    """The file of LPIPS's weights; nothing where it is missing."""
    return [of_user(path)] if (path := lpips_option("path")) else []


def all_lpips(wildcards):
    """LPIPS of every shard of the dataset at hand; nothing where its weights are missing."""
    pattern = "results/{dataset}/x{scale}/{method}/seed{seed}/lpips/{{shard}}.csv"
    filled = all_results(pattern)(wildcards) if lpips_option("path") else []
    return expand(filled, shard=SHARDS)


def references_of(wildcards):
    """The references of a dataset: those that are among its methods."""
    methods = methods_of(wildcards.dataset)
    return [method for method in config["statistics"]["against"] if method in methods]


def all_trainings(pattern):
    """A pattern for every training whose model is measured on the dataset at hand."""

    def filled(wildcards):
        home = home_of(wildcards.dataset)
        return [
            expand(pattern, dataset=home, scale=scale, method=method, seed=seed)[0]
            for method in models_of(wildcards.dataset)
            for scale in trained_scales(wildcards.dataset, method)
            for seed in seeds_of(method)
        ]

    return filled


def pairs_to_train(split):
    """All pairs of one side at the scale of a training, or at all scales."""

    def folders(wildcards):
        scales = config["datasets"][wildcards.dataset]["scales"]
        return expand(
            "results/{dataset}/x{scale}/pairs/{split}/{shard}",
            dataset=wildcards.dataset,
            scale=scales if wildcards.scale == "all" else wildcards.scale,
            split=split,
            shard=SHARDS,
        )

    return folders


def evaluated_pairs(wildcards):
    """The pairs on which methods are compared, of one shard or of all."""
    return expand(
        "results/{dataset}/x{scale}/pairs/{split}/{shard}",
        dataset=wildcards.dataset,
        scale=wildcards.scale,
        split=config["datasets"][wildcards.dataset]["evaluate"]["split"],
        shard=wildcards.get("shard", SHARDS),
    )


def first_predictions(wildcards):
    """Predictions of every method's first seed: all shards of the first method, then the next."""
    return [
        folder
        for method in methods_of(wildcards.dataset)
        for folder in expand(
            "results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}",
            dataset=wildcards.dataset,
            scale=wildcards.scale,
            method=method,
            seed=seeds_of(method)[0],
            shard=SHARDS,
        )
    ]


def at_all_scales(files):
    """Files of the dataset and scale at hand, for one evaluated scale after the other."""

    def filled(wildcards):
        return [
            file
            for scale in evaluated_scales(wildcards.dataset)
            for file in files(
                type(wildcards)(fromdict={"dataset": wildcards.dataset, "scale": scale})
            )
        ]

    return filled


def sweep_trainings(pattern):
    """A pattern for every cell and seed of the sweep at hand, the seeds of a cell together."""

    def filled(wildcards):
        sweep = config["sweeps"][wildcards.sweep]
        values = {key: sweep[key] for key in ("dataset", "scale")}
        return [
            expand(pattern, method=cell, seed=seed, **values)[0]
            for cell in sweep["cells"]
            for seed in sweep["seeds"]
        ]

    return filled


def first_networks(wildcards):
    """What predicts with every trained method's first seed at a scale."""
    seed = config["run"]["seeds"][0]
    return [
        network_file(wildcards.dataset, wildcards.scale, method, seed)
        for method in models_of(wildcards.dataset)
    ]


def first_exports(pattern):
    """A pattern for every trained method's first seed at every evaluated scale, where it trained."""
    return [
        expand(
            pattern, dataset=dataset, scale=scale, method=method, seed=config["run"]["seeds"][0]
        )[0]
        for dataset in filter(trains, DATASETS)
        for scale in evaluated_scales(dataset)
        for method in models_of(dataset)
    ]


def trained_model(wildcards):
    """The model of the method at hand."""
    return model_file(wildcards.dataset, wildcards.scale, wildcards.method, wildcards.seed)


def model_file(dataset, scale, method, seed):
    """A model, which may be of another dataset, and one for all scales."""
    if config["models"][method]["training"]["scales"] == "all":
        scale = "all"
    return f"results/{home_of(dataset)}/x{scale}/{method}/seed{seed}/model.keras"


def trained_network(wildcards):
    """What predicts with the method at hand."""
    return network_file(wildcards.dataset, wildcards.scale, wildcards.method, wildcards.seed)


def network_file(dataset, scale, method, seed):
    """A model in the file of the runtime that predicts."""
    ending = {"onnxruntime": "onnx", "litert": "tflite"}.get(config["prediction"]["runtime"])
    if ending is None:
        return model_file(dataset, scale, method, seed)
    return f"results/{home_of(dataset)}/x{scale}/{method}/seed{seed}/model.{ending}"


def environment_of_training():
    """The environment of the training step: with NVIDIA's libraries where a GPU is asked for."""
    return f"../../envs/{'train_gpu' if config['run']['gpu'] else 'train'}.yaml"


def environment_of_runtime(runtime):
    """The environment of a step that predicts: the light one where LiteRT does."""
    return f"../../envs/{'predict' if runtime == 'litert' else 'runtimes'}.yaml"


def dataset_option(*keys):
    """A value of the dataset at hand."""
    return lambda wildcards: functools.reduce(
        lambda value, key: value[key], keys, config["datasets"][wildcards.dataset]
    )


@functools.cache
def folder_state(path):
    """Changes when a file of a folder comes, goes or is written; empty where there is no folder."""
    if not os.path.isdir(path):
        return ""
    with os.scandir(path) as entries:
        files = sorted((entry.name, entry.stat()) for entry in entries if entry.is_file())
    lines = "\n".join(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in files)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def photo_options(wildcards, input):
    """Options that tell the photo step where to look and what to take."""
    dataset = config["datasets"][wildcards.dataset]
    match dataset["source"]:
        case "folder" if "download" in dataset:
            files, record = input.download
            options = ["--folder", f"{files}/{dataset['path']}", "--record", record]
        case "folder":
            options = ["--folder", dataset["path"]]
        case "download":
            files, record = input.download
            options = ["--dataset", files, "--record", record]
        case "bundled":
            options = ["--bundled"]
    if dataset["degradation"] == "provided":
        options.append("--low-resolution")
    if dataset["bad_input"] == "quarantine":
        options.append("--quarantine")
    return options


@functools.cache
def missing_photos():
    """What keeps the photos of datasets from being read, by dataset."""
    problems = {dataset: photos_problem(config, dataset) for dataset in DATASETS}
    return {dataset: problem for dataset, problem in problems.items() if problem}


def photo_download(wildcards):
    """The download that a dataset stands on, if it does."""
    if wildcards.dataset in missing_photos():
        hint = "correct the paths, or leave out of 'run.datasets' what you do not have"
        refuse_missing(missing_photos().values(), hint)
    name = config["datasets"][wildcards.dataset].get("download")
    return (
        [f"results/downloads/{name}/files", f"results/downloads/{name}/files.csv"] if name else []
    )


def photo_state(wildcards):
    """What re-runs the photo step when the user's own photos change."""
    dataset = config["datasets"][wildcards.dataset]
    return "" if "download" in dataset else folder_state(dataset.get("path", ""))


def pair_options(wildcards):
    """Options that tell the pair step how to make LR from HR."""
    dataset = config["datasets"][wildcards.dataset]
    options = ["--degradation", dataset["degradation"]]
    if dataset["degradation"] == "realistic":
        options += ["--realistic", json.dumps(dataset["realistic"], sort_keys=True)]
    if dataset["mod_crop"]:
        options.append("--mod-crop")
    if "resize" in dataset:
        options += ["--resize-px", *map(str, dataset["resize"]["size_px"])]
        options += ["--resize-filter", dataset["resize"]["filter"]]
    if wildcards.split == "train":
        options += ["--sizes", *map(str, dataset["train_sizes"])]
    return options


def verify_downloads():
    """Before any job starts: everything that was downloaded is still what it was."""
    for name in {dataset.get("download") for dataset in map(config["datasets"].get, DATASETS)}:
        table = Path(f"results/downloads/{name}/files.csv")
        with one_line():
            known = archives.recorded(table) if table.exists() else {}
            for file in known:
                archives.check(table.with_suffix(""), file, known)


def download_option(key):
    """A value of the download at hand."""
    return lambda wildcards: config["downloads"][wildcards.download][key]


def download_source(wildcards):
    """Options that tell the download step what to fetch, or where the user has it."""
    download = config["downloads"][wildcards.download]
    if "path" in download:
        checksum = ["--sha256", download["sha256"]] if "sha256" in download else []
        return ["--path", download["path"], *checksum]
    return ["--dataset", f"{download['kaggle']}/{download['version']}"]


@functools.cache
def tree_state(path):
    """Changes when a file, or one anywhere in a folder, comes, goes or is written."""
    path = os.path.realpath(path)
    files = [os.path.join(at, name) for at, _, names in os.walk(path) for name in names]
    if os.path.isfile(path):
        files.append(path)
    # A project that was moved as a whole has changed nothing.
    stats = [(os.path.relpath(file, path), os.lstat(file)) for file in sorted(files)]
    lines = "\n".join(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}" for file, stat in stats)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def download_state(wildcards):
    """What re-runs the download step when the user's own copy changes."""
    download = config["downloads"][wildcards.download]
    return tree_state(download["path"]) if "path" in download else ""


def released(pattern):
    """A pattern of the network that is to come with the workflow."""

    def filled(wildcards):
        if "release" not in config:
            sys.exit("error: configuration: nothing to release; set the section 'release'")
        return expand(pattern, seed=config["run"]["seeds"][0], shard=SHARDS, **config["release"])

    return filled


def released_recipe(wildcards):
    """How that network is built and trained."""
    return json.dumps(config["models"][config["release"]["method"]], sort_keys=True)


def upscaling_network(wildcards):
    """What upscales the user's pictures."""
    if "upscale" not in config:
        sys.exit("error: configuration: nothing to upscale; set the section 'upscale'")
    network = config["upscale"].get("network")
    paths = {"input": config["upscale"]["input"]}
    # A rule makes what is in results/.
    is_result = network is not None and Path(network).parts[:1] == ("results",)
    if network is not None and not is_result:
        paths["network"] = network
    problems = [path_problem(f"upscale.{key}", path) for key, path in paths.items()]
    refuse_missing([*filter(None, problems)], "correct the paths")
    if network is None:
        return of_workflow([ROOT / "workflow/models/lr_autoencoder_x2.tflite"])
    return network if is_result else of_user(network)


def upscaling_environment():
    """The environment of what upscales: a light one for LiteRT."""
    light = config.get("upscale", {}).get("network", ".tflite").endswith(".tflite")
    return environment_of_runtime("litert" if light else "")


def upscale_options(wildcards):
    """Options that tell the upscale step what to do."""
    chosen = config["upscale"]
    keys = ("input", "output", "scale", "factor", "memory_mb")
    options = [
        word
        for key in keys
        if key in chosen
        for word in (f"--{key.replace('_', '-')}", str(chosen[key]))
    ]
    return [*options, "--overwrite"] if chosen["overwrite"] else options


def upscale_state(wildcards):
    """What runs the upscale step again when the user's pictures change."""
    return tree_state(config["upscale"]["input"])


def paper_files(pattern, **wildcards):
    """A pattern of the paper's model and of both tracks; nothing where no paper is configured."""
    if "paper" not in config:
        return []
    section = config["paper"]
    values = {
        "as_run": section["as_run"],
        "clean": section["clean"],
        "track": [section["as_run"], section["clean"]],
        "method": section["model"],
        "scale": trained_scales(section["as_run"], section["model"])[0],
        "seed": config["run"]["seeds"][0],
    }
    return expand(pattern, **(values | wildcards))


def paper_value(key):
    """A value of the configuration's section on the paper."""
    return config.get("paper", {}).get(key, "")


def paper_splits(pattern):
    """A pattern for every scale of both tracks."""
    return [
        file
        for track in paper_files("{track}")
        for file in expand(pattern, track=track, scale=config["datasets"][track]["scales"])
    ]


def image_size(dataset):
    """The size of a dataset's images in words."""
    resize = config["datasets"][dataset].get("resize")
    return "{}x{} px".format(*resize["size_px"]) if resize else "own size"


def size_options(wildcards):
    """The size that all photos of a dataset are given, if there is one."""
    resize = config["datasets"][wildcards.dataset].get("resize")
    return ["--size-px", *map(str, resize["size_px"])] if resize else []
