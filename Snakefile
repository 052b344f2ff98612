# download -> photos -> split -> pairs -> train -> predict ----> metrics -> collect -> tables -> figures
#                                     \-> interpolate ------/                         \-> paper
# One rule per step, which calls a script in workflow/scripts/ in an environment of envs/.
from snakemake.utils import min_version

min_version("9.17")


include: "workflow/rules/start.smk"
include: "workflow/rules/common.smk"


check_files(default_configuration())


configfile: default_configuration()


settings = checked()

targets = Targets(settings)
DATASETS = targets.datasets


# Texts of the report see the configuration and nothing else of this file.
if any(word.startswith("--report") for word in sys.argv):
    config["landing"] = landing()


report: "workflow/report/landing.rst"


wildcard_constraints:
    dataset=one_of([*DATASETS, *targets.folded]),
    scale=one_of(map(str, targets.scales)),
    method=one_of([*targets.methods, *targets.cells]),
    sweep=one_of(settings.sweeps),
    seed=r"\d+",
    split="train|validation|test",
    shard=one_of(targets.shards),
    download=one_of(settings.downloads),


include: "workflow/rules/download.smk"
include: "workflow/rules/photos.smk"
include: "workflow/rules/methods.smk"
include: "workflow/rules/scores.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/upscale.smk"
include: "workflow/rules/release.smk"


onstart:
    verify_downloads()
    schedule_when_a_job_ends()
    end_trainings_on_sigterm()


onsuccess:
    show_answers()


rule all:
    input:
        lambda wildcards: [*rules.tables_and_figures.input, rules.provenance.output.crate],
    message:
        f"All tables and figures are in {prefixed('results/')},"
        f" where they come from in {prefixed('results/ro-crate-metadata.json')}"


rule downloads:
    input:
        expand("results/downloads/{download}/files.csv", download=settings.downloads),
    message:
        f"All downloads are in {prefixed('results/downloads/')}"


rule figures:
    input:
        expand("results/{dataset}/figures/gains.png", dataset=[*DATASETS, *targets.folded]),
        [
            f"results/{dataset}/figures/crops_x{scale}.png"
            for dataset in DATASETS
            for scale in targets.evaluated_scales(dataset)
        ],
        [
            f"results/{dataset}/figures/slider_x{scale}.webp"
            for dataset in filter(targets.models_of, DATASETS)
            for scale in targets.evaluated_scales(dataset)
        ],
        expand(
            "results/{dataset}/figures/learning_curves.png",
            dataset=filter(targets.trains, DATASETS),
        ),
        expand("results/{dataset}/comparison", dataset=DATASETS),
        expand("results/report/figures/{figure}.png", figure=PAPER_FIGURES if PAPER else []),
    message:
        f"All figures are in {prefixed('results/')}"


rule front:
    input:
        expand("results/{dataset}/tables/front.md", dataset=filter(targets.models_of, DATASETS)),
        expand("results/{dataset}/figures/front.png", dataset=filter(targets.models_of, DATASETS)),
    message:
        f"Gain against cost is in {prefixed('results/*/')}tables/front.md and figures/front.png"


rule runtimes:
    input:
        targets.first_exports("results/{dataset}/x{scale}/{method}/seed{seed}/parity.md"),
    message:
        f"What each runtime does with a model is in {prefixed('results/*/x*/*/seed*/parity.md')}"


rule robustness:
    input:
        targets.first_exports("results/{dataset}/x{scale}/{method}/seed{seed}/robustness.md"),
    message:
        f"Gain by kind of LR is in {prefixed('results/*/x*/*/seed*/robustness.md')}"


rule release:
    input:
        all_released,
    message:
        f"Networks to bundle are in {prefixed('results/release/')}"


rule sweeps:
    input:
        expand("results/sweeps/{sweep}.md", sweep=settings.sweeps),
        expand("results/sweeps/{sweep}.png", sweep=settings.sweeps),
    message:
        f"All sweeps are in {prefixed('results/sweeps/')}"


rule tables_and_figures:
    input:
        expand(
            "results/{dataset}/tables/{table}.md",
            dataset=[*DATASETS, *targets.folded],
            table=["benchmark", "comparisons"],
        ),
        expand(
            "results/{dataset}/tables/training.md",
            dataset=filter(targets.models_of, [*DATASETS, *targets.folded]),
        ),
        expand(
            "results/{dataset}/tables/quarantine.md",
            dataset=[
                name for name in DATASETS if settings.datasets[name].bad_input == "quarantine"
            ],
        ),
        expand("results/report/{table}.md", table=PAPER_TABLES if PAPER else []),
        expand(
            "results/report/test_sets.{ending}",
            ending=["csv", "md", "tex"] if targets.test_sets[1:] else [],
        ),
        rules.figures.input,
    message:
        f"All tables and figures are in {prefixed('results/')}"


include: "workflow/rules/provenance.smk"


watch_settings()
check_names()
