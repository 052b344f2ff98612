rule figure_gains:
    input:
        code=code("figure_gains"),
        per_image="results/{dataset}/tables/per_image.csv",
        means="results/{dataset}/tables/benchmark.csv",
    output:
        report(
            "results/{dataset}/figures/gains.png",
            caption="../report/gains.rst",
            category="Figures",
            labels={"dataset": "{dataset}", "figure": "gain over bicubic"},
        ),
        "results/{dataset}/figures/gains.svg",
    log:
        "results/logs/{dataset}/figures/gains.log",
    benchmark:
        "results/benchmarks/{dataset}/figures/gains.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        models=lambda wildcards: models_of(wildcards.dataset),
        dpi=config["figures"]["dpi"],
    message:
        "Drawing gains on {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --per-image {input.per_image:q} --benchmark {input.means:q}"
        " --models {params.models} --dpi {params.dpi} --output {output:q} 2>&1 | tee {log:q}"


rule figure_learning_curves:
    input:
        code=code("figure_learning_curves"),
        histories=all_trainings("results/{dataset}/x{scale}/{method}/seed{seed}/history.csv"),
    output:
        report(
            "results/{dataset}/figures/learning_curves.png",
            caption="../report/learning_curves.rst",
            category="Figures",
            labels={"dataset": "{dataset}", "figure": "learning curves"},
        ),
        "results/{dataset}/figures/learning_curves.svg",
    log:
        "results/logs/{dataset}/figures/learning_curves.log",
    benchmark:
        "results/benchmarks/{dataset}/figures/learning_curves.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        labels=all_trainings("{method} x{scale}"),
        seeds=all_trainings("{seed}"),
        dpi=config["figures"]["dpi"],
    message:
        "Drawing learning curves on {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --histories {input.histories:q} --labels {params.labels:q}"
        " --seeds {params.seeds} --dpi {params.dpi} --output {output:q} 2>&1 | tee {log:q}"


rule figure_crops:
    input:
        code=code("figure_crops"),
        pairs=evaluated_pairs,
        predictions=first_predictions,
        per_image="results/{dataset}/tables/per_image.csv",
    output:
        report(
            "results/{dataset}/figures/crops_x{scale}.png",
            caption="../report/crops.rst",
            category="Figures",
            labels={"dataset": "{dataset}", "figure": "crops x{scale}"},
        ),
        "results/{dataset}/figures/crops_x{scale}.svg",
    log:
        "results/logs/{dataset}/figures/crops_x{scale}.log",
    benchmark:
        "results/benchmarks/{dataset}/figures/crops_x{scale}.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        methods=lambda wildcards: methods_of(wildcards.dataset),
        photos=config["figures"]["photos"],
        crop_px=config["figures"]["crop_px"],
        dpi=config["figures"]["dpi"],
    message:
        "Drawing crops of {wildcards.dataset}, x{wildcards.scale}"
    shell:
        "python {input.code[0]:q} --pairs {input.pairs:q} --methods {params.methods}"
        " --predictions {input.predictions:q} --per-image {input.per_image:q}"
        " --scale {wildcards.scale} --photos {params.photos} --crop-px {params.crop_px}"
        " --dpi {params.dpi} --output {output:q} 2>&1 | tee {log:q}"
