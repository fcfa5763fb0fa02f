"""Results -> tables and figures.

input:  results/{arm}.json with the predictions beside it, results/runs/{arm}/seed-*/epochs.parquet
output: results/tables/{table}.{md,csv,tex}, results/figures/{figure}.{svg,png}
"""


rule tabulate:
    """Make a table of the config: ours, the paper's numbers, what the gaps are worth."""
    input:
        unpack(files_of_table),
    output:
        report(
            multiext("results/tables/{table}", ".md", ".csv", ".tex"),
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
    log:
        "logs/tabulate/{table}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        table=lambda wildcards: as_json(settings.tables[wildcards.table].model_dump()),
        title=lambda wildcards: settings.tables[wildcards.table].title,
        measure=lambda wildcards: settings.tables[wildcards.table].measure,
        titles=titles(),
        references=reference_options,
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.tabulate"),
        published=data_digest("report/published.csv"),
    message:
        "Making the table {wildcards.table}"
    shell:
        "python -m evenfuse tabulate {input.files} --table {params.table:q}"
        " --titles {params.titles:q} {params.references} --output {params.stem} > {log} 2>&1"


rule plot:
    """Draw a figure of the config: gradient magnitudes or fusion weights over the epochs."""
    input:
        unpack(files_of_figure),
    output:
        report(
            multiext("results/figures/{figure}", ".svg", ".png"),
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}"},
        ),
    log:
        "logs/plot/{figure}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        figure=lambda wildcards: as_json(
            settings.figures[wildcards.figure].model_dump()
        ),
        title=lambda wildcards: settings.figures[wildcards.figure].title,
        draws=lambda wildcards: settings.figures[wildcards.figure].draws,
        titles=titles(),
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.plot"),
    message:
        "Drawing the figure {wildcards.figure}"
    shell:
        "python -m evenfuse plot {input.runs} --figure {params.figure:q}"
        " --titles {params.titles:q} --output {params.stem} > {log} 2>&1"
