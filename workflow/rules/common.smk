"""What several rules need: the checked config, the command line, and what it says of wildcards."""

import atexit
import sys
from functools import cache, partial
from inspect import signature
from pathlib import Path

from evenfuse.digests import code_digest, data_digest, references_code
from evenfuse.planning.arguments import as_json
from evenfuse.planning.arms import PlannedArm
from evenfuse.planning.datasets import (
    PlannedDataset,
    aligned,
    cached_as_they_are,
    in_one_process,
)
from evenfuse.planning.encoders import hub_name
from evenfuse.planning.files import (
    ARM,
    ENCODER,
    GENERATED,
    MISSING,
    POINT,
    RAW,
    RUN,
    SPLITS,
)
from evenfuse.planning.machine import computing, event_files, use_own_python
from evenfuse.planning.missing import missing
from evenfuse.planning.routes import decide
from evenfuse.planning.sources import PlannedFile
from evenfuse.planning.timings import PlannedTiming
from evenfuse.settings.reading import load_workflow

use_own_python()
# in shell lines every field is quoted, by :q or, among the resources, in planning/machine.py
TRAIN = (
    "python -m evenfuse train --settings={params.settings:q} {params.seeds:q}"
    " --train={input.train:q} --valid={input.valid:q} {params.given:q}"
    " --threads={threads} {resources.machine} {resources.events}"
    " --checkpoints={params.checkpoints:q} --output={params.folder:q} > {log:q} 2>&1"
)


wildcard_constraints:
    dataset="[A-Za-z0-9.-]+",
    optimizer="[A-Za-z0-9.-]+",
    variant="[A-Za-z0-9.-]+",
    seed=r"\d+",
    point=".+~.+",
    table="[A-Za-z0-9_-]+",
    figure="[A-Za-z0-9_-]+",


settings = exit_on_user_error(partial(load_workflow, config, decide=decide))(
    workflow.configfiles
)
if workflow.output_settings.dryrun and (needs := exit_on_user_error(missing)(settings)):
    # last, below all that Snakemake lists
    told = "For its study, the config needs what is not on this machine:"
    atexit.register(print, told, *needs, sep="\n  ", file=sys.stderr)
EVERY_SEED = {"seed": settings.study.seeds, "allow_missing": True}


def asks(kind):
    """Return a function: from a method of what is planned to an input or params function."""
    names = [*signature(kind).parameters][1:]
    planned = cache(lambda *values: kind(settings, *values))

    def of_wildcards(method):
        answer = cache(lambda *values: method(planned(*values)))
        return exit_on_user_error(lambda wildcards: answer(*map(wildcards.get, names)))

    return of_wildcards


of_arm = asks(PlannedArm)
of_dataset = asks(PlannedDataset)
of_file = asks(PlannedFile)
of_timing = asks(PlannedTiming)
dataset_of = of_dataset(lambda planned: planned.entry)


def memory_of(wildcards, attempt):
    """Return the MB that a job on a dataset asks of a cluster; each attempt asks for more."""
    return dataset_of(wildcards).memory_mb * attempt


def minutes_of(wildcards, attempt):
    """Return the minutes that a job on a dataset asks of a cluster, more with each attempt."""
    return dataset_of(wildcards).minutes * attempt


def threads_of(wildcards):
    return dataset_of(wildcards).threads


def training_resources(runs, number=1):
    """Return what a job with a model asks of a cluster, and the options for its machine."""
    return {
        "mem_mb": memory_of,
        "runtime": lambda wildcards, attempt: number * minutes_of(wildcards, attempt),
        "gpu": settings.gpus,
        "machine": computing(settings),
        "events": lambda wildcards: event_files(settings, runs.format(**wildcards)),
    }


def stem_of_first(wildcards, output):
    return str(Path(output[0]).with_suffix(""))


def planted_option(wildcards, input):
    return [f"--planted={path}" for path in input.planted]
