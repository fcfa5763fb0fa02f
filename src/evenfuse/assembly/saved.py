"""A trained model on disk: a folder that needs nothing else to predict.

::

    README.md            its card: data, licence, scores, what it must not be used for
    settings.json        the run's settings and the widths of its readers
    weights.safetensors  all parameters and buffers, fusion weights and standardisation included
    text_encoder/        BERT's shape and its tokenizer
    SHA256SUMS           digests of all of these
"""

from pathlib import Path

from safetensors.torch import load_file, save_file

from evenfuse.assembly.build import build_model
from evenfuse.checksums import write_sums
from evenfuse.errors import EvenfuseError
from evenfuse.files import write_aside, write_json
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokenizer, blank_bert
from evenfuse.records.models import CARD, SETTINGS, SavedModel, read_saved
from evenfuse.settings.run import RunSettings


def save_model(
    folder: Path,
    model: SentimentModel,
    settings: RunSettings,
    widths: dict[str, int],
    tokenizer: Tokenizer | None,
    card: str,
) -> None:
    """Write the folder with its `card`, a text in Markdown, whole or not at all."""
    with write_aside(folder) as aside:
        write_json(aside / SETTINGS, SavedModel(run=settings, widths=widths).values())
        save_file(model.state_dict(), aside / "weights.safetensors")
        (aside / CARD).write_text(card, encoding="utf-8")
        if tokenizer is not None:
            tokenizer.save(aside / "text_encoder")
        write_sums(aside)


def load_model(folder: Path) -> tuple[SentimentModel, RunSettings, Tokenizer | None]:
    """Read the folder.

    Raises:
        EvenfuseError: if it is missing, cannot be read, is something else, or does not fit the
            code; or is damaged: then it is set aside, so that the workflow trains it again.
    """
    saved = read_saved(folder)
    settings = saved.run
    encoder = folder / "text_encoder"
    has_text = encoder.is_dir()
    bert = blank_bert(encoder, settings.model.pooler) if has_text else None
    tokenizer = Tokenizer(str(encoder)) if has_text else None
    model = build_model(settings, bert, saved.widths)
    try:
        model.load_state_dict(load_file(folder / "weights.safetensors"))
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise EvenfuseError(f"the weights in {folder} are of other code: {reason}") from None
    return model, settings, tokenizer
