rule upscale:
    input:
        code=code("upscale"),
        network=upscaling_network,
    output:
        touch("results/upscale.done"),
    log:
        "results/logs/upscale.log",
    benchmark:
        "results/benchmarks/upscale.jsonl"
    conda:
        upscaling_environment()
    threads: config.get("upscale", {}).get("threads", 1)
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        options=upscale_options,
        state=upscale_state,
    message:
        "Upscaling pictures"
    shell:
        "python {input.code[0]:q} --network {input.network:q} {params.options:q}"
        " --threads {threads} 2>&1 | tee {log:q}"
