"""What several rules need: the checked config, and helpers named after what they return."""

import json
from functools import wraps
from pathlib import Path

from snakemake.exceptions import WorkflowError

from evenfuse.errors import EvenfuseError
from evenfuse.provenance import code_digest
from evenfuse.settings.config import load

SPLITS = ("train", "valid", "test")
ARM = "{dataset}_{optimizer}_{variant}"
RUN = f"results/runs/{ARM}/seed-{{seed}}"


wildcard_constraints:
    dataset="[A-Za-z0-9.-]+",
    optimizer="[A-Za-z0-9.-]+",
    variant="[A-Za-z0-9.-]+",
    seed=r"\d+",


def in_one_sentence(function):
    """Let a mistake of the user end the workflow with the sentence that explains it."""

    @wraps(function)
    def wrapped(*arguments):
        try:
            return function(*arguments)
        except EvenfuseError as error:
            raise WorkflowError(str(error)) from None

    return wrapped


settings = in_one_sentence(load)(config)


@in_one_sentence
def dataset_of(wildcards):
    return settings.dataset(wildcards.dataset)


@in_one_sentence
def run_settings(wildcards):
    seed = int(wildcards.get("seed", 0))
    names = (wildcards.dataset, wildcards.optimizer, wildcards.variant)
    return settings.run(*names, seed)


def as_json(values):
    return json.dumps(values, sort_keys=True)


def runs_of_arm(file):
    """Return an input function: that file of every seed's run of an arm."""

    def files(wildcards):
        run_settings(wildcards)  # an unknown name is told before anything is computed
        return expand(f"{RUN}/{file}", **wildcards, seed=settings.study.seeds)

    return files


def study_arms(pattern, **wildcards):
    study = settings.study
    return expand(
        pattern,
        dataset=study.datasets,
        optimizer=study.optimizers,
        variant=study.variants,
        **wildcards,
    )


def study_results():
    return study_arms(f"results/{ARM}.json")


def study_runs():
    return study_arms(f"{RUN}/run.json", seed=settings.study.seeds)


def titles():
    """Return the JSON of what the report calls datasets, optimizers and variants."""
    return as_json(
        {
            "datasets": {name: data.title for name, data in settings.datasets.items()},
            "optimizers": {name: part.title or name for name, part in settings.optimizers.items()},
            "variants": {name: part.title or name for name, part in settings.variants.items()},
            "comparisons": [pair.model_dump() for pair in settings.comparisons],
        }
    )
