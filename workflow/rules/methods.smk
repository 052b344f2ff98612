rule teach:
    input:
        code=code("teach"),
        network=by(targets.network_file, "dataset", "scale", "method", "seed"),
        pairs=PAIRS.replace("{split}", "train"),
    output:
        directory(TAUGHT),
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/taught/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/taught/{shard}.jsonl"
    wildcard_constraints:
        method=one_of(targets.teachers),
    conda:
        environment_of_runtime(settings.prediction.runtime)
    resources:
        mem_mb=8000,
        runtime=480,
    params:
        options=options(
            "scale",
            precision=by(targets.teaching_precision, "method"),
            resume=filled(
                prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/taught/{shard}")
            ),
        ),
    message:
        "What {wildcards.method} teaches on {wildcards.dataset}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        STEP


rule train:
    input:
        code=code_of_model("train"),
        train=by(targets.pairs_to_train, "dataset", "scale", "method", "seed"),
        validation=by(targets.pairs_to_validate, "dataset", "scale"),
        rows=by(targets.rows_of, "dataset"),
    output:
        model="results/{dataset}/x{scale}/{method}/seed{seed}/model.keras",
        history="results/{dataset}/x{scale}/{method}/seed{seed}/history.csv",
        summary="results/{dataset}/x{scale}/{method}/seed{seed}/summary.json",
        timing="results/{dataset}/x{scale}/{method}/seed{seed}/timing.json",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/train.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/train.jsonl"
    wildcard_constraints:
        method=one_of(targets.recipes),
        scale=one_of([*map(str, targets.scales), "all"]),
    # The longest step starts as soon as it can.
    priority: 10
    conda:
        environment_of_training()
    threads: lambda wildcards: targets.recipes[wildcards.method].training.threads
    resources:
        mem_mb=16000,
        runtime=1440,
    params:
        # The folder is no output, which would be deleted when training is killed.
        options=options(
            "method",
            "scale",
            "seed",
            scales=by(targets.scales_to_train, "dataset", "scale"),
            recipe=recipe_of,
            resume=filled(prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/train")),
            more=lambda wildcards, input: step_options.train(dataset_of(wildcards)),
        ),
        allocator=memory.ALLOCATOR,
    message:
        "Training {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}"
    shell:
        "GLIBC_TUNABLES={params.allocator:q} SUPERRES_PARENT=$PPID"
        " python {input.code[0]:q} {params.options:q} 2>&1"
        # When a scheduler ends all processes of a job, training's last line still gets there.
        " | (trap '' HUP INT TERM && tee {log:q})"


rule predict:
    input:
        code=code("predict"),
        network=by(targets.network_file, "dataset", "scale", "method", "seed"),
        pairs=by(targets.evaluated_pairs, "dataset", "scale", "shard"),
    output:
        directory(PREDICTIONS),
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.jsonl"
    wildcard_constraints:
        method=one_of(targets.models),
    group:
        "scores"
    conda:
        environment_of_runtime(settings.prediction.runtime)
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        options=options(
            "scale",
            precision=settings.prediction.precision,
            resume=filled(
                prefixed(
                    "results/resume/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"
                )
            ),
        ),
    message:
        "Predicting {wildcards.dataset} with {wildcards.method}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        STEP


rule interpolate:
    input:
        code=code("interpolate"),
        pairs=by(targets.evaluated_pairs, "dataset", "scale", "shard"),
    output:
        directory(PREDICTIONS),
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.jsonl"
    wildcard_constraints:
        method=one_of(INTERPOLATIONS),
    group:
        "scores"
    conda:
        "../../envs/interpolate.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        options=options(
            "method",
            resume=filled(
                prefixed(
                    "results/resume/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"
                )
            ),
        ),
    message:
        "Interpolating {wildcards.dataset} with {wildcards.method}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        STEP
