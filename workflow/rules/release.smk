rule release:
    input:
        code=code("release"),
        network=released("results/{dataset}/x{scale}/{method}/seed{seed}/model.tflite"),
        photos=released("results/{dataset}/photos/{shard}.csv"),
        split=released("results/{dataset}/x{scale}/split.csv"),
        timing=released("results/{dataset}/x{scale}/{method}/seed{seed}/timing.json"),
        benchmark=released("results/{dataset}/tables/benchmark.csv"),
    output:
        network="results/release/network.tflite",
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
        recipe=released_recipe,
    message:
        "Writing down where {input.network} comes from"
    shell:
        "python {input.code[0]:q} --network {input.network:q} --recipe {params.recipe:q}"
        " --photos {input.photos:q} --split {input.split:q} --timing {input.timing:q}"
        " --benchmark {input.benchmark:q} --output {output.network:q}"
        " --provenance {output.provenance:q} 2>&1 | tee {log:q}"
