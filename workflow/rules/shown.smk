"""What tables and figures are made of: helpers named after what they return."""

from evenfuse.planning.shown import PlannedFigure, PlannedTable

of_table = asks(PlannedTable)
of_figure = asks(PlannedFigure)


def shown_titles(wildcards):
    """Return the titles; as the result of a function, braces in one are no wildcards."""
    return as_json(settings.titles().model_dump())


def files_of(arms, pattern, **wildcards):
    """Return the files of a pattern for each of some arms."""
    names = [dict(zip(("dataset", "optimizer", "variant"), arm)) for arm in arms]
    return [file for name in names for file in expand(pattern, **name, **wildcards)]


def study_results():
    patterns = [f"results/{ARM}.json", *([MISSING] if settings.study.missing else [])]
    arms = settings.trained_arms()
    return [file for pattern in patterns for file in files_of(arms, pattern)]


def study_tables():
    """Return the names of the study's tables, without those that its datasets leave empty."""
    return [name for name in settings.study.tables if settings.table_arms(name)]


def study_figures():
    """Return the names of the study's figures, without those of arms that it does not train."""
    return [name for name in settings.study.figures if settings.figure_arms(name)]


def whole_machine(wildcards):
    """Return the threads that keep other local jobs away from one that measures time."""
    return workflow.cores if workflow.local_exec else threads_of(wildcards)
