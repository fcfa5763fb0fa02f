"""Facts of each kind of figure: file name = config name; every file has a class `Settings`."""

from typing import ClassVar

from pydantic import Field

from evenfuse.settings.needs import Need
from evenfuse.settings.strict import Strict
from evenfuse.settings.texts import Title


class Figure(Strict):
    """A figure: an entry of the config, whose `kind` says how it is drawn."""

    needs: ClassVar[tuple[Need, ...]]  # what it is made of
    caption: ClassVar[str]  # of the report, after the title

    title: Title = Field(description="as shown in the report")
    kind: str = Field(
        "gradients", description="a kind of figure; see docs/extending.md for your own"
    )

    def variants_shown(self) -> list[str] | None:
        """Return the variants that it shows, or None for all that the study trains."""
        return None


class EpochFigure(Figure):
    """A figure over the epochs, in panels."""

    needs = ("epochs",)

    panels: list[list[str]] = Field(
        min_length=1, description="rows of variants, for every dataset and optimizer"
    )

    def variants_shown(self) -> list[str]:
        """Return the variants of all panels."""
        return [variant for row in self.panels for variant in row]
