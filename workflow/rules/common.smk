import functools
import hashlib
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(workflow.basedir) / "workflow/scripts"))

from superres import configuration, shards
from superres.dependencies import code_of
from superres.errors import InputError
from superres.methods import INTERPOLATIONS

# Without --use-conda, steps run in the environment that runs Snakemake, activated or not.
own_folder = os.path.dirname(sys.executable)
os.environ.update(PATH=os.pathsep.join([own_folder, *os.get_exec_path()]))


def checked(config):
    """The configuration with its defaults, or one line that says what is wrong with it."""
    schema = Path(workflow.basedir) / "workflow/schemas/config.schema.yaml"
    try:
        return configuration.complete(config, schema)
    except InputError as error:
        # An exception would end in a trace of this file, which is not where the mistake is.
        sys.exit(f"error: {error}")


def one_of(names):
    """A wildcard constraint; one that nothing fits where there are no names."""
    return "|".join(names) or "(?!)"


def code(script, *picked_by_name):
    """The script of a rule and the modules it stands on, as input files; the script comes first."""
    return [os.path.relpath(file) for file in code_of(script, *picked_by_name)]


def architecture_code(script):
    """Likewise, with the architecture of the model at hand."""

    def files(wildcards):
        name = config["models"][wildcards.method]["architecture"]
        return code(script, f"superres.architectures.{name}")

    return files


def all_shards(pattern):
    """Every shard of a file pattern, other wildcards left to the rule."""
    return [pattern.replace("{shard}", shard) for shard in SHARDS]


def seeds_of(method):
    """All seeds of a model; an interpolation has nothing to seed and gets 0."""
    return config["run"]["seeds"] if method in MODELS else [0]


def runs(methods):
    """Method and seed of everything that some methods compute."""
    return [(method, seed) for method in methods for seed in seeds_of(method)]


def per_run(pattern, pairs):
    """A file pattern for every scale and every (method, seed), dataset left to the rule."""
    return [
        pattern.replace("{scale}", str(scale))
        .replace("{method}", method)
        .replace("{seed}", str(seed))
        for scale in SCALES
        for method, seed in pairs
    ]


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


def photo_source(wildcards):
    """Options that tell the photo step where to look."""
    dataset = config["datasets"][wildcards.dataset]
    return ["--folder", dataset["path"]] if dataset["source"] == "folder" else ["--bundled"]


def photo_state(wildcards):
    """What re-runs the photo step when the user's own photos change."""
    return folder_state(config["datasets"][wildcards.dataset].get("path", ""))


def download_option(key):
    """A value of the download at hand."""
    return lambda wildcards: config["downloads"][wildcards.download][key]


def download_source(wildcards):
    """Options that tell the download step what to fetch, or where the user has it."""
    download = config["downloads"][wildcards.download]
    if "path" in download:
        return ["--path", download["path"]]
    return ["--dataset", f"{download['kaggle']}/{download['version']}"]


@functools.cache
def tree_state(path):
    """Changes when a file, or one anywhere in a folder, comes, goes or is written."""
    path = os.path.realpath(path)
    files = [os.path.join(at, name) for at, _, names in os.walk(path) for name in names]
    if os.path.isfile(path):
        files.append(path)
    stats = [(file, os.lstat(file)) for file in sorted(files)]
    lines = "\n".join(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}" for file, stat in stats)
    return hashlib.sha256(os.fsencode(lines)).hexdigest()


def download_state(wildcards):
    """What re-runs the download step when the user's own copy changes."""
    download = config["downloads"][wildcards.download]
    return tree_state(download["path"]) if "path" in download else ""
