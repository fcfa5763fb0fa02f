"""Settings of HGraph-CL; the defaults are those of its authors for CMU-MOSEI."""

from pydantic import Field

from evenfuse.settings.models._heads import HeadsSettings
from evenfuse.settings.models._word_aligned import WordAlignedSettings


class Settings(HeadsSettings, WordAlignedSettings):
    """Graphs of tokens in each modality and across them, and two contrastive losses."""

    width: int = Field(128, gt=0, description="of every node")
    heads: int = Field(1, gt=0, description="of every graph attention; must divide width")
    layers: int = Field(1, gt=0, description="of graph attention, in every graph")
    graph_dropout: float = Field(0.1, ge=0, lt=1, description="of what a graph attention gives")
    dropout: float = Field(0.1, ge=0, lt=1, description="before the output")
    edge_drop: float = Field(0.2, ge=0, lt=1, description="share of edges that a view lacks")
    supervised_weight: float = Field(0.1, ge=0, description="of the contrast between labels")
    view_weight: float = Field(0.1, ge=0, description="of the contrast between views")
    temperature: float = Field(0.07, gt=0, description="of both contrasts")
    parser: str | None = Field(
        None, description="a spaCy pipeline that says which words are joined; null: all are"
    )

    def parsed_by(self) -> str | None:
        """Return the spaCy pipeline."""
        return self.parser
