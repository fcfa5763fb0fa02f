"""What tables and figures are made of: helpers named after what they return."""


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


def datasets_in(arms):
    return list(dict.fromkeys(dataset for dataset, _, _ in arms))


@exit_on_user_error
def files_of_table(wildcards):
    """Return what a table is made of: results and references, or measured seconds."""
    arms = settings.table_arms(wildcards.table)
    if settings.tables[wildcards.table].measure == "seconds":
        pattern = "results/seconds/{table}/{dataset}.json"
        return {"files": expand(pattern, **wildcards, dataset=datasets_in(arms))}
    return {
        "files": files_of(arms, f"results/{ARM}.json"),
        "predictions": files_of(arms, f"results/{ARM}.predictions.parquet"),
        "references": expand(
            "results/{dataset}.references.json", dataset=datasets_in(arms)
        ),
    }


def reference_options(wildcards, input):
    paths = input.get("references", [])
    return [
        f"--reference {Path(path).name.split('.references')[0]}={path}"
        for path in paths
    ]


@exit_on_user_error
def files_of_figure(wildcards):
    """Return the runs that a figure draws, and their histories."""
    arms = settings.figure_arms(wildcards.figure)
    seeds = {"seed": settings.study.seeds}
    return {
        "runs": files_of(arms, f"{RUN}/run.json", **seeds),
        "epochs": files_of(arms, f"{RUN}/epochs.parquet", **seeds),
    }


def whole_machine(wildcards):
    """Return the threads that keep other local jobs away from one that measures time."""
    return workflow.cores if workflow.local_exec else threads_of(wildcards)


def titles():
    """Return the JSON of what we and the paper call datasets, optimizers and variants."""

    def named(kind, key):
        return {name: getattr(entry, key) for name, entry in kind.items()}

    return as_json(
        {
            "datasets": named(settings.datasets, "title"),
            "optimizers": {
                name: part.title or name for name, part in settings.optimizers.items()
            },
            "variants": {
                name: part.title or name for name, part in settings.variants.items()
            },
            "published_datasets": named(settings.datasets, "published_as"),
            "published_variants": named(settings.variants, "published"),
            "comparisons": [pair.model_dump() for pair in settings.comparisons],
        }
    )
