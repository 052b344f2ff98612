rule train:
    input:
        code=architecture_code("train"),
        train=pairs_to_train("train"),
        validation=pairs_to_train("validation"),
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
        method=one_of(RECIPES),
        scale=one_of([*map(str, SCALES), "all"]),
    # The longest step starts as soon as it can.
    priority: 10
    conda:
        environment_of_training()
    threads: lambda wildcards: RECIPES[wildcards.method]["training"]["threads"]
    resources:
        mem_mb=16000,
        runtime=1440,
    params:
        recipe=lambda wildcards: json.dumps(RECIPES[wildcards.method], sort_keys=True),
        allocator=memory.ALLOCATOR,
        # No output, which would be deleted when training is killed.
        resume=prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/train"),
    message:
        "Training {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}"
    shell:
        "GLIBC_TUNABLES={params.allocator} python {input.code[0]:q} --train {input.train:q}"
        " --validation {input.validation:q}"
        " --recipe {params.recipe:q} --method {wildcards.method:q} --scale {wildcards.scale}"
        " --seed {wildcards.seed} --resume {params.resume:q} --model {output.model:q}"
        " --history {output.history:q} --summary {output.summary:q} --timing {output.timing:q} 2>&1"
        # When a scheduler ends all processes of a job, training's last line still gets there.
        " | (trap '' INT TERM && tee {log:q})"


rule predict:
    input:
        code=code("predict"),
        network=trained_network,
        pairs=evaluated_pairs,
    output:
        directory("results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"),
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}.jsonl"
    wildcard_constraints:
        method=one_of(MODELS),
    group:
        "scores"
    conda:
        environment_of_runtime(config["prediction"]["runtime"])
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        resume=prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"),
    message:
        "Predicting {wildcards.dataset} with {wildcards.method}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --network {input.network:q} --pairs {input.pairs:q}"
        " --scale {wildcards.scale} --resume {params.resume:q} --output {output:q}"
        " 2>&1 | tee {log:q}"


rule interpolate:
    input:
        code=code("interpolate"),
        pairs=evaluated_pairs,
    output:
        directory("results/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"),
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
        resume=prefixed("results/resume/{dataset}/x{scale}/{method}/seed{seed}/predictions/{shard}"),
    message:
        "Interpolating {wildcards.dataset} with {wildcards.method}, x{wildcards.scale}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --method {wildcards.method} --pairs {input.pairs:q}"
        " --resume {params.resume:q} --output {output:q} 2>&1 | tee {log:q}"
