rule photos:
    input:
        code=code("photos"),
        download=photo_download,
    output:
        folder=directory("results/{dataset}/photos/{shard}"),
        table="results/{dataset}/photos/{shard}.csv",
        rows="results/{dataset}/photos/{shard}.rows.csv",
        quarantine="results/{dataset}/photos/{shard}.quarantine.csv",
    log:
        "results/logs/{dataset}/photos/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/photos/{shard}.jsonl"
    conda:
        "../../envs/photos.yaml"
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        options=photo_options,
        state=photo_state,
    message:
        "Copying photos of {wildcards.dataset}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} {params.options:q} --shard {wildcards.shard}"
        " --output {output.folder:q} --table {output.table:q} --rows {output.rows:q}"
        " --left-out {output.quarantine:q} 2>&1 | tee {log:q}"


rule split:
    input:
        code=code("split"),
        photos=all_shards("results/{dataset}/photos/{shard}.csv"),
        rows=all_shards("results/{dataset}/photos/{shard}.rows.csv"),
        learned_photos=of_training(all_shards("results/{trained_on}/photos/{shard}.csv")),
        learned_split=of_training(["results/{trained_on}/x{scale}/split.csv"]),
    output:
        "results/{dataset}/x{scale}/split.csv",
    log:
        "results/logs/{dataset}/x{scale}/split.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/split.jsonl"
    conda:
        "../../envs/split.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        by=dataset_option("split", "by"),
        near_duplicate_bits=dataset_option("split", "near_duplicate_bits"),
        test=dataset_option("split", "test"),
        validation=dataset_option("split", "validation"),
        test_share=dataset_option("split", "test_share"),
        validation_share=dataset_option("split", "validation_share"),
        seed=dataset_option("split", "seed"),
    message:
        "Splitting {wildcards.dataset} by {params.by}, x{wildcards.scale}"
    shell:
        "python {input.code[0]:q} --photos {input.photos:q} --rows {input.rows:q} --by {params.by}"
        " --scale {wildcards.scale} --near-duplicate-bits {params.near_duplicate_bits}"
        " --test {params.test:q} --validation {params.validation:q}"
        " --test-share {params.test_share} --validation-share {params.validation_share}"
        " --seed {params.seed} --learned-photos {input.learned_photos:q}"
        " --learned-split {input.learned_split:q} --output {output:q} 2>&1 | tee {log:q}"


rule pairs:
    input:
        code=code("pairs"),
        folders=all_shards("results/{dataset}/photos/{shard}"),
        tables=all_shards("results/{dataset}/photos/{shard}.csv"),
        rows=all_shards("results/{dataset}/photos/{shard}.rows.csv"),
        split="results/{dataset}/x{scale}/split.csv",
    output:
        directory("results/{dataset}/x{scale}/pairs/{split}/{shard}"),
    log:
        "results/logs/{dataset}/x{scale}/pairs/{split}/{shard}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/pairs/{split}/{shard}.jsonl"
    conda:
        "../../envs/pairs.yaml"
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        options=pair_options,
        resume=prefixed("results/resume/{dataset}/x{scale}/pairs/{split}/{shard}"),
    message:
        "Making x{wildcards.scale} pairs of {wildcards.dataset}, {wildcards.split}, shard {wildcards.shard}"
    shell:
        "python {input.code[0]:q} --photo-tables {input.tables:q} --row-tables {input.rows:q}"
        " --split-table {input.split:q} --split {wildcards.split} --scale {wildcards.scale}"
        " {params.options:q} --shard {wildcards.shard} --resume {params.resume:q}"
        " --output {output:q} 2>&1 | tee {log:q}"
