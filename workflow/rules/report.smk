"""Results -> tables and figures.

input:  what the kind of a table or figure needs (settings/needs.py)
output: results/tables/{table}.{md,csv,tex}, results/figures/{figure}.{svg,png}
"""


rule tabulate:
    """Make a table of the config."""
    input:
        unpack(of_table(PlannedTable.files)),
    output:
        report(
            multiext("results/tables/{table}", ".md", ".csv", ".tex"),
            caption="../report/shown.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
    log:
        "logs/tabulate/{table}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        files=of_table(PlannedTable.arguments),
        table=of_table(PlannedTable.json),
        caption=of_table(PlannedTable.caption),
        titles=shown_titles,
        stem=stem_of_first,
        code=of_table(PlannedTable.code),
        published=data_digest("report/published.csv"),
    message:
        "Making the table {wildcards.table}"
    shell:
        "python -m evenfuse tabulate {params.files:q} --table={params.table:q}"
        " --titles={params.titles:q} --output={params.stem:q} > {log:q} 2>&1"


rule plot:
    """Draw a figure of the config."""
    input:
        unpack(of_figure(PlannedFigure.files)),
    output:
        report(
            multiext("results/figures/{figure}", ".svg", ".png"),
            caption="../report/shown.rst",
            category="Figures",
            labels={"figure": "{figure}"},
        ),
    log:
        "logs/plot/{figure}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        files=of_figure(PlannedFigure.arguments),
        figure=of_figure(PlannedFigure.json),
        caption=of_figure(PlannedFigure.caption),
        titles=shown_titles,
        stem=stem_of_first,
        code=of_figure(PlannedFigure.code),
    message:
        "Drawing the figure {wildcards.figure}"
    shell:
        "python -m evenfuse plot {params.files:q} --figure={params.figure:q}"
        " --titles={params.titles:q} --output={params.stem:q} > {log:q} 2>&1"
