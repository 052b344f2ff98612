rule configuration:
    output:
        "results/config.yaml",
    log:
        "results/logs/configuration.log",
    localrule: True
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        configuration=config,
    message:
        "Writing down the configuration"
    run:
        write_yaml(params.configuration, output[0])


rule provenance:
    input:
        code=code("provenance"),
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
    message:
        "Writing down where all results come from"
    shell:
        "python {input.code[0]:q} --results {input.results:q} --metadata .snakemake/metadata"
        " --configuration {input.configuration:q} --code {output.code:q} --output {output.crate:q}"
        " 2>&1 | tee {log:q}"


rule verify:
    # No result is an input, as one that was changed would be made again.
    input:
        code=code("verify"),
    log:
        "results/logs/verify.log",
    localrule: True
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        results=prefixed("results/"),
    message:
        "Comparing results with their checksums"
    shell:
        "python {input.code[0]:q} --results {params.results:q} 2>&1 | tee {log:q}"
