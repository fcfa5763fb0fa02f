"""Records of runs and caches, as the commands write them, with settings of one's choice."""

from typing import Any

from evenfuse.records.caches import CacheProvenance
from evenfuse.records.runs import RunRecord
from evenfuse.settings.trees import merge

SETTINGS = {
    "dataset": "demo",
    "optimizer_name": "sgd",
    "variant": "gb",
    "modalities": ["audio"],
    "metrics": "sentiment",
    "text_encoder": "",
    "signed_log": [],
    "model": {"name": "awf"},
    "balancing": {"name": "none"},
    "optimizer": {},
    "training": {"loss": "l1", "selection_metric": "mae"},
}


def run_values(
    seed: int, score: float = 0.5, metric: str = "mae", epoch: int = 3, **settings: Any
) -> dict[str, Any]:
    """The values of a run.json."""
    return {
        "settings": {**merge(SETTINGS, settings), "seed": seed},
        "selection": {
            "split": "valid",
            "metric": metric,
            "epoch": epoch,
            "epochs_trained": 9,
            "scores": {metric: score},
        },
        "n_train": 10,
        "n_valid": 30,
        "parameters": 7,
        "seconds_per_epoch": float(seed),
        "device": "cpu",
        "precision": "float32",
        "threads": 1,
        "caches": {"train.h5": "abc"},
        "git_commit": None,
        "versions": {},
    }


def run_record(seed: int, *scored: Any, **given: Any) -> RunRecord:
    """A run with these settings, score, metric and epoch."""
    return RunRecord.model_validate(run_values(seed, *scored, **given))


def cache_provenance(generated: bool = True) -> CacheProvenance:
    """The provenance of a test split."""
    return CacheProvenance(
        format="csd",
        split="test",
        generated=generated,
        counts={"kept": 60},
        sources={},
        versions={},
    )
