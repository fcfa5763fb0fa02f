"""What a table or a figure can be made of."""

from typing import Literal

Need = Literal[
    "results",  # results/{arm}.json
    "predictions",  # results/{arm}.predictions.parquet, of the test split
    "shares",  # results/shares/{arm}.json, how much of a planted truth each Z_i carries
    "heads",  # results/heads/{arm}.json, the scores of heads on each frozen Z_i
    "head_predictions",  # results/heads/{arm}.predictions.parquet, of the test split
    "missing",  # results/missing/{arm}.json, of a test split that misses modalities or rows
    "references",  # results/{dataset}.references.json, answers without a model
    "epochs",  # results/runs/{arm}/seed-{seed}/epochs.parquet, with run.json beside it
    "choices",  # results/tuning/{arm}.json, the winner of a grid; of tables alone
    "seconds",  # results/seconds/{table}/{dataset}.json, of tables alone; nothing is trained
]
