rule photos:
    input:
        code=code("photos"),
    output:
        folder=directory("results/{dataset}/photos/{shard}"),
        table="results/{dataset}/photos/{shard}.csv",
    log:
        "results/logs/{dataset}/photos/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/photos/{shard}.jsonl"
    conda:
        "../../envs/photos.yaml"
    params:
        source=photo_source,
        state=photo_state,
    message:
        "Copying photos of {wildcards.dataset}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} {params.source:q} --shard {wildcards.shard}"
        " --output {output.folder} --table {output.table} 2>&1 | tee {log}"


rule split:
    input:
        code=code("split"),
        photos=all_shards("results/{dataset}/photos/{shard}.csv"),
    output:
        "results/{dataset}/split.csv",
    log:
        "results/logs/{dataset}/split.log",
    benchmark:
        "results/benchmarks/{dataset}/split.jsonl"
    conda:
        "../../envs/split.yaml"
    params:
        test=dataset_option("split", "test"),
        validation=dataset_option("split", "validation"),
        test_share=dataset_option("split", "test_share"),
        validation_share=dataset_option("split", "validation_share"),
        seed=dataset_option("split", "seed"),
    message:
        "Splitting {wildcards.dataset} by scene"
    shell:
        "python {input.code[0]:q} --photos {input.photos}"
        " --test {params.test:q} --validation {params.validation:q}"
        " --test-share {params.test_share} --validation-share {params.validation_share}"
        " --seed {params.seed} --output {output} 2>&1 | tee {log}"


rule pairs:
    input:
        code=code("pairs"),
        folders=all_shards("results/{dataset}/photos/{shard}"),
        tables=all_shards("results/{dataset}/photos/{shard}.csv"),
        split="results/{dataset}/split.csv",
    output:
        directory("results/{dataset}/x{scale}/pairs/{split}/{shard}"),
    log:
        "results/logs/{dataset}/x{scale}/pairs/{split}/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/pairs/{split}/{shard}.jsonl"
    conda:
        "../../envs/pairs.yaml"
    params:
        degradation=dataset_option("degradation"),
    message:
        "Making x{wildcards.scale} pairs of {wildcards.dataset}, {wildcards.split}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --photo-tables {input.tables} --split-table {input.split}"
        " --split {wildcards.split} --scale {wildcards.scale} --degradation {params.degradation}"
        " --shard {wildcards.shard} --output {output} 2>&1 | tee {log}"
