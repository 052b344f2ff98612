rule released_network:
    input:
        code=code("release"),
        network=released("results/{dataset}/x{scale}/{method}/seed{seed}/model.onnx"),
        photos=released("results/{dataset}/photos/{shard}.csv"),
        split=released("results/{dataset}/x{scale}/split.csv"),
        timing=released("results/{dataset}/x{scale}/{method}/seed{seed}/timing.json"),
        benchmark=released("results/{measured_on}/tables/benchmark.csv"),
        pairs=released("results/{measured_on}/x{scale}/pairs/test/{shard}"),
    output:
        output="results/release/{method}_x{scale}.onnx",
        provenance="results/release/{method}_x{scale}.json",
    log:
        "results/logs/release/{method}_x{scale}.log",
    benchmark:
        "results/benchmarks/release/{method}_x{scale}.jsonl"
    wildcard_constraints:
        method=one_of(settings.release),
    conda:
        "../../envs/runtimes.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        options=options(
            "method",
            "scale",
            recipe=recipe_of,
            more=lambda wildcards, input: step_options.degradation(
                settings.datasets[settings.release[wildcards.method].dataset]
            ),
        ),
    message:
        "Writing down where {input.network} comes from"
    shell:
        STEP
