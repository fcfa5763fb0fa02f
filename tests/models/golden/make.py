"""Make the golden files: MMSA 2.2.1's models, small, with what they predict of random inputs.

From the root of the repository, in a virtual environment of its own (MMSA asks for packages that
it does not need here, so pip is told to leave them out)::

    pip install torch==2.13.0 transformers==5.23.0 numpy pandas scikit-learn safetensors tqdm
    pip install easydict nvidia-ml-py
    pip install --no-deps MMSA==2.2.1
    python tests/models/golden/make.py

Each file holds `weights.*` by MMSA's names, `inputs.*` and `outputs.*`. All is drawn from the seed
below; the same versions make the same files. The tests need the files alone, and no MMSA.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

SEED = 0
HERE = Path(__file__).parent
ALL = {"train_mode": "regression"}
LATE = {
    **{"feature_dims": (11, 5, 7), "hidden_dims": (12, 3, 8), "text_out": 6, "rank": 4},
    **{"post_fusion_dim": 10, "dropouts": (0.0, 0.0, 0.0, 0.0)},
}
EARLY = {
    **{"feature_dims": (11, 5, 7), "hidden_dims": 12, "seq_lens": 6},
    **{"num_layers": 3, "dropout": 0.0},
}
MULT = {
    **{f"{part}_dropout": 0.0 for part in ("attn", "relu", "embed", "res", "output", "text")},
    **{"attn_dropout_a": 0.0, "attn_dropout_v": 0.0, "nlevels": 2, "use_bert": False},
    **{"conv1d_kernel_size_l": 5, "conv1d_kernel_size_a": 1, "conv1d_kernel_size_v": 3},
    **{"feature_dims": [12, 5, 7], "dst_feature_dim_nheads": [6, 2]},
}
MISA = {
    **{"feature_dims": (768, 5, 7), "hidden_size": 4, "dropout": 0.0, "rnncell": "lstm"},
    **{"use_bert": True, "use_finetune": False, "use_cmd_sim": True, "transformers": "bert"},
}
SELF_MM = {
    **{"feature_dims": (16, 5, 7), "text_out": 16, "audio_out": 3, "video_out": 4},
    **{"a_lstm_hidden_size": 4, "v_lstm_hidden_size": 6, "a_lstm_layers": 1, "v_lstm_layers": 1},
    **{"post_fusion_dim": 12, "post_text_dim": 8, "post_audio_dim": 5, "post_video_dim": 6},
    **{f"post_{part}_dropout": 0.0 for part in ("fusion", "text", "audio", "video")},
    **{"a_lstm_dropout": 0.0, "v_lstm_dropout": 0.0, "need_data_aligned": False},
    **{"use_finetune": True, "transformers": "bert", "H": 3.0, "excludeZero": True},
}
SELF_MM_TRAINING = {
    **{"train_samples": 8, "device": "cpu", "dataset_name": "mosi", "model_name": "self_mm"},
    **{"KeyEval": "Loss", "early_stop": 1, "update_epochs": 2, "save_labels": False},
    **{f"learning_rate_{part}": rate for part, rate in (("bert", 5e-5), ("other", 1e-2))},
    **{f"learning_rate_{part}": 5e-2 for part in ("audio", "video")},
    # none on the rest, which has the heads: there we have none until their labels have moved
    **{"weight_decay_bert": 0.0, "weight_decay_other": 0.0},
    **{f"weight_decay_{part}": 0.02 for part in ("audio", "video")},
}

Made = tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]  # weights, inputs, outputs


def build(name: str, kind: str = "singleTask", **settings: Any) -> nn.Module:
    """Return MMSA's model of this name."""
    module = import_module(f"MMSA.models.{kind}.{name}")
    model: nn.Module = getattr(module, name)(SimpleNamespace(**ALL, **settings))
    return model


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def louder(model: nn.Module) -> nn.Module:
    """Triple the weights it starts with: predictions far from one another."""
    for parameter in model.parameters():
        parameter.data *= 3 if parameter.requires_grad else 1
    return model


def late(name: str) -> Made:
    """A model of averaged frames, inside and outside of training; the averages are its inputs."""
    model = louder(build(name, **LATE))
    for norm in (model.audio_subnet.norm, model.video_subnet.norm):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 1.5)
    weights = weights_of(model)
    inputs = {
        **{"vectors": torch.randn(5, 6, 11), "audio": torch.randn(5, 9, 5)},
        "video": torch.randn(5, 4, 7),
    }
    means = [inputs[part].mean(dim=1, keepdim=True) for part in ("audio", "video")]
    outputs = {
        "outside": model.eval()(inputs["vectors"], *means)["M"],
        "training": model.train()(inputs["vectors"], *means)["M"],
    }
    return weights, inputs, outputs


def ef_lstm() -> Made:
    """Early fusion; its batch norm, which needs segments of one length, does nothing."""
    model = louder(build("EF_LSTM", **EARLY)).eval()
    model.norm.weight.data.fill_(1.0)
    model.norm.eps = 0.0
    inputs = {
        **{"vectors": torch.randn(5, 6, 11), "audio": torch.randn(5, 6, 5)},
        "video": torch.randn(5, 6, 7),
    }
    return weights_of(model), inputs, {"outside": model(*inputs.values())["M"]}


def mult() -> Made:
    """MulT with and without a causal mask, with and without the positions that it leaves out."""
    package = "MMSA.models.subNets.transformers_encoder.position_embedding"
    embedding = import_module(package).SinusoidalPositionalEmbedding
    model = build("MULT", attn_mask=True, **MULT)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    weights = weights_of(model)
    inputs = {
        **{"text": torch.randn(4, 9, 12), "audio": torch.randn(4, 31, 5)},
        "video": torch.randn(4, 17, 7),
    }
    outputs = {}
    for causal in (True, False):
        model = build("MULT", attn_mask=causal, **MULT).eval()
        model.load_state_dict(weights)
        outputs[f"causal_{causal}.positions_False"] = model(*inputs.values())["M"]
        for name, part in model.named_children():
            if name.startswith("trans"):
                part.embed_positions = embedding(part.embed_dim)
        outputs[f"causal_{causal}.positions_True"] = model(*inputs.values())["M"]
    return weights, inputs, outputs


def misa() -> Made:
    """MISA with its losses; the states of its BERT, a random one, are the inputs of its text.

    It cuts audio and video at the tokens' number, so all three have the same lengths here.
    """
    with TemporaryDirectory() as folder:
        sizes = {"hidden_size": 768, "num_hidden_layers": 1, "intermediate_size": 8}
        BertModel(BertConfig(vocab_size=20, **sizes)).save_pretrained(folder)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        (Path(folder) / "vocab.txt").write_text("\n".join(words))
        model = louder(build("MISA", pretrained=folder, **MISA)).eval()
    lengths = torch.tensor([5, 3, 2, 5])
    mask = (torch.arange(5) < lengths[:, None]).long()
    tokens = torch.stack([torch.randint(5, 20, (4, 5)) * mask, mask, torch.zeros_like(mask)], 1)
    frames = {"audio": torch.randn(4, 5, 5), "video": torch.randn(4, 5, 7)}
    states: list[Tensor] = []
    model.bertmodel.register_forward_hook(lambda *args: states.append(args[2]))
    prediction, labels = model(tokens, *frames.values())["M"], torch.randn(4, 1)
    inputs = {"text": states[0], **frames, "labels": labels, "lengths": lengths}
    weights = {k: v for k, v in weights_of(model).items() if not k.startswith("bertmodel.")}
    return weights, inputs, {"outside": prediction, **misa_losses(model, prediction, labels)}


def misa_losses(model: nn.Module, prediction: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Return what MMSA's trainer of MISA adds up, each without its weight."""
    module = import_module("MMSA.trains.singleTask.MISA")
    trainer = module.MISA(SimpleNamespace(dataset_name="mosi", use_cmd_sim=True, **ALL))
    trainer.model = SimpleNamespace(Model=model)
    return {
        "task": trainer.criterion(prediction, labels),
        "similarity": trainer.get_cmd_loss(),
        "difference": trainer.get_diff_loss(),
        "reconstruction": trainer.get_recon_loss(),
    }


def self_mm() -> Made:
    """Self-MM before and after two epochs of MMSA's trainer, which move the labels once.

    The states of the text are given, in place of BERT. The trainer takes segments two by two, in
    their order, and steps every second time.
    """
    with TemporaryDirectory() as folder:
        sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
        BertModel(BertConfig(vocab_size=20, **sizes)).save_pretrained(folder)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        (Path(folder) / "vocab.txt").write_text("\n".join(words))
        model = louder(build("SELF_MM", "multiTask", pretrained=folder, **SELF_MM))
    model.text_model = nn.Identity()
    inputs = {
        **{"text": torch.randn(8, 5, 16), "audio": torch.randn(8, 5, 5)},
        **{"video": torch.randn(8, 5, 7), "lengths": torch.tensor([5, 3, 2, 5, 1, 4, 5, 2])},
        "labels": torch.tensor([[2.0], [-1.5], [0.0], [1.0], [-2.5], [0.5], [-1.0], [3.0]]),
    }
    weights, text = weights_of(model), inputs["text"]
    frames = [(inputs[part], inputs["lengths"]) for part in ("audio", "video")]
    told = model.eval()(text, *frames)
    modalities = {"text": told["T"], "audio": told["A"], "video": told["V"]}
    labels = self_mm_labels(model, inputs)
    after = {"trained": model.eval()(text, *frames)["M"], **under("labels", labels)}
    return weights, inputs, {"outside": told["M"], **under("alone", modalities), **after}


def self_mm_labels(model: nn.Module, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Train for two epochs; return the labels that the trainer has made."""
    module = import_module("MMSA.trains.multiTask.SELF_MM")
    wrapped = nn.Module()
    wrapped.add_module("Model", model)
    wrapped.forward = model.forward  # type: ignore[method-assign]
    with TemporaryDirectory() as folder:
        path = f"{folder}/best.pth"
        settings = {**ALL, **SELF_MM, **SELF_MM_TRAINING, "model_save_path": path}
        trainer = module.SELF_MM(SimpleNamespace(**settings))
        worse = iter((1.0, 2.0))
        trainer.do_test = lambda *_, **__: {"Loss": next(worse)}  # so the second epoch is the last
        trainer.metrics = lambda *_: {}
        trainer.do_train(
            wrapped, {"train": [segments(inputs, i) for i in (0, 2, 4, 6)], "valid": []}
        )
    labels: dict[str, Tensor] = trainer.label_map
    return {"text": labels["text"], "audio": labels["audio"], "video": labels["vision"]}


def under(room: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{room}.{name}": value for name, value in tensors.items()}


def segments(inputs: dict[str, Tensor], start: int) -> dict[str, Any]:
    """Return two segments as MMSA's loader gives them."""
    two = slice(start, start + 2)
    lengths = {"audio_lengths": inputs["lengths"][two], "vision_lengths": inputs["lengths"][two]}
    frames = {"text": inputs["text"], "audio": inputs["audio"], "vision": inputs["video"]}
    return {
        **{name: values[two] for name, values in frames.items()},
        **lengths,
        **{
            "index": torch.arange(start, start + 2),
            "id": [],
            "labels": {"M": inputs["labels"][two]},
        },
    }


MODELS: dict[str, Callable[[], Made]] = {
    "lf_dnn": lambda: late("LF_DNN"),
    "tfn": lambda: late("TFN"),
    "lmf": lambda: late("LMF"),
    "ef_lstm": ef_lstm,
    "mult": mult,
    "misa": misa,
    "self_mm": self_mm,
}


def main() -> None:
    """Write one file per model, beside this one."""
    packages = ("MMSA", "torch", "transformers")
    made_with = {"made with": ", ".join(f"{name} {version(name)}" for name in packages)}
    for name, make in MODELS.items():
        torch.manual_seed(SEED)
        rooms = zip(("weights", "inputs", "outputs"), make(), strict=True)
        tensors = {
            f"{room}.{key}": value.detach().contiguous()
            for room, named in rooms
            for key, value in named.items()
        }
        save_file(tensors, HERE / f"{name}.safetensors", made_with)


if __name__ == "__main__":
    main()
