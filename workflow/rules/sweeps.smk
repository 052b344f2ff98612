rule table_sweep:
    input:
        code=code("table_sweep"),
        histories=sweep_trainings("results/{dataset}/x{scale}/{method}/seed{seed}/history.csv"),
        timings=sweep_trainings("results/{dataset}/x{scale}/{method}/seed{seed}/timing.json"),
    output:
        csv="results/sweeps/{sweep}.csv",
        md="results/sweeps/{sweep}.md",
        html=report(
            "results/sweeps/{sweep}.html",
            caption="../report/sweep.rst",
            category="Sweeps",
            labels={"sweep": "{sweep}", "show": "table"},
        ),
        tex="results/sweeps/{sweep}.tex",
    log:
        "results/logs/sweeps/{sweep}.log",
    benchmark:
        "results/benchmarks/sweeps/{sweep}.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        cells=lambda wildcards: json.dumps(config["sweeps"][wildcards.sweep]["cells"]),
    message:
        "Comparing the cells of sweep {wildcards.sweep}"
    shell:
        "python {input.code[0]:q} --cells {params.cells:q} --histories {input.histories:q}"
        " --timings {input.timings:q} --title {wildcards.sweep} --output {output:q}"
        " 2>&1 | tee {log:q}"


rule figure_sweep:
    input:
        code=code("figure_sweep"),
        table="results/sweeps/{sweep}.csv",
    output:
        report(
            "results/sweeps/{sweep}.png",
            caption="../report/sweep.rst",
            category="Sweeps",
            labels={"sweep": "{sweep}", "show": "figure"},
        ),
        "results/sweeps/{sweep}.svg",
    log:
        "results/logs/sweeps/{sweep}.figure.log",
    benchmark:
        "results/benchmarks/sweeps/{sweep}.figure.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dpi=config["figures"]["dpi"],
    message:
        "Drawing sweep {wildcards.sweep}"
    shell:
        "python {input.code[0]:q} --table {input.table:q} --dpi {params.dpi} --output {output:q}"
        " 2>&1 | tee {log:q}"
