# What connects rules with the library: code and options of steps, inputs, environments, captions.
import json
import os
import re
from pathlib import Path

import yaml
from pydantic_core import to_jsonable_python
from snakemake.path_modifier import PATH_MODIFIER_FLAG

from superres.config import step_options
from superres.config.paths import upscaling_problems
from superres.config.targets import PAIRS, PREDICTIONS, TAUGHT, Targets
from superres.core import memory
from superres.core.methods import INTERPOLATIONS
from superres.images import upscaling_records
from superres.program import shipped
from superres.resuming.folder_state import state
from superres.resuming.imports import code_of


def one_of(names):
    """A wildcard constraint; one that nothing fits where there are no names."""
    return "|".join(map(re.escape, names)) or "(?!)"


def code(script, *picked_by_name):
    """The script of a rule and the modules that it imports, as input files; the script first."""
    return of_workflow(code_of(script, *picked_by_name))


def code_of_model(script):
    """The same, with the architecture of the method."""
    return lambda wildcards: code(script, architecture(targets.recipes[wildcards.method]))


def architecture(recipe):
    """The module of a model's architecture."""
    return f"superres.networks.architectures.{recipe.architecture}"


def of_workflow(files):
    """Files of the workflow itself, as input files.

    They are beside the Snakefile, also where results are in a storage. They are not marked as
    local(), which would keep their jobs from running elsewhere.
    """
    return [flag(os.path.relpath(file), PATH_MODIFIER_FLAG) for file in files]


def of_user(path):
    """A file of the user's own, as an input file: a module's prefix is for what rules make."""
    stored = workflow.modifier.path_modifier.apply_default_storage(path)
    return flag(stored, PATH_MODIFIER_FLAG)


def prefixed(path):
    """A path that is no rule's input or output, below the prefix that a module may give to those."""
    return workflow.modifier.path_modifier.replace_prefix(path)


def filled(pattern):
    """A text with wildcards, for params."""
    return lambda wildcards: pattern.format(**dict(wildcards.items()))


def by(function, *names, **values):
    """A function for input or params: calls another one with the values of some wildcards."""
    return lambda wildcards: function(*(wildcards[name] for name in names), **values)


def dataset_of(wildcards):
    """The section of the dataset."""
    return settings.datasets[wildcards.dataset]


def caption_facts(wildcards):
    """What the caption of a table or figure says of its dataset."""
    return targets.caption_facts(dict(wildcards.items()).get("dataset"))


def recipe_of(wildcards):
    """How the method is built and trained, as JSON."""
    return as_json(targets.recipes[wildcards.method])


# Of the run; where a cluster runs the jobs, it has no number.
ALL_CORES = workflow.resource_settings.cores or 1
# Every step is called so; `options` makes its command line.
STEP = "SUPERRES_PARENT=$PPID python {input.code[0]:q} {params.options:q} 2>&1 | tee {log:q}"


def options(*wildcard_names, command="", without=(), more=None, **given):
    """The command line of a step: every named input and output, and settings.

    Args:
        *wildcard_names: wildcards that are options.
        command: of a script with several.
        without: inputs that the step finds by itself.
        more: function of the wildcards, or of these and the input, that gives further settings.
        **given: values, or functions of the wildcards.
    """

    def chosen(wildcards, input):
        values = {name: wildcards[name] for name in wildcard_names}
        values |= {
            name: value(wildcards) if callable(value) else value for name, value in given.items()
        }
        return values | more(wildcards, input) if more else values

    def line(wildcards, input, output):
        values = {name: paths for name, paths in input.items() if name not in ("code", *without)}
        values |= dict(output.items()) or {"output": list(output)}
        words = step_options.words(values | chosen(wildcards, input))
        return [command.replace("_", "-"), *words] if command else words

    line.settings = lambda wildcards: step_options.words(chosen(wildcards, NoPaths()))
    return line


class NoPaths:
    """In the place of input files, where only settings count: each is two empty paths."""

    def __getattr__(self, name):
        return ("", "")


def watch_settings():
    """Let every rule run again when a setting changes.

    Snakemake compares no params that are made of input or output, as command lines are.
    """
    for each in workflow.rules:
        settings = getattr(getattr(each.params, "options", None), "settings", None)
        if settings and "settings" not in each.params.keys():
            each.set_params(settings=settings)


def all_shards(pattern):
    """Every shard of a file pattern, other wildcards left to the rule."""
    return [pattern.replace("{shard}", shard) for shard in targets.shards]


def lpips_option(key):
    """A value of the configuration's section on LPIPS; nothing where its weights are missing."""
    weights = settings.metrics.lpips
    return getattr(weights, key) if weights and os.path.isfile(weights.path) else []


def all_lpips(wildcards):
    """LPIPS of every shard of a dataset; nothing where its weights are missing."""
    if not lpips_option("path"):
        return []
    pattern = "results/{dataset}/x{scale}/{method}/seed{seed}/lpips/{{shard}}.csv"
    return expand(targets.results(wildcards.dataset, pattern), shard=targets.shards)


def environment_of_training():
    """The environment of the training step: with NVIDIA's libraries where `run.gpu` is set."""
    return "../../envs/train_gpu.yaml" if settings.run.gpu else "../../envs/train.yaml"


def environment_of_runtime(runtime):
    """The environment of a step that predicts: the light one where OpenVINO does."""
    return "../../envs/predict.yaml" if runtime == "openvino" else "../../envs/runtimes.yaml"


def photo_download(wildcards):
    """The download that a dataset uses, if it does."""
    if wildcards.dataset in missing_photos():
        hint = "correct the paths, or leave out of 'run.datasets' what you do not have"
        refuse_missing(missing_photos().values(), hint)
    name = dataset_of(wildcards).download
    return (
        [f"results/downloads/{name}/files", f"results/downloads/{name}/files.csv"] if name else []
    )


def carried_photographs(wildcards):
    """The table of the photographs that the workflow carries, with their checksums, if used."""
    bundled = dataset_of(wildcards).source == "bundled"
    return of_workflow([ROOT / "workflow/photographs/photographs.csv"]) if bundled else []


def photo_state(wildcards):
    """What re-runs the photo step when the user's own photos change."""
    dataset = dataset_of(wildcards)
    if not dataset.path or dataset.download:
        return ""
    return " ".join(state(path) for path in (dataset.path, dataset.lr_path) if path)


def download_of(wildcards):
    """The section of the download."""
    return settings.downloads[wildcards.download]


def download_state(wildcards):
    """What re-runs the download step when the user's own copy changes."""
    path = download_of(wildcards).path
    return state(path) if path else ""


def section(name, verb):
    """A section without which a rule has nothing to do."""
    if not getattr(settings, name):
        sys.exit(f"error: configuration: nothing to {verb}; set the section '{name}'")
    return getattr(settings, name)


def released(pattern):
    """A pattern of a network that is to be bundled with the workflow."""

    def files(wildcards):
        dataset = settings.release[wildcards.method].dataset
        measured_on = settings.release[wildcards.method].measured_on or dataset
        return expand(
            pattern,
            dataset=dataset,
            measured_on=measured_on,
            seed=settings.run.seeds[0],
            shard=targets.shards,
            **dict(wildcards.items()),
        )

    return files


def all_released(wildcards):
    """All networks that are to be bundled with the workflow."""
    return [
        f"results/release/{method}_x{scale}.onnx"
        for method, chosen in section("release", "release").items()
        for scale in chosen.scales
    ]


def upscaling_networks(wildcards):
    """What upscales the user's pictures."""
    chosen = section("upscale", "upscale")
    refuse_missing(upscaling_problems(chosen), "correct the paths")
    if chosen.network is None:
        return of_workflow(shipped.chosen(None, chosen.kind, chosen.factor, chosen.cost)[0])
    return chosen.network if chosen.network_is_result else of_user(chosen.network)


def upscaling_photo_networks(wildcards):
    """What upscales lossy files, unless it is the same."""
    chosen = section("upscale", "upscale")
    if chosen.network is not None:
        return []
    return of_workflow(shipped.chosen(None, chosen.kind, chosen.factor, chosen.cost)[1])


def withdraw_upscaled(marker):
    """Take back that all is upscaled where an output is gone, which Snakemake does not watch."""
    marker, chosen = Path(prefixed(marker)), settings.upscale
    if chosen and workflow.is_main_process and marker.is_file():
        if upscaling_records.lack_outputs(Path(chosen.output), Path(chosen.input)):
            marker.unlink()


def upscaling_environment():
    """The environment of what upscales: a light one for OpenVINO."""
    network = (settings.upscale and settings.upscale.network) or ".onnx"
    return environment_of_runtime("openvino" if network.endswith(".onnx") else "")


def as_yaml(values):
    """Sections as YAML, without the keys that have no value."""
    return yaml.safe_dump(to_jsonable_python(values, exclude_none=True))


def as_json(values):
    """The same, as JSON."""
    return json.dumps(to_jsonable_python(values, exclude_none=True), sort_keys=True)


def documents(entry, endings, shown=None):
    """Files of a table or figure, one per ending; the report has the first, or another one."""
    about = {key: entry[key] for key in ("category", "labels")}
    caption = f"../report/{entry['caption']}.rst"
    files = {ending: f"{entry['path']}.{ending}" for ending in endings}
    shown = shown or endings[0]
    files[shown] = report(files[shown], caption=caption, **about)
    return list(files.values())


def logged(entry, kind):
    """The log of the step that makes a table or figure."""
    return f"{entry['path'].replace('results/', 'results/logs/', 1)}{kind}.log"


def measured(entry, kind):
    """Time and memory of the same step."""
    return f"{entry['path'].replace('results/', 'results/benchmarks/', 1)}{kind}.jsonl"
