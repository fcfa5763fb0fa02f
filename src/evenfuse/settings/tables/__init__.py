"""Facts of each kind of table: file name = config name; every file has a class `Settings`."""

from typing import ClassVar

from pydantic import Field

from evenfuse.settings.needs import Need
from evenfuse.settings.strict import Strict
from evenfuse.settings.texts import Title


class Table(Strict):
    """A table: an entry of the config, whose `kind` says how it is made."""

    needs: ClassVar[tuple[Need, ...]]  # what it is made of
    caption: ClassVar[str]  # of the report, after the title

    title: Title = Field(description="as shown above it")
    kind: str = Field("scores", description="a kind of table; see docs/extending.md for your own")
    optimizers: list[str] | None = Field(None, description="in place of the study's")
    variants: list[str] | None = Field(None, description="in place of the study's")
    every_arm: bool = Field(False, description="every arm that the study trains, in place of both")

    @property
    def trains(self) -> bool:
        """Whether its arms are trained for it; epochs are timed and grids are searched apart."""
        return not set(self.needs) <= {"seconds", "choices"}


class PaperTable(Table):
    """A table that has the paper's numbers beside ours."""

    published: list[int] = Field([], description="tables of the paper to show beside it")
