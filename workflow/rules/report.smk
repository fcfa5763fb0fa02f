"""Results -> tables and figures.

input:  results/{arm}.json with the predictions beside it, results/runs/{arm}/seed-*/epochs.parquet
output: results/tables/ablation.{md,csv,tex}, results/figures/*.{svg,png}
"""


rule tabulate_ablation:
    """Make the ablation table: with and without B-fusion and A-fusion."""
    input:
        results=study_results(),
        predictions=study_arms(f"results/{ARM}.predictions.parquet"),
        reachable=planted_scores().values(),
    output:
        report(
            multiext("results/tables/ablation", ".md", ".csv", ".tex"),
            caption="../report/ablation.rst",
            category="Tables",
        ),
    log:
        "logs/tabulate_ablation.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        titles=titles(),
        reachable=[
            f"--reachable {name}={path}" for name, path in planted_scores().items()
        ],
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.tabulate"),
    message:
        "Making the ablation table"
    shell:
        "python -m evenfuse tabulate {input.results} --titles {params.titles:q}"
        " {params.reachable} --output {params.stem} > {log} 2>&1"


rule plot_gradients:
    """Draw the gradient magnitude per modality over the epochs."""
    input:
        runs=study_runs(),
        epochs=study_arms(f"{RUN}/epochs.parquet", seed=settings.study.seeds),
    output:
        report(
            multiext("results/figures/gradients", ".svg", ".png"),
            caption="../report/gradients.rst",
            category="Figures",
        ),
    log:
        "logs/plot_gradients.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        titles=titles(),
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.plot_gradients"),
    message:
        "Drawing the gradients"
    shell:
        "python -m evenfuse plot-gradients {input.runs} --titles {params.titles:q}"
        " --output {params.stem} > {log} 2>&1"


rule plot_fusion_weights:
    """Draw the fusion weights over the epochs."""
    input:
        runs=study_runs(),
        epochs=study_arms(f"{RUN}/epochs.parquet", seed=settings.study.seeds),
    output:
        report(
            multiext("results/figures/fusion_weights", ".svg", ".png"),
            caption="../report/fusion_weights.rst",
            category="Figures",
        ),
    log:
        "logs/plot_fusion_weights.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        titles=titles(),
        stem=stem_of_first,
        code=code_digest("evenfuse.commands.plot_weights"),
    message:
        "Drawing the fusion weights"
    shell:
        "python -m evenfuse plot-weights {input.runs} --titles {params.titles:q}"
        " --output {params.stem} > {log} 2>&1"
