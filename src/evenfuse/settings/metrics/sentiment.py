"""CMU-MOSI and CMU-MOSEI: labels in [-3, 3]."""

from evenfuse.settings.metrics import Family, LabelRange, Metric

FAMILY = Family(
    columns=("sentiment",),
    metrics={
        "acc2_non0": Metric(),
        "f1_non0": Metric(),
        "acc2_has0": Metric(),
        "f1_has0": Metric(),
        "acc5": Metric(),
        "acc7": Metric(),
        "mae": Metric(higher_is_better=False, percent=False),
        "corr": Metric(percent=False),
    },
    shown=("acc2_non0", "f1_non0", "mae", "corr"),
    losses=("l1", "mse"),
    selected_by="mae",
    labels=LabelRange(-3, 3),
    tested=("acc2_non0", "mae", "corr"),  # F1 is nearly the accuracy
)
