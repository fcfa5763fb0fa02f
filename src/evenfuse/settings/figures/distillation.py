"""Facts of figures of momentum distillation."""

from pydantic import Field

from evenfuse.settings.figures import Figure


class Settings(Figure):
    """What happens between student and teacher, over the epochs."""

    needs = ("epochs",)
    caption = (
        "The teacher's share of the targets, the loss of the contrast with its weight, and the "
        "temperature: means over the steps of an epoch. Then the mean absolute difference between "
        "the predictions of student and teacher on the validation split, after the epoch. Lines "
        "are means over the seeds, with a band from the lowest to the highest."
    )

    variants: list[str] = Field(min_length=1, description="a line each; those without have none")

    def variants_shown(self) -> list[str]:
        """Return the variants of all lines."""
        return self.variants
