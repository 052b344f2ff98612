# Tables for people: scripts/tables.py has one command for each.
PAPER = settings.paper
PAPER_TABLES = ["table_1", "table_2", "leakage", "time", "answer"]
RESAMPLING = settings.statistics.model_dump(include={"confidence", "resamples"})


rule tables:
    input:
        code=code("tables benchmark"),
        metrics=by(
            targets.results,
            "dataset",
            pattern="results/{dataset}/x{scale}/{method}/seed{seed}/metrics.csv",
        ),
        lpips=all_lpips,
        summaries=by(
            targets.trainings,
            "dataset",
            pattern="results/{dataset}/x{scale}/{method}/seed{seed}/summary.json",
        ),
        histories=by(
            targets.trainings,
            "dataset",
            pattern="results/{dataset}/x{scale}/{method}/seed{seed}/history.csv",
        ),
    output:
        per_image="results/{dataset}/tables/per_image.csv",
        benchmark=[
            "results/{dataset}/tables/benchmark.csv",
            "results/{dataset}/tables/benchmark.md",
            report(
                "results/{dataset}/tables/benchmark.html",
                caption="../report/benchmark.rst",
                category="Tables",
                labels={"dataset": "{dataset}", "table": "benchmark"},
            ),
            "results/{dataset}/tables/benchmark.txt",
        ],
        comparisons=[
            "results/{dataset}/tables/comparisons.csv",
            "results/{dataset}/tables/comparisons.md",
            report(
                "results/{dataset}/tables/comparisons.html",
                caption="../report/comparisons.rst",
                category="Tables",
                labels={"dataset": "{dataset}", "table": "one method against another"},
            ),
        ],
    log:
        "results/logs/{dataset}/tables.log",
    benchmark:
        "results/benchmarks/{dataset}/tables.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        facts=caption_facts,
        options=options(
            command="benchmark",
            title=filled("{dataset}"),
            split=lambda wildcards: dataset_of(wildcards).evaluate.split,
            against=by(targets.references_of, "dataset"),
            **RESAMPLING,
        ),
    message:
        "Comparing all methods on {wildcards.dataset}"
    shell:
        STEP


# One rule per entry, named by its command: path without ending, caption and labels in the report,
# message, inputs, settings.
TABLES = {
    "table_training": dict(
        path="results/{dataset}/tables/training",
        caption="training",
        category="Tables",
        labels={"dataset": "{dataset}", "table": "trainings"},
        message="Showing what the trainings on {wildcards.dataset} cost",
        input={
            name: by(
                targets.trainings,
                "dataset",
                pattern=f"results/{{dataset}}/x{{scale}}/{{method}}/seed{{seed}}/{file}",
            )
            for name, file in (
                ("summaries", "summary.json"),
                ("timings", "timing.json"),
                ("histories", "history.csv"),
            )
        },
        settings=dict(title=filled("{dataset}")),
    ),
    "table_layers": dict(
        path="results/report/table_1",
        caption="table_1",
        category="Paper",
        labels={"table": "1: layers"},
        message="Comparing the layers with the paper's Table 1",
        input=dict(
            architecture=targets.of_paper("results/report/architecture/{method}.csv"),
        ),
    ),
    "table_results": dict(
        path="results/report/table_2",
        caption="table_2",
        category="Paper",
        labels={"table": "2: results"},
        message="Comparing the results with the paper's Table 2",
        input=dict(
            history=targets.of_paper("results/{as_run}/x{scale}/{method}/seed{seed}/history.csv"),
            per_image=targets.of_paper("results/{as_run}/tables/per_image.csv"),
        ),
        settings=dict(model=PAPER and PAPER.model),
    ),
    "table_leakage": dict(
        path="results/report/leakage",
        caption="leakage",
        category="Paper",
        labels={"table": "audit of the split"},
        message="Looking for held-out photos in training",
        input=dict(splits=targets.splits_of_paper("results/{track}/x{scale}/split.csv")),
        settings=dict(labels=targets.splits_of_paper("{track}:{scale}")),
    ),
    "table_time": dict(
        path="results/report/time",
        caption="time",
        category="Paper",
        labels={"table": "training time"},
        message="Comparing the training time with the paper's",
        input=dict(
            timings=targets.of_paper("results/{track}/x{scale}/{method}/seed{seed}/timing.json"),
        ),
        settings=dict(
            labels=targets.of_paper("{track}"),
            sizes=[targets.image_size(track) for track in targets.of_paper("{track}")],
        ),
    ),
    "answer": dict(
        path="results/report/answer",
        endings=["md", "html"],
        caption="answer",
        category="Answer",
        labels={"page": "does the result hold?"},
        message="Saying whether the paper's result holds",
        input=dict(
            layers="results/report/table_1.csv",
            results="results/report/table_2.csv",
            leakage="results/report/leakage.csv",
            as_run=targets.of_paper("results/{as_run}/tables/per_image.csv"),
            clean=targets.of_paper("results/{clean}/tables/per_image.csv"),
        ),
        settings=dict(model=PAPER and PAPER.model, **RESAMPLING),
    ),
    "table_quarantine": dict(
        path="results/{dataset}/tables/quarantine",
        caption="quarantine",
        category="Tables",
        labels={"dataset": "{dataset}", "table": "input left out"},
        message="Listing what was left out of {wildcards.dataset}",
        input=dict(
            quarantine=all_shards("results/{dataset}/photos/{shard}.quarantine.csv"),
            photos=all_shards("results/{dataset}/photos/{shard}.csv"),
        ),
        settings=dict(
            size_px=lambda wildcards: (resize := dataset_of(wildcards).resize) and resize.size_px,
        ),
    ),
    "table_test_sets": dict(
        path="results/report/test_sets",
        caption="test_sets",
        category="Tables",
        labels={"table": "all test sets"},
        message="Putting all test sets into one table",
        input=dict(
            benchmarks=expand("results/{dataset}/tables/benchmark.csv", dataset=targets.test_sets),
        ),
        settings=dict(
            datasets=targets.test_sets,
            standard_sets=[
                settings.datasets[name].published or "none" for name in targets.test_sets
            ],
        ),
    ),
    "table_front": dict(
        path="results/{dataset}/tables/front",
        caption="front",
        category="Tables",
        labels={"dataset": "{dataset}", "table": "gain against cost"},
        message="Putting gain beside cost on {wildcards.dataset}",
        input=dict(
            benchmark="results/{dataset}/tables/benchmark.csv",
            costs="results/report/costs.csv",
            speeds=lambda wildcards: [
                f"results/{wildcards.dataset}/x{scale}/speed.csv"
                for scale in targets.evaluated_scales(wildcards.dataset)
            ],
        ),
        settings=dict(title=filled("{dataset}")),
    ),
    "table_sweep": dict(
        path="results/sweeps/{sweep}",
        caption="sweep",
        category="Sweeps",
        labels={"sweep": "{sweep}", "show": "table"},
        message="Comparing the cells of sweep {wildcards.sweep}",
        input=dict(
            histories=by(
                targets.of_sweep,
                "sweep",
                pattern="results/{dataset}/x{scale}/{method}/seed{seed}/history.csv",
            ),
            timings=by(
                targets.of_sweep,
                "sweep",
                pattern="results/{dataset}/x{scale}/{method}/seed{seed}/timing.json",
            ),
        ),
        settings=dict(
            title=filled("{sweep}"),
            cells=lambda wildcards: as_json(settings.sweeps[wildcards.sweep].cells),
        ),
    ),
    "table_parity": dict(
        path="results/{dataset}/x{scale}/{method}/seed{seed}/parity",
        endings=["md", "html"],
        caption="parity",
        category="Runtimes",
        labels={"dataset": "{dataset}", "scale": "{scale}", "method": "{method}"},
        message="Showing the runtimes of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}",
        input=dict(parity="results/{dataset}/x{scale}/{method}/seed{seed}/parity.csv"),
        settings=dict(title=filled("{method} on {dataset}, x{scale}")),
    ),
    "table_robustness": dict(
        path="results/{dataset}/x{scale}/{method}/seed{seed}/robustness",
        endings=["md", "html"],
        caption="robustness",
        category="Kinds of LR",
        labels={"dataset": "{dataset}", "scale": "{scale}", "method": "{method}"},
        message="Showing what {wildcards.method} does on {wildcards.dataset}, x{wildcards.scale}, by kind of LR",
        input=dict(robustness="results/{dataset}/x{scale}/{method}/seed{seed}/robustness.csv"),
        settings=dict(title=filled("{method} on {dataset}, x{scale}")),
    ),
}

for rule_name, table in TABLES.items():
    command = rule_name.removeprefix("table_")

    rule:
        name:
            rule_name
        input:
            **table["input"],
            code=code(f"tables {command}"),
        output:
            documents(table, table.get("endings", ["csv", "md", "html", "tex"]), "html"),
        log:
            logged(table, ".table"),
        benchmark:
            measured(table, ".table")
        group:
            "tables"
        conda:
            "../../envs/tables.yaml"
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            facts=caption_facts,
            options=options(command=command, **table.get("settings", {})),
        message:
            table["message"]
        shell:
            STEP
