"""CH-SIMS: labels in [-1, 1]."""

from evenfuse.settings.metrics import Family, LabelRange, Metric

FAMILY = Family(
    columns=("sentiment",),
    metrics={
        "acc2": Metric(),
        "f1": Metric(),
        "acc3": Metric(),
        "acc5": Metric(),
        "mae": Metric(higher_is_better=False, percent=False),
        "corr": Metric(percent=False),
    },
    shown=("acc2", "f1", "mae", "corr"),
    losses=("l1", "mse"),
    selected_by="mae",
    labels=LabelRange(-1, 1),
    tested=("acc2", "mae", "corr"),  # F1 is nearly the accuracy
)
