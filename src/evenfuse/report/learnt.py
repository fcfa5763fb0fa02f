"""Which scores are not clearly better than those of always answering the training mean."""

from evenfuse.evaluation.comparison import above_constant
from evenfuse.evaluation.crossed import Estimate
from evenfuse.records.references import References
from evenfuse.report.arms import ReportedArm

MARK = " †"
MARKED = (
    " † not clearly better than the training mean's: the 95 % interval of the gap, over segments "
    "and seeds, is not wholly on the better side."
)
ONE_SEED = " † a single seed cannot tell whether a score is better than the training mean's."
UNMARKED = (
    " Every score is clearly better than the training mean's: the 95 % interval of the gap, over "
    "segments and seeds, is wholly on the better side."
)


def above_training_mean(arm: ReportedArm, references: References) -> dict[str, Estimate]:
    """Estimate how far an arm is above the training mean, by every metric."""
    return above_constant(arm.predictions, references.training_mean, arm.results.config.metrics)


def is_better(arm: ReportedArm, references: References) -> dict[str, bool]:
    """Return, by every metric, whether an arm is clearly better; a single seed cannot tell."""
    metrics, seeds = arm.results.family.metrics, arm.results.n_seeds
    return {
        name: seeds > 1 and (gap.low > 0 if metrics[name].higher_is_better else gap.high < 0)
        for name, gap in above_training_mean(arm, references).items()
    }


def note(marked: bool, seeds: int) -> str:
    """Return what the note of a table says of the mark, or of its absence."""
    if not marked:
        return UNMARKED
    return MARKED if seeds > 1 else ONE_SEED
