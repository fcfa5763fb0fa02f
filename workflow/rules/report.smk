"""Results -> tables and figures.

input:  what the kind of a table or figure needs (settings/needs.py)
output: results/tables/{table}.{md,csv,tex}, results/figures/{figure}.{svg,png}
"""


rule tabulate:
    """Make a table of the config."""
    input:
        unpack(files_of_table),
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
        files=needed_files,
        table=lambda wildcards: settings.tables[wildcards.table].model_dump_json(),
        caption=lambda wildcards: caption_of(settings.tables[wildcards.table]),
        titles=TITLES,
        stem=stem_of_first,
        code=lambda wildcards: code_of_table(settings.tables[wildcards.table]),
        published=data_digest("report/published.csv"),
    message:
        "Making the table {wildcards.table}"
    shell:
        "python -m evenfuse tabulate {params.files} --table {params.table:q}"
        " --titles {params.titles:q} --output {params.stem} > {log} 2>&1"


rule plot:
    """Draw a figure of the config."""
    input:
        unpack(files_of_figure),
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
        files=needed_files,
        figure=lambda wildcards: settings.figures[wildcards.figure].model_dump_json(),
        caption=lambda wildcards: caption_of(settings.figures[wildcards.figure]),
        titles=TITLES,
        stem=stem_of_first,
        code=lambda wildcards: code_of_figure(settings.figures[wildcards.figure]),
    message:
        "Drawing the figure {wildcards.figure}"
    shell:
        "python -m evenfuse plot {params.files} --figure {params.figure:q}"
        " --titles {params.titles:q} --output {params.stem} > {log} 2>&1"
