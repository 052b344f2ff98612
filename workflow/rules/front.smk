rule costs:
    input:
        code=code("costs", *[f"superres.networks.architectures.{name}" for name in ARCHITECTURES]),
    output:
        "results/report/costs.csv",
    log:
        "results/logs/report/costs.log",
    benchmark:
        "results/benchmarks/report/costs.jsonl"
    conda:
        "../../envs/architecture.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        recipes=json.dumps({name: config["models"][name] for name in MODELS}, sort_keys=True),
        scales=SCALES,
    message:
        "Deriving what every model costs"
    shell:
        "python {input.code[0]:q} --recipes {params.recipes:q} --scales {params.scales}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule speed:
    input:
        code=code("speed"),
        networks=first_networks,
    output:
        "results/{dataset}/x{scale}/speed.csv",
    log:
        "results/logs/{dataset}/x{scale}/speed.log",
    benchmark:
        "results/benchmarks/{dataset}/x{scale}/speed.jsonl"
    conda:
        environment_of_runtime(config["prediction"]["runtime"])
    # Whatever ran beside it would be measured too.
    threads: workflow.resource_settings.cores or 1
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        methods=lambda wildcards: models_of(wildcards.dataset),
        hr_size_px=config["front"]["hr_size_px"],
        turns=config["front"]["turns"],
    message:
        "Measuring the speed of all models on {wildcards.dataset}, x{wildcards.scale}"
    shell:
        "python {input.code[0]:q} --networks {input.networks:q} --methods {params.methods}"
        " --scale {wildcards.scale} --hr-size-px {params.hr_size_px} --turns {params.turns}"
        " --output {output:q} 2>&1 | tee {log:q}"


rule table_front:
    input:
        code=code("table_front"),
        benchmark="results/{dataset}/tables/benchmark.csv",
        costs="results/report/costs.csv",
        speeds=lambda wildcards: [
            f"results/{wildcards.dataset}/x{scale}/speed.csv"
            for scale in evaluated_scales(wildcards.dataset)
        ],
    output:
        csv="results/{dataset}/tables/front.csv",
        md="results/{dataset}/tables/front.md",
        html=report(
            "results/{dataset}/tables/front.html",
            caption="../report/front.rst",
            category="Tables",
            labels={"dataset": "{dataset}", "table": "gain against cost"},
        ),
        tex="results/{dataset}/tables/front.tex",
    log:
        "results/logs/{dataset}/tables/front.log",
    benchmark:
        "results/benchmarks/{dataset}/tables/front.jsonl"
    group:
        "tables"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    message:
        "Putting gain beside cost on {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --benchmark {input.benchmark:q} --costs {input.costs:q}"
        " --speeds {input.speeds:q} --title {wildcards.dataset} --output {output:q}"
        " 2>&1 | tee {log:q}"


rule figure_front:
    input:
        code=code("figure_front"),
        front="results/{dataset}/tables/front.csv",
    output:
        report(
            "results/{dataset}/figures/front.png",
            caption="../report/front.rst",
            category="Figures",
            labels={"dataset": "{dataset}", "figure": "gain against cost"},
        ),
        "results/{dataset}/figures/front.svg",
    log:
        "results/logs/{dataset}/figures/front.log",
    benchmark:
        "results/benchmarks/{dataset}/figures/front.jsonl"
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
        "Drawing gain against cost on {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --front {input.front:q} --dpi {params.dpi} --output {output:q}"
        " 2>&1 | tee {log:q}"
