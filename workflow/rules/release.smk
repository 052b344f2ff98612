rule release:
    input:
        code=code("release"),
        network=released("results/{dataset}/x{scale}/{method}/seed{seed}/model.tflite"),
        photos=released("results/{dataset}/photos/{shard}.csv"),
        split=released("results/{dataset}/x{scale}/split.csv"),
        timing=released("results/{dataset}/x{scale}/{method}/seed{seed}/timing.json"),
        benchmark=released("results/{measured_on}/tables/benchmark.csv"),
    output:
        output="results/release/network.tflite",
        provenance="results/release/provenance.json",
    log:
        "results/logs/release.log",
    benchmark:
        "results/benchmarks/release.jsonl"
    conda:
        "../../envs/predict.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        options=options(
            method=lambda wildcards: settings.release.method,
            recipe=lambda wildcards: as_json(settings.models[settings.release.method]),
        ),
    message:
        "Writing down where {input.network} comes from"
    shell:
        STEP
