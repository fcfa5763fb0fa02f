"""Cache -> trained runs.

input:  data/cache/{dataset}/{train,valid}.h5, never the test split
output: results/runs/{dataset}_{optimizer}_{variant}/seed-{seed}/{model,epochs.parquet,run.json}
beside: checkpoints/, where an interrupted run goes on; no output, so that no failure removes it
"""


# where a dataset asks for one process per arm, that process makes the runs of all its seeds
ruleorder: train_seeds > train_run


rule train_run:
    """Train one run and select its epoch on the validation split."""
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=of_arm(PlannedArm.encoder),
        winner=of_arm(PlannedArm.winner),
    output:
        model=directory(f"{RUN}/model"),
        epochs=f"{RUN}/epochs.parquet",
        run=f"{RUN}/run.json",
    log:
        f"logs/train_run/{ARM}/seed-{{seed}}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(f"runs/{ARM}"),
    params:
        settings=of_arm(PlannedArm.settings_json),
        seeds="--seed={seed}",
        given=of_arm(PlannedArm.given),
        folder=f"results/runs/{ARM}",
        checkpoints=f"checkpoints/runs/{ARM}",
        code=of_arm(PlannedArm.code),
        pretrained=of_arm(PlannedArm.pretrained),
    message:
        "Training {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}, seed {wildcards.seed}"
    shell:
        TRAIN


use rule train_run as train_seeds with:
    output:
        model=directory(expand(f"{RUN}/model", **EVERY_SEED)),
        epochs=expand(f"{RUN}/epochs.parquet", **EVERY_SEED),
        run=expand(f"{RUN}/run.json", **EVERY_SEED),
    log:
        f"logs/train_seeds/{ARM}.log",
    wildcard_constraints:
        dataset=in_one_process(settings),
    resources:
        **training_resources(f"runs/{ARM}", len(settings.study.seeds)),
    params:
        settings=of_arm(PlannedArm.settings_json),
        seeds=[f"--seed={seed}" for seed in settings.study.seeds],
        given=of_arm(PlannedArm.given),
        folder=f"results/runs/{ARM}",
        checkpoints=f"checkpoints/runs/{ARM}",
        code=of_arm(PlannedArm.code),
        pretrained=of_arm(PlannedArm.pretrained),
    message:
        "Training {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}, all seeds"
