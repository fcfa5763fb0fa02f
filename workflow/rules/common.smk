"""What several rules need: the checked config, and helpers named after what they return."""

import json
import shlex
import sys
from functools import cache, wraps
from inspect import signature
from pathlib import Path

from evenfuse import parts
from evenfuse.errors import EvenfuseError
from evenfuse.provenance import code_digest, data_digest, training_code
from evenfuse.settings.reading import load_workflow
from evenfuse.settings.splits import SPLITS
from evenfuse.settings.tuning import path_of, points

ARM = "{dataset}_{optimizer}_{variant}"
RUN = f"results/runs/{ARM}/seed-{{seed}}"
POINT = f"results/tuning/{ARM}/{{point}}/seed-{{seed}}"
TRAIN = (
    "python -m evenfuse train --settings {params.settings:q} {params.seeds}"
    " --train {input.train} --valid {input.valid} {params.given}"
    " --threads {threads} {resources.machine} {resources.events}"
    " --checkpoints {params.checkpoints} --output {params.folder} > {log} 2>&1"
)


wildcard_constraints:
    dataset="[A-Za-z0-9.-]+",
    optimizer="[A-Za-z0-9.-]+",
    variant="[A-Za-z0-9.-]+",
    seed=r"\d+",
    point=".+~.+",
    table="[A-Za-z0-9_-]+",
    figure="[A-Za-z0-9_-]+",


def exit_on_user_error(function):
    """Let a mistake of the user end the workflow with the sentence that explains it."""
    # Snakemake would wrap an exception in rule, wildcards and traceback; SystemExit it lets pass

    @wraps(function)
    def wrapped(*arguments):
        try:
            return function(*arguments)
        except EvenfuseError as error:
            sys.exit(f"evenfuse: {error}")

    return wrapped


settings = exit_on_user_error(load_workflow)(config, workflow.configfiles)
EVERY_SEED = {"seed": settings.study.seeds, "allow_missing": True}


def asks(kind):
    """Return a function: from a method of what is planned to an input or params function."""
    names = [*signature(kind).parameters][1:]
    planned = cache(lambda *values: kind(settings, *values))

    def of_wildcards(method):
        @exit_on_user_error
        def answer(wildcards):
            return method(planned(*map(wildcards.get, names)))

        return answer

    return of_wildcards


@exit_on_user_error
def dataset_of(wildcards):
    return settings.dataset(wildcards.dataset)


def arm_names(wildcards):
    return wildcards.dataset, wildcards.optimizer, wildcards.variant


def arm_settings(wildcards):
    """Return the settings of an arm's runs, or of those of one point of its grid."""
    return settings_of(arm_names(wildcards), wildcards.get("point"))


def run_settings(wildcards):
    """Return the same as JSON; the seeds are told beside it."""
    return settings_as_json(arm_names(wildcards), wildcards.get("point"))


@cache
@exit_on_user_error
def settings_of(names, path):
    return settings.run(*names, paths_of_points(names)[path] if path else None)


@cache
def settings_as_json(names, path):
    return as_json(settings_of(names, path).model_dump(exclude={"seed"}))


def memory_of(wildcards, attempt):
    """Return the MB that a job on a dataset asks of a cluster; each attempt asks for more."""
    return dataset_of(wildcards).memory_mb * attempt


def minutes_of(wildcards, attempt):
    """Return the minutes that a job on a dataset asks of a cluster, more with each attempt."""
    return dataset_of(wildcards).minutes * attempt


def as_json(values):
    return json.dumps(values, sort_keys=True)


def runs_of_arm(file):
    """Return an input function: that file of every seed's run of an arm."""

    def files(wildcards):
        arm_settings(wildcards)  # an unknown name is told before anything is computed
        return expand(f"{RUN}/{file}", **wildcards, seed=settings.study.seeds)

    return files


def generated_file(wildcards):
    """Return the file that the project makes itself, if it makes this dataset."""
    made_here = dataset_of(wildcards).generate
    return [f"data/generated/{wildcards.dataset}/{wildcards.file}"] if made_here else []


def mirror_option():
    return f"--folder {shlex.quote(settings.mirror)}" if settings.mirror else ""


def sdk_option(wildcards):
    name = dataset_of(wildcards).sdk
    return f"--sdk {name}" if name else ""


def address_options(wildcards):
    addresses = settings.source(wildcards.dataset, wildcards.file).addresses
    return " ".join(f"--address {shlex.quote(address)}" for address in addresses)


def known_options(wildcards):
    """Return the size and hash that the table of sources knows of a file."""
    source = settings.source(wildcards.dataset, wildcards.file)
    known = {"--size": source.size, "--sha256": source.sha256}
    return [f"{option} {value}" for option, value in known.items() if value]


def store_of(wildcards):
    return f"data/downloads/{settings.origin(wildcards.dataset)}"


def datasets_to_align(aligned):
    """Return a pattern of the datasets that are aligned, or of those that are not."""
    datasets = settings.datasets.items()
    names = [name for name, data in datasets if data.facts.aligned == aligned]
    return "|".join(names) or "none"


def code_of_caching(wildcards):
    reader = parts.code_module("datasets", dataset_of(wildcards).format)
    return code_digest("evenfuse.commands.cache", reader)


def metrics_module(wildcards):
    return parts.code_module("metrics", dataset_of(wildcards).metrics)


def file_to_cache(wildcards):
    """Return the file that a dataset is cached from, and what lies beside it."""
    data = dataset_of(wildcards)
    (name,) = data.sources().values()
    if not data.facts.in_folder:
        return {"file": f"data/raw/{wildcards.dataset}/{name}"}
    beside = [Path(data.folder, modality) for modality in kept_modalities(wildcards)]
    features = [path if path.is_dir() else path.with_suffix(".csd") for path in beside]
    return {"file": Path(data.folder, name), "features": features}


def kept_modalities(wildcards):
    return [
        modality for modality in dataset_of(wildcards).modalities if modality != "text"
    ]


def published_options(wildcards):
    published = dataset_of(wildcards).published
    return [f"--published {split}={number}" for split, number in published.items()]


def raw_files(wildcards):
    """Return role -> path of what a dataset is aligned from."""
    data = dataset_of(wildcards)
    files = {**data.sources(), **({"folds": data.folds} if data.folds else {})}
    return {
        role: f"data/raw/{wildcards.dataset}/{name}" for role, name in files.items()
    }


def source_arguments(wildcards, input):
    return [f"{role}={path}" for role, path in input.items() if role != "folds"]


def folds_option(wildcards, input):
    data = dataset_of(wildcards)
    return f"--folds {input.folds}" if data.folds else f"--sdk-folds {data.sdk}"


def scratch_encoder(wildcards):
    """Return the folder of a BERT trained from scratch, if the run has one."""
    return vocabulary_of(wildcards, [arm_settings(wildcards)])


def timed_encoder(wildcards):
    """Return the same, if one of the runs that are timed has one."""
    return vocabulary_of(wildcards, timed_runs(wildcards))


def vocabulary_of(wildcards, runs):
    from_scratch = any(
        "text" in run.modalities and run.text_encoder == "scratch" for run in runs
    )
    return [f"data/vocabulary/{wildcards.dataset}"] if from_scratch else []


def given_options(wildcards, input):
    """Return the options for what only some runs are given."""
    encoders = [f"--text-encoder {folder}" for folder in input.encoder]
    return encoders + [f"--winner {choice}" for choice in input.winner]


def code_of_run(wildcards):
    return training_code(arm_settings(wildcards))


def threads_of(wildcards):
    return dataset_of(wildcards).threads


def machine_options():
    """Return what a command with a model is told of the machine that it runs on."""
    local = settings.local_cache
    staging = f" --local-cache {shlex.quote(local)}" if local else ""
    return f"--runs-per-gpu {settings.runs_per_gpu}{staging}"


def training_resources(runs, number=1):
    """Return what a job with a model asks of a cluster, and what it is told in addition.

    None of it is a reason to train again.
    """

    def events(wildcards):
        path = f"{settings.tensorboard}/{runs.format(**wildcards)}"
        return f"--tensorboard {shlex.quote(path)}" if settings.tensorboard else ""

    return {
        "mem_mb": memory_of,
        "runtime": lambda wildcards, attempt: number * minutes_of(wildcards, attempt),
        "gpu": settings.gpus,
        "machine": machine_options(),
        "events": events,
    }


def datasets_in_one_process():
    """Return a pattern of the datasets whose arms train all their seeds in one process."""
    names = [name for name, data in settings.datasets.items() if data.one_process]
    return "|".join(names) or "none"


@cache
@exit_on_user_error
def paths_of_points(names):
    """Return path -> point of an arm's grid, e.g. optimizer.learning_rate~0.1."""
    tried = points(settings.grid(*names))
    if tried == [{}]:
        arm = "_".join(names)
        raise EvenfuseError(
            f"{arm} has no grid to search; give its variant one, see config/README.md"
        )
    return {path_of(point): point for point in tried}


def points_of_arm(wildcards):
    """Return the runs of all points of an arm's grid with all tuning seeds."""
    paths, seeds = list(paths_of_points(arm_names(wildcards))), settings.tuning.seeds
    return expand(f"{POINT}/run.json", **wildcards, point=paths, seed=seeds)


def winner_of_arm(wildcards):
    """Return the choice that an arm is told to use, if it is."""
    chosen = settings.uses_winner(*arm_names(wildcards))
    return expand(f"results/tuning/{ARM}.json", **wildcards) if chosen else []


def planted_file(wildcards):
    """Return the file of a planted truth, if there is one."""
    planted = dataset_of(wildcards).planted
    return [f"data/raw/{wildcards.dataset}/{planted}"] if planted else []


def stem_of_first(wildcards, output):
    return str(Path(output[0]).with_suffix(""))
