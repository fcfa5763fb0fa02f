"""How a score is written in the cells of tables."""

from evenfuse.records.arms import MetricResult
from evenfuse.settings.metrics import Metric


def cell(metric: Metric, result: MetricResult) -> str:
    """Write a mean and, if there are several seeds, its spread."""
    mean = number(metric, result.mean)
    return mean if result.std is None else f"{mean} ± {number(metric, result.std)}"


def number(metric: Metric, value: float) -> str:
    """Write a proportion in %, anything else with three digits."""
    return f"{100 * value:.2f}" if metric.percent else f"{value:.3f}"
