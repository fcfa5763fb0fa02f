"""Facts of figures of what is left where rows are missing."""

from pydantic import Field

from evenfuse.settings.figures import Figure


class Settings(Figure):
    """Test scores over the share of rows that are missing, a line per arm."""

    needs = ("missing",)
    caption = (
        "Test scores with a share of the rows of every modality missing, the same for all arms. "
        "Lines are means over the seeds, with a band from the lowest to the highest."
    )

    metrics: list[str] | None = Field(None, description="a panel each; else those of all tables")
    variants: list[str] | None = Field(None, description="in place of all that are trained")

    def variants_shown(self) -> list[str] | None:
        """Return the variants that it names, else all that the study trains."""
        return self.variants
