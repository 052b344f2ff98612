withdraw_upscaled("results/upscale.done")


rule upscale:
    input:
        code=code("upscale"),
        network=upscaling_networks,
        photo_network=upscaling_photo_networks,
    output:
        touch("results/upscale.done"),
    log:
        "results/logs/upscale.log",
    benchmark:
        "results/benchmarks/upscale.jsonl"
    conda:
        upscaling_environment()
    threads: (settings.upscale and settings.upscale.threads) or ALL_CORES
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        options=lambda wildcards, input, threads: step_options.words(
            {
                "network": input.network,
                "photo_network": input.photo_network,
                "threads": threads,
            }
            | step_options.upscale(settings.upscale)
        ),
        settings=lambda wildcards: step_options.words(step_options.upscale(settings.upscale)),
        state=lambda wildcards: state(settings.upscale.input),
    message:
        "Upscaling pictures"
    shell:
        STEP
