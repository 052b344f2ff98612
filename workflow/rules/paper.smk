PAPER_TABLES = ["table_1", "table_2", "leakage", "time"]
PAPER_FIGURES = ["architecture", "triptych", "training_time", "paper_curves"]
PAPER_MODEL = "results/{track}/x{scale}/{method}/seed{seed}/"
EVALUATED = evaluated_scales(paper_value("as_run"))[0] if "paper" in config else 0


rule architecture:
    input:
        code=architecture_code("architecture"),
    output:
        "results/report/architecture/{method}.csv",
    log:
        "results/logs/report/architecture/{method}.log",
    benchmark:
        "results/benchmarks/report/architecture/{method}.jsonl"
    wildcard_constraints:
        method=one_of(MODELS),
    conda:
        "../../envs/architecture.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        recipe=lambda wildcards: json.dumps(config["models"][wildcards.method], sort_keys=True),
    message:
        "Listing the layers of {wildcards.method}"
    shell:
        "python {input.code[0]:q} --recipe {params.recipe:q} --output {output:q} 2>&1 | tee {log:q}"


rule table_layers:
    input:
        code=code("table_layers"),
        architecture=paper_files("results/report/architecture/{method}.csv"),
    output:
        csv="results/report/table_1.csv",
        md="results/report/table_1.md",
        html=report(
            "results/report/table_1.html",
            caption="../report/table_1.rst",
            category="Paper",
            labels={"table": "1: layers"},
        ),
        tex="results/report/table_1.tex",
    log:
        "results/logs/report/table_1.log",
    benchmark:
        "results/benchmarks/report/table_1.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    message:
        "Comparing the layers with the paper's Table 1"
    shell:
        "python {input.code[0]:q} --architecture {input.architecture:q} --output {output:q}"
        " 2>&1 | tee {log:q}"


rule table_results:
    input:
        code=code("table_results"),
        history=paper_files("results/{as_run}/x{scale}/{method}/seed{seed}/history.csv"),
        per_image=paper_files("results/{as_run}/tables/per_image.csv"),
    output:
        csv="results/report/table_2.csv",
        md="results/report/table_2.md",
        html=report(
            "results/report/table_2.html",
            caption="../report/table_2.rst",
            category="Paper",
            labels={"table": "2: results"},
        ),
        tex="results/report/table_2.tex",
    log:
        "results/logs/report/table_2.log",
    benchmark:
        "results/benchmarks/report/table_2.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        model=paper_value("model"),
    message:
        "Comparing the results with the paper's Table 2"
    shell:
        "python {input.code[0]:q} --history {input.history:q} --per-image {input.per_image:q}"
        " --model {params.model} --output {output:q} 2>&1 | tee {log:q}"


rule table_leakage:
    input:
        code=code("table_leakage"),
        splits=paper_splits("results/{track}/x{scale}/split.csv"),
    output:
        csv="results/report/leakage.csv",
        md="results/report/leakage.md",
        html=report(
            "results/report/leakage.html",
            caption="../report/leakage.rst",
            category="Paper",
            labels={"table": "audit of the split"},
        ),
        tex="results/report/leakage.tex",
    log:
        "results/logs/report/leakage.log",
    benchmark:
        "results/benchmarks/report/leakage.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=paper_splits("{track}:{scale}"),
    message:
        "Looking for held-out photos in training"
    shell:
        "python {input.code[0]:q} --splits {input.splits:q} --labels {params.labels}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule table_time:
    input:
        code=code("table_time"),
        timings=paper_files(f"{PAPER_MODEL}timing.json"),
    output:
        csv="results/report/time.csv",
        md="results/report/time.md",
        html=report(
            "results/report/time.html",
            caption="../report/time.rst",
            category="Paper",
            labels={"table": "training time"},
        ),
        tex="results/report/time.tex",
    log:
        "results/logs/report/time.log",
    benchmark:
        "results/benchmarks/report/time.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=paper_files("{track}"),
        sizes=[image_size(track) for track in paper_files("{track}")],
    message:
        "Comparing the training time with the paper's"
    shell:
        "python {input.code[0]:q} --timings {input.timings:q} --labels {params.labels}"
        " --sizes {params.sizes:q} --output {output:q} 2>&1 | tee {log:q}"


rule table_quarantine:
    input:
        code=code("table_quarantine"),
        quarantine=all_shards("results/{dataset}/photos/{shard}.quarantine.csv"),
        photos=all_shards("results/{dataset}/photos/{shard}.csv"),
    output:
        csv="results/{dataset}/tables/quarantine.csv",
        md="results/{dataset}/tables/quarantine.md",
        html=report(
            "results/{dataset}/tables/quarantine.html",
            caption="../report/quarantine.rst",
            category="Tables",
            labels={"dataset": "{dataset}", "table": "input left out"},
        ),
        tex="results/{dataset}/tables/quarantine.tex",
    log:
        "results/logs/{dataset}/quarantine.log",
    benchmark:
        "results/benchmarks/{dataset}/quarantine.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        size=size_options,
    message:
        "Listing what was left out of {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --quarantine {input.quarantine:q} --photos {input.photos:q}"
        " {params.size} --output {output:q} 2>&1 | tee {log:q}"


rule answer:
    input:
        code=code("answer"),
        layers="results/report/table_1.csv",
        results="results/report/table_2.csv",
        leakage="results/report/leakage.csv",
        as_run=paper_files("results/{as_run}/tables/per_image.csv"),
        clean=paper_files("results/{clean}/tables/per_image.csv"),
    output:
        md="results/report/answer.md",
        html=report(
            "results/report/answer.html",
            caption="../report/answer.rst",
            category="Answer",
            labels={"page": "does the result hold?"},
        ),
    log:
        "results/logs/report/answer.log",
    benchmark:
        "results/benchmarks/report/answer.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        model=paper_value("model"),
        confidence=config["statistics"]["confidence"],
        resamples=config["statistics"]["resamples"],
    message:
        "Saying whether the paper's result holds"
    shell:
        "python {input.code[0]:q} --layers {input.layers:q} --results {input.results:q}"
        " --leakage {input.leakage:q} --as-run {input.as_run:q} --clean {input.clean:q}"
        " --model {params.model} --confidence {params.confidence}"
        " --resamples {params.resamples} --output {output:q} 2>&1 | tee {log:q}"


rule figure_architecture:
    input:
        code=code("figure_architecture"),
        architecture=paper_files("results/report/architecture/{method}.csv"),
    output:
        report(
            "results/report/figures/architecture.png",
            caption="../report/architecture.rst",
            category="Paper",
            labels={"figure": "1: architecture"},
        ),
        "results/report/figures/architecture.svg",
    log:
        "results/logs/report/figures/architecture.log",
    benchmark:
        "results/benchmarks/report/figures/architecture.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=config["figures"]["dpi"],
    message:
        "Drawing the architecture"
    shell:
        "python {input.code[0]:q} --architecture {input.architecture:q} --dpi {params.dpi}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule figure_triptych:
    input:
        code=code("figure_triptych"),
        per_image=paper_files("results/{as_run}/tables/per_image.csv"),
        pairs=paper_files(
            "results/{as_run}/x{scale}/pairs/{split}/{shard}",
            scale=EVALUATED,
            split="validation",
            shard=SHARDS[0],
        ),
        predictions=[
            file
            for method, seed in (
                ("unchanged", 0),
                ("bicubic", 0),
                (paper_value("model"), config["run"]["seeds"][0]),
            )
            for file in paper_files(
                "results/{as_run}/x{scale}/{method}/seed{seed}/predictions/{shard}",
                scale=EVALUATED,
                method=method,
                seed=seed,
                shard=SHARDS[0],
            )
        ],
    output:
        report(
            "results/report/figures/triptych.png",
            caption="../report/triptych.rst",
            category="Paper",
            labels={"figure": "2: input, prediction, truth"},
        ),
        "results/report/figures/triptych.svg",
    log:
        "results/logs/report/figures/triptych.log",
    benchmark:
        "results/benchmarks/report/figures/triptych.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        methods=["unchanged", "bicubic", paper_value("model")],
        scale=EVALUATED,
        photos=config["figures"]["photos"],
        dpi=config["figures"]["dpi"],
    message:
        "Drawing predictions of the paper's model"
    shell:
        "python {input.code[0]:q} --pairs {input.pairs:q} --folders {input.predictions:q}"
        " --methods {params.methods} --per-image {input.per_image:q} --scale {params.scale}"
        " --photos {params.photos}"
        " --dpi {params.dpi} --output {output:q} 2>&1 | tee {log:q}"


rule figure_training_time:
    input:
        code=code("figure_training_time"),
        times="results/report/time.csv",
    output:
        report(
            "results/report/figures/training_time.png",
            caption="../report/training_time.rst",
            category="Paper",
            labels={"figure": "3: training time"},
        ),
        "results/report/figures/training_time.svg",
    log:
        "results/logs/report/figures/training_time.log",
    benchmark:
        "results/benchmarks/report/figures/training_time.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=config["figures"]["dpi"],
    message:
        "Drawing the training time"
    shell:
        "python {input.code[0]:q} --times {input.times:q} --dpi {params.dpi} --output {output:q}"
        " 2>&1 | tee {log:q}"


rule figure_paper_curves:
    input:
        code=code("figure_paper_curves"),
        histories=paper_files(f"{PAPER_MODEL}history.csv"),
    output:
        report(
            "results/report/figures/paper_curves.png",
            caption="../report/paper_curves.rst",
            category="Paper",
            labels={"figure": "4: learning curves"},
        ),
        "results/report/figures/paper_curves.svg",
    log:
        "results/logs/report/figures/paper_curves.log",
    benchmark:
        "results/benchmarks/report/figures/paper_curves.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=paper_files("ours, {track}"),
        dpi=config["figures"]["dpi"],
    message:
        "Drawing learning curves beside the paper's log"
    shell:
        "python {input.code[0]:q} --histories {input.histories:q} --labels {params.labels:q}"
        " --dpi {params.dpi} --output {output:q} 2>&1 | tee {log:q}"
