rule metrics:
    input:
        code=code("metrics"),
        pairs=by(targets.evaluated_pairs, "dataset", "scale", "shard"),
        predictions=PREDICTIONS,
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
        options=options(
            "scale",
            "method",
            "seed",
            resume=filled(
                prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/metrics/{shard}")
            ),
        ),
    message:
        "Scoring {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        STEP


rule lpips:
    input:
        code=code("lpips"),
        weights=[of_user(path)] if (path := lpips_option("path")) else [],
        pairs=by(targets.evaluated_pairs, "dataset", "scale", "shard"),
        predictions=PREDICTIONS,
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
        options=options(
            "scale",
            "method",
            "seed",
            sha256=lpips_option("sha256"),
            resume=filled(
                prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/lpips/{shard}")
            ),
        ),
    message:
        "LPIPS of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        STEP


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
    params:
        options=options(),
    message:
        "Collecting the scores of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}"
    shell:
        STEP
