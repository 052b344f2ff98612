# Figures and the comparison page: scripts/figures.py has one command for each.
EVALUATED = targets.evaluated_scales(PAPER.as_run)[0] if PAPER else 0
PAPER_FIGURES = ["architecture", "triptych", "training_time", "paper_curves"]
TRIPTYCH = ["unchanged", "bicubic", PAPER.model if PAPER else ""]

# One rule per entry, as in tables.smk. Those with endings of their own have no resolution.
FIGURES = {
    "figure_gains": dict(
        path="results/{dataset}/figures/gains",
        caption="gains",
        category="Figures",
        labels={"dataset": "{dataset}", "figure": "gain over bicubic"},
        message="Drawing gains on {wildcards.dataset}",
        input=dict(
            per_image="results/{dataset}/tables/per_image.csv",
            benchmark="results/{dataset}/tables/benchmark.csv",
        ),
        settings=dict(models=by(targets.models_of, "dataset")),
    ),
    "figure_learning_curves": dict(
        path="results/{dataset}/figures/learning_curves",
        caption="learning_curves",
        category="Figures",
        labels={"dataset": "{dataset}", "figure": "learning curves"},
        message="Drawing learning curves on {wildcards.dataset}",
        input=dict(
            histories=by(
                targets.trainings,
                "dataset",
                pattern="results/{dataset}/x{scale}/{method}/seed{seed}/history.csv",
            ),
        ),
        settings=dict(
            labels=by(targets.trainings, "dataset", pattern="{method} x{scale}"),
            seeds=by(targets.trainings, "dataset", pattern="{seed}"),
        ),
    ),
    "figure_crops": dict(
        path="results/{dataset}/figures/crops_x{scale}",
        caption="crops",
        category="Figures",
        labels={"dataset": "{dataset}", "figure": "crops x{scale}"},
        message="Drawing crops of {wildcards.dataset}, x{wildcards.scale}",
        input=dict(
            pairs=by(targets.evaluated_pairs, "dataset", "scale"),
            predictions=by(targets.first_predictions, "dataset", "scale"),
            per_image="results/{dataset}/tables/per_image.csv",
        ),
        settings=dict(
            methods=by(targets.methods_of, "dataset"),
            models=by(targets.models_of, "dataset"),
            scale=filled("{scale}"),
            photos=settings.figures.photos,
            crop_px=settings.figures.crop_px,
        ),
    ),
    "figure_slider": dict(
        path="results/{dataset}/figures/slider_x{scale}",
        endings=["webp"],
        caption="slider",
        category="Figures",
        labels={"dataset": "{dataset}", "figure": "slider x{scale}"},
        message="Drawing the slider of {wildcards.dataset}, x{wildcards.scale}",
        input=dict(
            pairs=by(targets.evaluated_pairs, "dataset", "scale"),
            predictions=by(targets.first_predictions, "dataset", "scale"),
            per_image="results/{dataset}/tables/per_image.csv",
        ),
        settings=dict(
            methods=by(targets.methods_of, "dataset"),
            models=by(targets.models_of, "dataset"),
            scale=filled("{scale}"),
        ),
    ),
    "figure_front": dict(
        path="results/{dataset}/figures/front",
        caption="front",
        category="Figures",
        labels={"dataset": "{dataset}", "figure": "gain against cost"},
        message="Drawing gain against cost on {wildcards.dataset}",
        input=dict(front="results/{dataset}/tables/front.csv"),
    ),
    "figure_sweep": dict(
        path="results/sweeps/{sweep}",
        caption="sweep",
        category="Sweeps",
        labels={"sweep": "{sweep}", "show": "figure"},
        message="Drawing sweep {wildcards.sweep}",
        input=dict(table="results/sweeps/{sweep}.csv"),
    ),
    "figure_architecture": dict(
        path="results/report/figures/architecture",
        caption="architecture",
        category="Paper",
        labels={"figure": "1: architecture"},
        message="Drawing the architecture",
        input=dict(architecture=targets.of_paper("results/report/architecture/{method}.csv")),
    ),
    "figure_triptych": dict(
        path="results/report/figures/triptych",
        caption="triptych",
        category="Paper",
        labels={"figure": "2: input, prediction, truth"},
        message="Drawing predictions of the paper's model",
        input=dict(
            per_image=targets.of_paper("results/{as_run}/tables/per_image.csv"),
            pairs=targets.of_paper(
                "results/{as_run}/x{scale}/pairs/{split}/{shard}",
                scale=EVALUATED,
                split="validation",
                shard=targets.shards[0],
            ),
            predictions=targets.predictions_of_paper(TRIPTYCH, EVALUATED),
        ),
        settings=dict(methods=TRIPTYCH, scale=EVALUATED, photos=settings.figures.photos),
    ),
    "figure_training_time": dict(
        path="results/report/figures/training_time",
        caption="training_time",
        category="Paper",
        labels={"figure": "3: training time"},
        message="Drawing the training time",
        input=dict(times="results/report/time.csv"),
    ),
    "figure_paper_curves": dict(
        path="results/report/figures/paper_curves",
        caption="paper_curves",
        category="Paper",
        labels={"figure": "4: learning curves"},
        message="Drawing learning curves beside the paper's log",
        input=dict(
            histories=targets.of_paper("results/{track}/x{scale}/{method}/seed{seed}/history.csv"),
        ),
        settings=dict(labels=targets.of_paper("ours, {track}")),
    ),
}

for rule_name, figure in FIGURES.items():
    command = rule_name.removeprefix("figure_")

    rule:
        name:
            rule_name
        input:
            **figure["input"],
            code=code(f"figures {command}"),
        output:
            documents(figure, figure.get("endings", ["png", "svg"])),
        log:
            logged(figure, ".figure"),
        benchmark:
            measured(figure, ".figure")
        group:
            "tables"
        conda:
            "../../envs/figures.yaml"
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            facts=caption_facts,
            options=options(
                command=command,
                **({} if "endings" in figure else {"dpi": settings.figures.dpi}),
                **figure.get("settings", {}),
            ),
        message:
            figure["message"]
        shell:
            STEP


rule comparison_page:
    input:
        code=code("figures comparison_page"),
        # index.html first, which is what the command line has of them.
        page=of_workflow(
            sorted(
                (ROOT / "workflow/report/page").iterdir(),
                key=lambda file: (file.suffix != ".html", file.name),
            )
        ),
        pairs=by(targets.at_all_scales, "dataset", kind="evaluated_pairs"),
        predictions=by(targets.at_all_scales, "dataset", kind="first_predictions"),
        per_image="results/{dataset}/tables/per_image.csv",
        networks=by(targets.at_all_scales, "dataset", kind="networks_for_browsers"),
        own_page=of_workflow(sorted((ROOT / "workflow/report/own").iterdir())),
        runtime=of_workflow(sorted((ROOT / "workflow/report/onnxruntime").iterdir())),
    output:
        report(
            directory("results/{dataset}/comparison"),
            htmlindex="index.html",
            caption="../report/comparison.rst",
            category="Comparison",
            labels={"dataset": "{dataset}", "page": "any two images of every photo measured"},
        ),
    log:
        "results/logs/{dataset}/comparison.log",
    benchmark:
        "results/benchmarks/{dataset}/comparison.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        facts=caption_facts,
        options=options(
            command="comparison_page",
            without=["page"],
            title=filled("{dataset}"),
            split=lambda wildcards: dataset_of(wildcards).evaluate.split,
            scales=by(targets.evaluated_scales, "dataset"),
            methods=by(targets.methods_of, "dataset"),
            models=by(targets.models_of, "dataset"),
            more=lambda wildcards, input: {"page": input.page[0]},
        ),
    message:
        "Writing the comparison page of {wildcards.dataset}"
    shell:
        STEP
