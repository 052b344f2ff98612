rule metrics:
    input:
        code=code("metrics"),
        pairs=evaluated_pairs,
        predictions="results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}",
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}.jsonl"
    group:
        "scores"
    conda:
        "../../envs/metrics.yaml"
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        resume=prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}"),
    message:
        "Scoring {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --pairs {input.pairs:q} --predictions {input.predictions:q}"
        " --scale {wildcards.scale} --method {wildcards.method} --seed {wildcards.seed}"
        " --resume {params.resume:q} --output {output:q} 2>&1 | tee {log:q}"


rule lpips:
    input:
        code=code("lpips"),
        weights=lpips_weights(),
        pairs=evaluated_pairs,
        predictions="results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}",
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/lpips/{shard}.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/lpips/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/lpips/{shard}.jsonl"
    group:
        "scores"
    conda:
        "../../envs/lpips.yaml"
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        sha256=lpips_option("sha256"),
        resume=prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/lpips/{shard}"),
    message:
        "LPIPS of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --weights {input.weights:q} --sha256 {params.sha256}"
        " --pairs {input.pairs:q} --predictions {input.predictions:q} --scale {wildcards.scale}"
        " --method {wildcards.method} --seed {wildcards.seed} --resume {params.resume:q}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule collect:
    input:
        code=code("collect"),
        shards=all_shards("results/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}.csv"),
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/metrics.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/metrics.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/metrics.jsonl"
    group:
        "tables"
    conda:
        "../../envs/collect.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    message:
        "Collecting the scores of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}"
    shell:
        "python {input.code[0]:q} --shards {input.shards:q} --output {output:q} 2>&1 | tee {log:q}"


rule table_test_sets:
    input:
        code=code("table_test_sets"),
        benchmarks=expand("results/{dataset}/tables/benchmark.csv", dataset=TEST_SETS),
    output:
        csv="results/report/test_sets.csv",
        md="results/report/test_sets.md",
        html=report(
            "results/report/test_sets.html",
            caption="../report/test_sets.rst",
            category="Tables",
            labels={"table": "all test sets"},
        ),
        tex="results/report/test_sets.tex",
    log:
        "results/logs/report/test_sets.log",
    benchmark:
        "results/benchmarks/report/test_sets.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        datasets=TEST_SETS,
        standard_sets=[config["datasets"][name].get("published", "none") for name in TEST_SETS],
    message:
        "Putting all test sets into one table"
    shell:
        "python {input.code[0]:q} --benchmarks {input.benchmarks:q} --datasets {params.datasets}"
        " --standard-sets {params.standard_sets} --output {output:q} 2>&1 | tee {log:q}"


rule tables:
    input:
        code=code("tables"),
        metrics=all_results("results/{dataset}/x{scale}/{method}/seed{seed}/metrics.csv"),
        lpips=all_lpips,
        summaries=all_trainings("results/{dataset}/x{scale}/{method}/seed{seed}/summary.json"),
    output:
        per_image="results/{dataset}/tables/per_image.csv",
        benchmark="results/{dataset}/tables/benchmark.csv",
        benchmark_md="results/{dataset}/tables/benchmark.md",
        benchmark_page=report(
            "results/{dataset}/tables/benchmark.html",
            caption="../report/benchmark.rst",
            category="Tables",
            labels={"dataset": "{dataset}", "table": "benchmark"},
        ),
        comparisons="results/{dataset}/tables/comparisons.csv",
        comparisons_md="results/{dataset}/tables/comparisons.md",
        comparisons_page=report(
            "results/{dataset}/tables/comparisons.html",
            caption="../report/comparisons.rst",
            category="Tables",
            labels={"dataset": "{dataset}", "table": "one method against another"},
        ),
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
        split=dataset_option("evaluate", "split"),
        against=references_of,
        confidence=config["statistics"]["confidence"],
        resamples=config["statistics"]["resamples"],
    message:
        "Comparing all methods on {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --metrics {input.metrics:q} --lpips {input.lpips:q}"
        " --summaries {input.summaries:q} --title {wildcards.dataset} --split {params.split}"
        " --against {params.against} --confidence {params.confidence}"
        " --resamples {params.resamples} --per-image {output.per_image:q}"
        " --benchmark {output.benchmark:q} {output.benchmark_md:q} {output.benchmark_page:q}"
        " --comparisons {output.comparisons:q} {output.comparisons_md:q}"
        " {output.comparisons_page:q}"
        " 2>&1 | tee {log:q}"
