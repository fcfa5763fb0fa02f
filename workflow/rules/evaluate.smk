"""Trained runs -> results of each arm on the test split.

input:  results/runs/{arm}/seed-*/, data/cache/{dataset}/test.h5
output: results/{arm}.json, results/{arm}.predictions.parquet
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
            f"evenfuse.metrics.{dataset_of(wildcards).metrics}",
        ),
    message:
        "Aggregating {wildcards.dataset}, {wildcards.optimizer}, {wildcards.variant}"
    shell:
        "python -m evenfuse aggregate {input.runs} --predictions {input.predictions}"
        " --test {input.test} --output {output} > {log} 2>&1"


rule score_best_reachable:
    """Score the best predictors of a planted truth: text only, and all modalities."""
    input:
        planted=lambda wildcards: f"data/raw/{wildcards.dataset}/{dataset_of(wildcards).planted}",
        test="data/cache/{dataset}/test.h5",
    output:
        "results/{dataset}.best-reachable.json",
    log:
        "logs/score_best_reachable/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        metrics=lambda wildcards: dataset_of(wildcards).metrics,
        code=code_digest("evenfuse.commands.best_reachable"),
    message:
        "Scoring the planted truth of {wildcards.dataset}"
    shell:
        "python -m evenfuse best-reachable {input.planted} --test {input.test}"
        " --metrics {params.metrics} --output {output} > {log} 2>&1"
