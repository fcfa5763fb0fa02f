"""Settings of LMF-MulT (arXiv 2007.02038)."""

from pydantic import Field

from evenfuse.settings.models._cross_modal import CrossModalSettings


class Settings(CrossModalSettings):
    """MulT's, and the rank of the fusion."""

    rank: int = Field(4, gt=0, description="of the low-rank fusion")
