"""Pure functions of (truth, prediction), in families: one file each, file name = config name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from evenfuse.errors import EvenfuseError, nearest
from evenfuse.metrics._basics import BoolArray, FloatArray


class Family(Protocol):
    """What every metric file offers. Adding a file here adds a family; nothing else to register.

    ``HIGHER_IS_BETTER`` lists the metrics in table order, each with its direction. ``scores``
    answers exactly these names. ``correct`` names those that are accuracies. ``COLUMNS`` names
    what is predicted: with one, truth and prediction are ``(n,)``, with more ``(n, columns)``.
    ``ZERO`` is the label that a prediction of 0 stands for.
    """

    COLUMNS: tuple[str, ...]
    ZERO: float
    HIGHER_IS_BETTER: dict[str, bool]

    def scores(self, truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
        """Every metric of the family, each a finite number; proportions lie in 0..1."""

    def correct(self, truth: FloatArray, prediction: FloatArray) -> dict[str, BoolArray]:
        """For every accuracy, whether each sample it counts is right.

        Which samples count depends on the truth alone, so two predictions of one truth pair up.
        """


def as_columns(metrics: Family, values: FloatArray) -> FloatArray:
    """Bring ``(n, columns)`` into the form a family takes: ``(n,)`` where there is one column."""
    return values[:, 0] if len(metrics.COLUMNS) == 1 else values


def families() -> list[str]:
    """Name every family, sorted."""
    names = (module.name for module in iter_modules(__path__))
    return sorted(name for name in names if not name.startswith("_"))


def family(name: str) -> Family:
    """Find the family of that name.

    Raises:
        EvenfuseError: no file here has that name.
    """
    known = families()
    if name not in known:
        raise EvenfuseError(
            f"unknown metric family '{name}' (known: {', '.join(known)}){nearest(name, known)}"
        )
    return cast(Family, import_module(f"{__name__}.{name}"))
