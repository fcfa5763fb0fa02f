"""Cache -> the best point of a grid of hyper-parameters, by the validation split alone.

input:  data/cache/{dataset}/{train,valid}.h5, never the test split
output: results/tuning/{dataset}_{optimizer}_{variant}.{json,md,csv}, and a folder per point and seed
"""


use rule train_run as train_point with:
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=scratch_encoder,
        winner=[],
    output:
        # nobody predicts with the model of a point
        model=temp(directory(f"{POINT}/model")),
        epochs=f"{POINT}/epochs.parquet",
        run=f"{POINT}/run.json",
    log:
        f"logs/train_point/{ARM}/{{point}}/seed-{{seed}}.log",
    resources:
        **training_resources(f"tuning/{ARM}/{{point}}"),
    params:
        settings=run_settings,
        seeds="--seed {seed}",
        given=given_options,
        folder=f"results/tuning/{ARM}/{{point}}",
        checkpoints=f"checkpoints/tuning/{ARM}/{{point}}",
        code=code_of_run,
    message:
        "Trying {wildcards.point} for {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"


rule choose_point:
    """Put the points of a grid into a table and name the winner."""
    input:
        points_of_arm,
    output:
        multiext(f"results/tuning/{ARM}", ".json", ".md", ".csv"),
    log:
        f"logs/choose_point/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        grid=lambda wildcards: as_json(list(settings.grid(*arm_names(wildcards)))),
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.choose"),
    message:
        "Choosing the settings of {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse choose {input} --grid {params.grid:q} --output {params.stem}"
        " > {log} 2>&1"
