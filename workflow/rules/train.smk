"""Cache -> trained runs.

input:  data/cache/{dataset}/{train,valid}.h5, never the test split
output: results/runs/{dataset}_{optimizer}_{variant}/seed-{seed}/{model,epochs.parquet,run.json}
"""


rule train_run:
    """Train one run and select its epoch on the validation split."""
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=scratch_encoder,
    output:
        model=directory(f"{RUN}/model"),
        epochs=f"{RUN}/epochs.parquet",
        run=f"{RUN}/run.json",
    log:
        f"logs/train_run/{ARM}/seed-{{seed}}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: lambda wildcards: dataset_of(wildcards).threads
    resources:
        mem_mb=memory_of,
        runtime=minutes_of,
        gpu=settings.gpus,
    params:
        settings=lambda wildcards: as_json(run_settings(wildcards).model_dump()),
        encoder=lambda wildcards, input: [
            f"--text-encoder {folder}" for folder in input.encoder
        ],
        folder=subpath(output.run, parent=True),
        code=training_code,
    message:
        "Training {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}, seed {wildcards.seed}"
    shell:
        "python -m evenfuse train --settings {params.settings:q} --train {input.train}"
        " --valid {input.valid} {params.encoder} --threads {threads}"
        " --output {params.folder} > {log} 2>&1"
