"""Settings of OGM-GE (arXiv 2203.15332)."""

from typing import Self

from pydantic import Field, model_validator

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """Gradients of the modalities that lead are scaled down."""

    alpha: float = Field(0.3, ge=0, description="how much a lead slows a modality down; 0: not")
    start: int = Field(0, ge=0, description="epoch, counted from 0, from which it acts")
    end: int | None = Field(None, gt=0, description="epoch before which it ends; null: never")
    noise: bool = Field(False, description="add noise to the encoders' gradients (GE)")

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must be above start")
        return self
