rule comparison_page:
    input:
        code=code("comparison_page"),
        page=page_files(),
        pairs=at_all_scales(evaluated_pairs),
        predictions=at_all_scales(first_predictions),
        per_image="results/{dataset}/tables/per_image.csv",
    output:
        report(
            directory("results/{dataset}/comparison"),
            htmlindex="index.html",
            caption="../report/comparison.rst",
            category="Comparison",
            labels={"dataset": "{dataset}", "page": "any two images of every test photo"},
        ),
    log:
        "results/logs/{dataset}/comparison.log",
    benchmark:
        "results/benchmarks/{dataset}/comparison.jsonl"
    group:
        "tables"
    conda:
        "../../envs/figures.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        scales=lambda wildcards: evaluated_scales(wildcards.dataset),
        methods=lambda wildcards: methods_of(wildcards.dataset),
    message:
        "Writing the comparison page of {wildcards.dataset}"
    shell:
        "python {input.code[0]:q} --page {input.page[0]:q} --title {wildcards.dataset}"
        " --scales {params.scales} --methods {params.methods} --pairs {input.pairs:q}"
        " --predictions {input.predictions:q} --per-image {input.per_image:q} --output {output:q}"
        " 2>&1 | tee {log:q}"
