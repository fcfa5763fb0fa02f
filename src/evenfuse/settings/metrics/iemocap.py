"""IEMOCAP: four emotions, each present or absent."""

from evenfuse.settings.metrics import Family, LabelRange, Metric

EMOTIONS = ("neutral", "happy", "sad", "angry")
PER_EMOTION = ("acc", "f1", "f1pos")
IN_TABLES = ("happy", "sad", "angry", "neutral")  # the order of the paper's table 5

FAMILY = Family(
    columns=EMOTIONS,
    metrics={
        **{f"{name}_{emotion}": Metric() for emotion in EMOTIONS for name in PER_EMOTION},
        "balanced_acc": Metric(),
        "acc4": Metric(),
    },
    shown=(
        *(f"{name}_{emotion}" for emotion in IN_TABLES for name in ("acc", "f1")),
        "balanced_acc",
    ),
    losses=("bce",),
    selected_by="balanced_acc",
    zero=0.5,
    labels=LabelRange(0, 1, whole=True),
    tested=(*(f"acc_{emotion}" for emotion in IN_TABLES), "balanced_acc"),
)
