OF_PHOTOGRAPHS = [name for name, section in settings.downloads.items() if section.photographs]


rule download:
    input:
        code=code("download download"),
    output:
        output=directory("results/downloads/{download}/files"),
        table="results/downloads/{download}/files.csv",
    log:
        "results/logs/downloads/{download}.log",
    benchmark:
        "results/benchmarks/downloads/{download}.jsonl"
    wildcard_constraints:
        download=one_of(set(settings.downloads) - set(OF_PHOTOGRAPHS)),
    conda:
        "../../envs/download.yaml"
    resources:
        mem_mb=2000,
        runtime=1440,
    params:
        # The folder is no output, which would be deleted when the download breaks off.
        options=options(
            command="download",
            partial=filled(prefixed("results/downloads/{download}.part")),
            more=lambda wildcards, input: step_options.download(download_of(wildcards)),
        ),
        state=download_state,
    message:
        "Downloading {wildcards.download}"
    shell:
        STEP


rule photographs:
    input:
        code=code("download photographs"),
        tables=of_workflow(
            ROOT / f"workflow/photographs/{name}.csv" for name in ("training_set", "origins")
        ),
    output:
        output=directory("results/downloads/{download}/files"),
        table="results/downloads/{download}/files.csv",
    log:
        "results/logs/downloads/{download}.log",
    benchmark:
        "results/benchmarks/downloads/{download}.jsonl"
    wildcard_constraints:
        download=one_of(OF_PHOTOGRAPHS),
    conda:
        "../../envs/download.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        # The folder is no output: what was fetched stays when the step breaks off.
        options=options(
            command="photographs",
            without=["tables"],
            downloads=filled(prefixed("results/downloads/{download}.fetched")),
            more=lambda wildcards, input: step_options.photographs(
                download_of(wildcards).photographs
            ),
        ),
    message:
        "Making the training set of free photographs"
    shell:
        STEP
