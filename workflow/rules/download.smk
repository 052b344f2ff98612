rule download:
    input:
        code=code("download"),
    output:
        output=directory("results/downloads/{download}/files"),
        table="results/downloads/{download}/files.csv",
    log:
        "results/logs/downloads/{download}.log",
    benchmark:
        "results/benchmarks/downloads/{download}.jsonl"
    conda:
        "../../envs/download.yaml"
    resources:
        mem_mb=2000,
        runtime=1440,
    params:
        # The folder is no output, which would be deleted when the download breaks off.
        options=options(
            partial=filled(prefixed("results/downloads/{download}.part")),
            more=lambda wildcards, input: step_options.download(download_of(wildcards)),
        ),
        state=download_state,
    message:
        "Downloading {wildcards.download}"
    shell:
        STEP
