rule configuration:
    output:
        "results/config.yaml",
    log:
        "results/logs/configuration.log",
    localrule: True
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        configuration=lambda wildcards: as_yaml(settings),
    message:
        "Writing down the configuration"
    # A rule with `run:` would be started by a command in which Snakemake does not quote paths.
    shell:
        "(printf %s {params.configuration:q} > {output:q}) 2>&1 | tee {log:q}"


rule provenance:
    input:
        code=code("provenance record"),
        configuration=rules.configuration.output,
        results=rules.tables_and_figures.input,
    output:
        crate="results/ro-crate-metadata.json",
        manifest="results/manifest-sha256.txt",
        code=directory("results/code"),
    log:
        "results/logs/provenance.log",
    benchmark:
        "results/benchmarks/provenance.jsonl"
    localrule: True
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        options=lambda wildcards, input, output: [
            "record",
            *step_options.words(
                {
                    "results": list(input.results),
                    "metadata": ".snakemake/metadata",
                    "configuration": str(input.configuration),
                    "code": output.code,
                    "output": output.crate,
                }
            ),
        ],
    message:
        "Writing down where all results come from"
    shell:
        STEP


rule verify:
    # No result is an input, as one that was changed would be made again.
    input:
        code=code("provenance verify"),
    log:
        "results/logs/verify.log",
    localrule: True
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        options=["verify", "--results", prefixed("results/")],
    message:
        "Comparing results with their checksums"
    shell:
        STEP
