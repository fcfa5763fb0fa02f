"""The settings of a model of another package."""

from pydantic import Field

from evenfuse.settings.models import ModelSettings


class Settings(ModelSettings):
    """One setting has no default."""

    beams: int = Field(gt=0)
    depth: int = 2
