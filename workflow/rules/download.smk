rule download:
    input:
        code=code("download"),
    output:
        files=directory("results/downloads/{download}/files"),
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
        source=download_source,
        state=download_state,
        max_unpacked_mb=download_option("max_unpacked_mb"),
        # No output, which would be deleted when the download breaks off.
        partial=prefixed("results/downloads/{download}.part"),
    message:
        "Downloading {wildcards.download}"
    shell:
        "python {input.code[0]:q} {params.source:q} --partial {params.partial:q}"
        " --max-unpacked-mb {params.max_unpacked_mb}"
        " --output {output.files:q} --table {output.table:q} 2>&1 | tee {log:q}"
