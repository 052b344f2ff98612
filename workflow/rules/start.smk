# Where the workflow is, its configuration, and what is checked before any job starts.
import contextlib
import functools
import itertools
import os
import signal
import sys
import time
from pathlib import Path
from shutil import which

STARTED_S = time.time()

if "ROOT" not in globals():

    include: "project.smk"


sys.path.insert(0, str(ROOT / "workflow/scripts"))

from snakemake.io import strip_wildcard_constraints
from snakemake.settings.types import DeploymentMethod

from superres import config as configuration
from superres.config.files import check_file, check_text
from superres.config.names import check_reserved
from superres.config.paths import photos_problem
from superres.core import parents
from superres.core.errors import InputError

if (loaded := Path(parents.__file__).resolve().parents[4]) != ROOT.resolve():
    sys.exit(
        f"error: two copies of this workflow in one run, {loaded} and {ROOT}; give all modules the "
        "same snakefile"
    )

if set("{}<>") & set(str(ROOT)):
    sys.exit(
        f"error: {ROOT}: Snakemake reads braces and angle brackets in the path of a workflow as "
        "wildcards; rename the folder"
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


def checked():
    """The configuration with its defaults, in typed sections."""
    if "run" not in config:
        sys.exit(
            "error: configuration: 'run' is missing; copy the folder config/ of the workflow here, "
            f"or give --configfile '{ROOT / 'config/config.yaml'}' and your own files behind it"
        )
    with one_line():
        return configuration.complete(config)


def check_names():
    """No name may be that of a file or folder that a rule writes into the same folder."""
    patterns = [
        strip_wildcard_constraints(file)
        for rule in workflow.rules
        for file in [*rule.output, *rule.log, rule.benchmark]
        if isinstance(file, str)
    ]
    with one_line():
        # Partial work, which no rule names as its output.
        check_reserved(settings, [*patterns, prefixed("results/resume/{dataset}")])


def refuse_missing(problems, hint):
    """Before any job starts: the user's own files must be where the configuration says."""
    # Reports, graphs and the like are made without them, and a job may see other disks.
    if problems and workflow.is_main_process and workflow.execution_settings:
        sys.exit(f"error: configuration: {'; '.join(dict.fromkeys(problems))}; {hint}")


@functools.cache
def missing_photos():
    """What keeps the photos of datasets from being read, by dataset."""
    problems = {dataset: photos_problem(settings, dataset) for dataset in targets.datasets}
    return {dataset: problem for dataset, problem in problems.items() if problem}


def verify_downloads():
    """Before any job starts: everything that was downloaded is still what it was."""
    # Reads tables with pandas, whose import would be a tenth of the time of every start.
    from superres.data import archives

    for name in {settings.datasets[dataset].download for dataset in targets.datasets}:
        table = Path(f"results/downloads/{name}/files.csv")
        with one_line():
            known = archives.recorded(table) if table.exists() else {}
            for file in known:
                archives.check(table.with_suffix(""), file, known)


def show_answers():
    """The end of a run: the benchmarks that it made, and where to look further."""
    for dataset in [*targets.datasets, *targets.folded]:
        folder = Path(prefixed(f"results/{dataset}"))
        summary = folder / "tables/benchmark.txt"
        if summary.is_file() and summary.stat().st_mtime >= STARTED_S:
            places = [folder / "tables/benchmark.html", folder / "figures", folder / "comparison"]
            found = [str(place) for place in places if place.exists()]
            print(f"\n{summary.read_text()}\nLook at {', '.join(found)}", file=sys.stderr)


def landing():
    """What the report begins with: the answer of each benchmark, and where its pictures are."""
    shown = []
    for dataset in [*targets.datasets, *targets.folded]:
        folder = Path(prefixed(f"results/{dataset}"))
        page = folder / "tables/benchmark.md"
        if not page.is_file():
            continue
        heading, *lines = page.read_text().split("\n\n")
        answers = itertools.takewhile(lambda line: not line.startswith("|"), lines)
        shown.append(
            {
                "title": heading.removeprefix("# "),
                "answers": [answer.replace("`", "``") for answer in answers],
                "picture": str(folder / "figures/crops_x"),
            }
        )
    return shown


def schedule_when_a_job_ends():
    """Drop Snakemake's default limit of 100 jobs a second, but no limit that was asked for.

    With a limit, Snakemake 9.27 goes through all ready jobs once more every second for each job that
    has ended: a run of two hundred jobs keeps half a core busy.
    """
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


def end_trainings_on_sigterm():
    """Snakemake waits for the jobs that run; a training takes hours, and continues in the next run."""
    wait_for_jobs = signal.getsignal(signal.SIGTERM)

    def end(*arguments):
        wait_for_jobs(*arguments)
        for process in parents.steps_of(os.getpid(), "train"):
            os.kill(process, signal.SIGTERM)

    if callable(wait_for_jobs):
        signal.signal(signal.SIGTERM, end)
