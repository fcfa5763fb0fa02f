"""Settings of balancers that act in some epochs only."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from evenfuse.settings.balancers import BalancerSettings


class InSomeEpochs(BalancerSettings):
    """From which epoch to before which; all of them compare modalities."""

    fewest_modalities: ClassVar[int] = 2

    start: int = Field(0, ge=0, description="epoch, counted from 0, from which it acts")
    end: int | None = Field(None, gt=0, description="epoch before which it ends; null: never")

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must be above start")
        return self
