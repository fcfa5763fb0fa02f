"""Facts of figures of what each modality has learnt."""

from pydantic import Field

from evenfuse.settings.figures import Figure


class Settings(Figure):
    """Shares of the planted parts that the Z_i of all arms carry."""

    needs = ("shares",)
    caption = (
        "How much of the part of the label that is planted in a modality can be read from its "
        "representation Z_i by a linear probe, on the test split: a bar for the mean over the "
        "seeds, a dot for each seed."
    )

    variants: list[str] | None = Field(None, description="in place of all that are trained")

    def variants_shown(self) -> list[str] | None:
        """Return the variants that it names, else all that the study trains."""
        return self.variants
