rule photos:
    input:
        code=code("photos"),
        download=photo_download,
        photographs=carried_photographs,
    output:
        output=directory("results/{dataset}/photos/{shard}"),
        table="results/{dataset}/photos/{shard}.csv",
        rows="results/{dataset}/photos/{shard}.rows.csv",
        quarantined="results/{dataset}/photos/{shard}.quarantine.csv",
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
        options=options(
            "shard",
            without=["download", "photographs"],
            more=lambda wildcards, input: step_options.photos(
                dataset_of(wildcards),
                input.download,
                targets.least_photo_px(wildcards.dataset),
            ),
        ),
        state=photo_state,
    message:
        "Copying photos of {wildcards.dataset}, shard {wildcards.shard}"
    shell:
        STEP


rule split:
    input:
        code=code("split"),
        photos=all_shards("results/{dataset}/photos/{shard}.csv"),
        rows=all_shards("results/{dataset}/photos/{shard}.rows.csv"),
        learned_photos=by(
            targets.of_home,
            "dataset",
            "scale",
            patterns=all_shards("results/{dataset}/photos/{shard}.csv"),
        ),
        learned_split=by(
            targets.of_home, "dataset", "scale", patterns=["results/{dataset}/x{scale}/split.csv"]
        ),
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
        options=options(
            "scale", more=lambda wildcards, input: step_options.split(dataset_of(wildcards))
        ),
    message:
        "Splitting {wildcards.dataset}, x{wildcards.scale}"
    shell:
        STEP


rule pairs:
    input:
        code=code("pairs"),
        folders=all_shards("results/{dataset}/photos/{shard}"),
        photo_tables=all_shards("results/{dataset}/photos/{shard}.csv"),
        row_tables=all_shards("results/{dataset}/photos/{shard}.rows.csv"),
        split_table="results/{dataset}/x{scale}/split.csv",
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
        options=options(
            "split",
            "scale",
            "shard",
            without=["folders"],
            resume=filled(prefixed("results/resume/{dataset}/x{scale}/pairs/{split}/{shard}")),
            more=lambda wildcards, input: step_options.pairs(
                dataset_of(wildcards), wildcards.split
            ),
        ),
    message:
        "Making x{wildcards.scale} pairs of {wildcards.dataset}, {wildcards.split}, shard {wildcards.shard}"
    shell:
        STEP
