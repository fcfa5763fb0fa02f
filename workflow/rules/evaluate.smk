"""Trained runs -> results of each arm on the test split; what to hold them against.

input:  results/runs/{arm}/seed-*/, data/cache/{dataset}/test.h5
output: results/{arm}.json, results/{arm}.predictions.parquet, results/shares/{arm}.json,
        results/heads/{arm}.json, results/heads/{arm}.predictions.parquet,
        results/missing/{arm}.json,
        results/{dataset}.references.json, results/seconds/{table}/{dataset}.json
"""


rule evaluate_arm:
    """Predict the test split with every seed of an arm; score them together."""
    input:
        models=of_arm(PlannedArm.models),
        runs=of_arm(PlannedArm.runs),
        test="data/cache/{dataset}/test.h5",
    output:
        predictions=f"results/{ARM}.predictions.parquet",
        results=report(
            f"results/{ARM}.json",
            caption="../report/arm.rst",
            category="Arms",
            labels={
                "dataset": "{dataset}",
                "optimizer": "{optimizer}",
                "variant": "{variant}",
            },
        ),
    log:
        f"logs/evaluate_arm/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(""),
    params:
        code=of_arm(PlannedArm.evaluation_code),
    message:
        "Evaluating {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse evaluate {input.runs:q} --test={input.test:q} --threads={threads}"
        " {resources.machine} --output={output.results:q} > {log:q} 2>&1"


rule evaluate_missing:
    """Score the runs of an arm on a test split that misses modalities or rows."""
    input:
        models=of_arm(PlannedArm.models),
        runs=of_arm(PlannedArm.runs),
        test="data/cache/{dataset}/test.h5",
    output:
        MISSING,
    log:
        f"logs/evaluate_missing/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(""),
    params:
        missing=of_arm(PlannedArm.missing_json),
        code=of_arm(PlannedArm.missing_code),
    message:
        "Scoring {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant} with gaps"
    shell:
        "python -m evenfuse evaluate-missing {input.runs:q} --test={input.test:q}"
        " --missing={params.missing:q} --threads={threads} {resources.machine}"
        " --output={output:q} > {log:q} 2>&1"


rule probe_arm:
    """Measure how much of what is planted in each modality the runs of an arm have learnt."""
    input:
        models=of_arm(PlannedArm.models),
        runs=of_arm(PlannedArm.runs),
        planted=of_dataset(PlannedDataset.planted),
        train="data/cache/{dataset}/train.h5",
        test="data/cache/{dataset}/test.h5",
    output:
        f"results/shares/{ARM}.json",
    log:
        f"logs/probe_arm/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(""),
    params:
        planted=planted_option,
        code=code_digest("evenfuse.commands.probe"),
    message:
        "Probing {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse probe {input.runs:q} {params.planted:q} --train={input.train:q}"
        " --test={input.test:q} --threads={threads} {resources.machine} --output={output:q}"
        " > {log:q} 2>&1"


rule train_heads:
    """Train a head on what each modality of an arm carries; score them."""
    input:
        models=of_arm(PlannedArm.models),
        runs=of_arm(PlannedArm.runs),
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        test="data/cache/{dataset}/test.h5",
    output:
        predictions=f"results/heads/{ARM}.predictions.parquet",
        results=f"results/heads/{ARM}.json",
    log:
        f"logs/train_heads/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(""),
    params:
        code=of_arm(PlannedArm.heads_code),
    message:
        "Training heads on {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse train-heads {input.runs:q} --train={input.train:q}"
        " --valid={input.valid:q} --test={input.test:q} --threads={threads} {resources.machine}"
        " --output={output.results:q} > {log:q} 2>&1"


rule score_references:
    """Score answers that need no model: the training mean, the best of a planted truth."""
    input:
        planted=of_dataset(PlannedDataset.planted),
        train="data/cache/{dataset}/train.h5",
        test="data/cache/{dataset}/test.h5",
    output:
        "results/{dataset}.references.json",
    log:
        "logs/score_references/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        planted=planted_option,
        metrics=lambda wildcards: dataset_of(wildcards).metrics,
        code=lambda wildcards: references_code(dataset_of(wildcards).metrics),
    message:
        "Scoring answers without a model on {wildcards.dataset}"
    shell:
        "python -m evenfuse score-references {params.planted:q} --train={input.train:q}"
        " --test={input.test:q} --metrics={params.metrics:q} --output={output:q} > {log:q} 2>&1"


rule time_epochs:
    """Measure the seconds per epoch of several models, in one process and in turns."""
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=of_timing(PlannedTiming.encoder),
    output:
        "results/seconds/{table}/{dataset}.json",
    log:
        "logs/time_epochs/{table}/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: whole_machine
    resources:
        **training_resources(""),
    params:
        settings=of_timing(PlannedTiming.settings_json),
        given=of_timing(PlannedTiming.given),
        threads=threads_of,
        code=of_timing(PlannedTiming.code),
    message:
        "Timing epochs on {wildcards.dataset} for the table {wildcards.table}"
    shell:
        "python -m evenfuse time-epochs --settings={params.settings:q} --train={input.train:q}"
        " --valid={input.valid:q} {params.given:q} --threads={params.threads:q} {resources.machine}"
        " --output={output:q} > {log:q} 2>&1"
