rule export:
    input:
        code=code("export"),
        model=trained_model,
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/model.{ending}",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/export.{ending}.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/export.{ending}.jsonl"
    wildcard_constraints:
        method=one_of(MODELS),
        ending="onnx|tflite",
    conda:
        "../../envs/runtimes.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    message:
        "Exporting {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}: .{wildcards.ending}"
    shell:
        "python {input.code[0]:q} --model {input.model:q} --scale {wildcards.scale}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule parity:
    input:
        code=code("parity"),
        model=trained_model,
        onnx="results/{dataset}/x{scale}/{method}/seed{seed}/model.onnx",
        litert="results/{dataset}/x{scale}/{method}/seed{seed}/model.tflite",
    output:
        "results/{dataset}/x{scale}/{method}/seed{seed}/parity.csv",
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/parity.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/parity.jsonl"
    conda:
        "../../envs/runtimes.yaml"
    # Whatever ran beside it would be measured too.
    threads: workflow.resource_settings.cores or 1
    resources:
        mem_mb=8000,
        runtime=30,
    message:
        "Comparing the runtimes of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}, seed {wildcards.seed}"
    shell:
        "python {input.code[0]:q} --models {input.model:q} {input.onnx:q} {input.litert:q}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule table_parity:
    input:
        code=code("table_parity"),
        parity="results/{dataset}/x{scale}/{method}/seed{seed}/parity.csv",
    output:
        md="results/{dataset}/x{scale}/{method}/seed{seed}/parity.md",
        html=report(
            "results/{dataset}/x{scale}/{method}/seed{seed}/parity.html",
            caption="../report/parity.rst",
            category="Runtimes",
            labels={"dataset": "{dataset}", "scale": "{scale}", "method": "{method}"},
        ),
    log:
        "results/logs/{dataset}/x{scale}/{method}/seed{seed}/table_parity.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/{method}/seed{seed}/table_parity.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        title=lambda wildcards: f"{wildcards.method} on {wildcards.dataset}, x{wildcards.scale}",
    message:
        "Showing the runtimes of {wildcards.method} on {wildcards.dataset}, x{wildcards.scale}"
    shell:
        "python {input.code[0]:q} --parity {input.parity:q} --title {params.title:q}"
        " --output {output:q} 2>&1 | tee {log:q}"
