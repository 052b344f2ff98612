# What is known about a network besides its scores: layers, cost, speed, other runtimes.
rule architecture:
    input:
        code=code_of_model("architecture"),
    output:
        "results/report/architecture/{method}.csv",
    log:
        "results/logs/report/architecture/{method}.log",
    benchmark:
        "results/benchmarks/report/architecture/{method}.jsonl"
    wildcard_constraints:
        method=one_of(targets.models),
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        options=options(recipe=recipe_of),
    message:
        "Listing the layers of {wildcards.method}"
    shell:
        STEP


rule costs:
    input:
        code=code("costs", *[architecture(settings.models[name]) for name in targets.models]),
    output:
        "results/report/costs.csv",
    log:
        "results/logs/report/costs.log",
    benchmark:
        "results/benchmarks/report/costs.jsonl"
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        options=options(
            recipes=as_json({name: settings.models[name] for name in targets.models}),
            scales=targets.scales,
        ),
    message:
        "Deriving what every model costs"
    shell:
        STEP


rule speed:
    input:
        code=code("speed"),
        networks=by(targets.first_networks, "dataset", "scale"),
    output:
        "results/{dataset}/x{scale}/speed.csv",
    log:
        "results/logs/{dataset}/x{scale}/speed.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/speed.jsonl"
    conda:
        environment_of_runtime(settings.prediction.runtime)
    # Whatever ran beside it would be measured too.
    threads: ALL_CORES
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        options=options(
            "scale",
            methods=by(targets.models_of, "dataset"),
            precision=settings.prediction.precision,
            **dict(settings.front),
        ),
    message:
        "Measuring the speed of all models on {wildcards.dataset}, x{wildcards.scale}"
    shell:
        STEP


rule export:
    input:
        code=code("export"),
        model=by(targets.model_file, "dataset", "scale", "method", "seed"),
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/model.{ending}",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/export.{ending}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/export.{ending}.jsonl"
    wildcard_constraints:
        method=one_of(targets.models),
        ending="onnx|tflite",
    conda:
        "../../envs/runtimes.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        options=options("scale"),
    message:
        "Exporting {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}: .{wildcards.ending}"
    shell:
        STEP


rule parity:
    input:
        code=code("parity"),
        models=lambda wildcards: [
            targets.model_file(**dict(wildcards.items())),
            *expand(
                "results/{dataset}/x{scale}/{method}/seed{seed}/model.{ending}",
                ending=["onnx", "tflite"],
                **dict(wildcards.items()),
            ),
        ],
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/parity.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/parity.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/parity.jsonl"
    conda:
        "../../envs/runtimes.yaml"
    # Whatever ran beside it would be measured too.
    threads: ALL_CORES
    resources:
        mem_mb=8000,
        runtime=30,
    params:
        options=options(),
    message:
        "Comparing the runtimes of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}"
    shell:
        STEP


rule gains_by_lr:
    input:
        code=code("robustness"),
        network="results/{dataset}/x{scale}/{method}/seed{seed}/model.onnx",
        pairs=all_shards("results/{dataset}/x{scale}/pairs/test/{shard}"),
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/robustness.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/robustness.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/robustness.jsonl"
    wildcard_constraints:
        method=one_of(targets.models),
    conda:
        "../../envs/robustness.yaml"
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        options=options("scale"),
    message:
        "Measuring {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, on other kinds of LR"
    shell:
        STEP
