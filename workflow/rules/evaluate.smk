"""Trained runs -> results of each arm on the test split; what to hold them against.

input:  results/runs/{arm}/seed-*/, data/cache/{dataset}/test.h5
output: results/{arm}.json, results/{arm}.predictions.parquet, results/{dataset}.references.json,
        results/seconds/{table}/{dataset}.json
"""


rule predict_test:
    """Predict the test split with every seed of an arm."""
    input:
        models=runs_of_arm("model"),
        test="data/cache/{dataset}/test.h5",
    output:
        f"results/{ARM}.predictions.parquet",
    log:
        f"logs/predict_test/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    threads: threads_of
    resources:
        **training_resources(""),
    params:
        code=code_digest("evenfuse.commands.evaluate"),
    message:
        "Evaluating {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse evaluate {input.models} --test {input.test} --threads {threads}"
        " {resources.machine} --output {output} > {log} 2>&1"


rule aggregate_seeds:
    """Put the seeds of an arm together: mean, spread, interval, provenance."""
    input:
        runs=runs_of_arm("run.json"),
        predictions=rules.predict_test.output[0],
        test="data/cache/{dataset}/test.h5",
    output:
        report(
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
        f"logs/aggregate_seeds/{ARM}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        code=lambda wildcards: code_digest(
            "evenfuse.commands.aggregate",
            metrics_module(wildcards),
        ),
    message:
        "Aggregating {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse aggregate {input.runs} --predictions {input.predictions}"
        " --test {input.test} --output {output} > {log} 2>&1"


rule score_references:
    """Score answers that need no model: the training mean, the best of a planted truth."""
    input:
        planted=planted_file,
        train="data/cache/{dataset}/train.h5",
        test="data/cache/{dataset}/test.h5",
    output:
        "results/{dataset}.references.json",
    log:
        "logs/score_references/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        planted=lambda wildcards, input: [f"--planted {path}" for path in input.planted],
        metrics=lambda wildcards: dataset_of(wildcards).metrics,
        code=lambda wildcards: code_digest(
            "evenfuse.commands.score_references",
            metrics_module(wildcards),
        ),
    message:
        "Scoring answers without a model on {wildcards.dataset}"
    shell:
        "python -m evenfuse score-references {params.planted} --train {input.train}"
        " --test {input.test} --metrics {params.metrics} --output {output} > {log} 2>&1"


rule time_epochs:
    """Measure the seconds per epoch of several models, in one process and in turns."""
    input:
        train="data/cache/{dataset}/train.h5",
        valid="data/cache/{dataset}/valid.h5",
        encoder=timed_encoder,
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
        settings=lambda wildcards: as_json(
            [run.model_dump(exclude={"seed"}) for run in timed_runs(wildcards)]
        ),
        encoder=lambda wildcards, input: [f"--text-encoder {p}" for p in input.encoder],
        threads=threads_of,
        code=code_of_timing,
    message:
        "Timing epochs on {wildcards.dataset} for the table {wildcards.table}"
    shell:
        "python -m evenfuse time-epochs --settings {params.settings:q} --train {input.train}"
        " --valid {input.valid} {params.encoder} --threads {params.threads} {resources.machine}"
        " --output {output} > {log} 2>&1"
