"""What tables and figures are made of: helpers named after what they return."""

from evenfuse.errors import choose
from evenfuse.report.titles import Titles

TITLES = Titles.of(settings).model_dump_json()
NEEDED = {
    "results": f"results/{ARM}.json",
    "predictions": f"results/{ARM}.predictions.parquet",
    "references": "results/{dataset}.references.json",
    "epochs": f"{RUN}/epochs.parquet",
    "seconds": "results/seconds/{table}/{dataset}.json",
}


def files_of(arms, pattern, **wildcards):
    """Return the files of a pattern for each of some arms."""
    names = [dict(zip(("dataset", "optimizer", "variant"), arm)) for arm in arms]
    return [file for name in names for file in expand(pattern, **name, **wildcards)]


def study_results():
    return files_of(settings.trained_arms(), f"results/{ARM}.json")


def study_tables():
    """Return the names of the study's tables, without those that its datasets leave empty."""
    return [name for name in settings.study.tables if settings.table_arms(name)]


def study_figures():
    """Return the names of the study's figures, without those of arms that it does not train."""
    return [name for name in settings.study.figures if settings.figure_arms(name)]


@exit_on_user_error
def files_of_table(wildcards):
    arms = settings.table_arms(wildcards.table)
    return files_needed(settings.tables[wildcards.table], arms, wildcards)


@exit_on_user_error
def files_of_figure(wildcards):
    arms = settings.figure_arms(wildcards.figure)
    return files_needed(settings.figures[wildcards.figure], arms, wildcards)


def files_needed(entry, arms, wildcards):
    """Return need -> files of these arms, for all that the kind of an entry needs."""
    seeds = settings.study.seeds
    patterns = {need: choose("need", need, NEEDED) for need in entry.needs}
    return {
        need: list(
            dict.fromkeys(files_of(arms, pattern, **dict(wildcards), seed=seeds))
        )
        for need, pattern in patterns.items()
    }


def needed_files(wildcards, input):
    """Return what the commands are told: NEED=FILE."""
    return [f"{need}={path}" for need, paths in input.items() for path in paths]


def code_of_table(table):
    return code_digest(
        "evenfuse.commands.tabulate", parts.code_module("tables", table.kind)
    )


def code_of_figure(figure):
    return code_digest(
        "evenfuse.commands.plot", parts.code_module("figures", figure.kind)
    )


def caption_of(entry):
    return f"{entry.title[:1].upper()}{entry.title[1:]}. {entry.caption}"


@exit_on_user_error
def timed_runs(wildcards):
    """Return the settings of the models whose epochs a table times on a dataset."""
    arms = settings.table_arms(wildcards.table)
    return [settings_of(arm, None) for arm in arms if arm[0] == wildcards.dataset]


def code_of_timing(wildcards):
    timing = code_digest("evenfuse.commands.time_epochs")
    return [timing, *map(training_code, timed_runs(wildcards))]


def whole_machine(wildcards):
    """Return the threads that keep other local jobs away from one that measures time."""
    return workflow.cores if workflow.local_exec else threads_of(wildcards)
