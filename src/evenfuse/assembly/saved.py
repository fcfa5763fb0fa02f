"""A trained model on disk: a folder that needs nothing else to predict.

::

    settings.json        the run's settings and the widths of its readers
    weights.safetensors  all parameters and buffers, fusion weights and standardisation included
    text_encoder/        BERT's shape and its tokenizer
"""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from evenfuse.assembly.build import build_model
from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, write_aside, write_json
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokenizer, blank_bert
from evenfuse.settings.run import RunSettings, parse_run

SETTINGS = "settings.json"


def save_model(
    folder: Path,
    model: SentimentModel,
    settings: RunSettings,
    widths: dict[str, int],
    tokenizer: Tokenizer | None,
) -> None:
    """Write the folder, whole or not at all."""
    with write_aside(folder) as aside:
        write_json(aside / SETTINGS, {"run": settings.model_dump(), "widths": widths})
        save_file(model.state_dict(), aside / "weights.safetensors")
        if tokenizer is not None:
            tokenizer.save(aside / "text_encoder")


def load_model(folder: Path) -> tuple[SentimentModel, RunSettings, Tokenizer | None]:
    """Read the folder.

    Raises:
        EvenfuseError: if a part is missing or does not fit.
    """
    saved = read_json(folder / SETTINGS)
    settings = parse_run(saved["run"], str(folder / SETTINGS))
    encoder = folder / "text_encoder"
    has_text = encoder.is_dir()
    bert = blank_bert(encoder, settings.model.pooler) if has_text else None
    tokenizer = Tokenizer(str(encoder)) if has_text else None
    model = build_model(settings, bert, saved["widths"])
    try:
        model.load_state_dict(load_file(folder / "weights.safetensors"))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise EvenfuseError(f"the weights in {folder} do not load: {error}") from None
    return model, settings, tokenizer
