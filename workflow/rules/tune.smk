"""Cache -> the best point of a grid of hyper-parameters, by the validation split alone.

input:  data/cache/{dataset}/{train,valid}.h5, never the test split
output: results/tuning/{dataset}_{optimizer}_{variant}.{json,md,csv}, and a folder per point and seed
"""


use rule train_run as train_point with:
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=of_arm(PlannedArm.encoder),
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
        settings=of_arm(PlannedArm.settings_json),
        seeds="--seed={seed}",
        given=of_arm(PlannedArm.given),
        folder=f"results/tuning/{ARM}/{{point}}",
        checkpoints=f"checkpoints/tuning/{ARM}/{{point}}",
        code=of_arm(PlannedArm.code),
        pretrained=of_arm(PlannedArm.pretrained),
    message:
        "Trying {wildcards.point} for {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"


rule choose_point:
    """Put the points of a grid into a table and name the winner."""
    input:
        of_arm(PlannedArm.points),
    output:
        multiext(f"results/tuning/{ARM}", ".json", ".md", ".csv"),
    log:
        f"logs/choose_point/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        grid=of_arm(PlannedArm.grid),
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.choose"),
    message:
        "Choosing the settings of {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse choose {input:q} --grid={params.grid:q} --output={params.stem:q}"
        " > {log:q} 2>&1"
