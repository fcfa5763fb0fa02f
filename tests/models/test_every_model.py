"""The battery that every model passes, found by its file name."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import pad

from evenfuse.assembly.build import build_objective
from evenfuse.assembly.saved import load_model, save_model
from evenfuse.balancers import Forward
from evenfuse.balancers.b_fusion import Balancer
from evenfuse.batching.corpus import Batch
from evenfuse.batching.words import NO_WORD
from evenfuse.errors import EvenfuseError
from evenfuse.nn.predict import predict
from evenfuse.nn.text import Tokenizer
from evenfuse.training.optimizers import build_optimizer
from tests.models.conftest import ACCEPTED, LATE, ONE_EACH, REFUSED, Make, over, run_settings

CPU = torch.device("cpu")
EPOCHS = (1, 2, 3)  # an objective with a memory may train some parameters from the third on


def longer(batch: Batch, steps: int, held: float = 7) -> Batch:
    """The same batch with more padding, which holds something: tokens 7, frames what is said."""
    padded = {
        name: torch.cat(
            [s, s.new_full((len(s), steps, *s.shape[2:]), 7 if name == "text" else held)], dim=1
        )
        for name, s in batch.sequences.items()
    }
    words = {
        name: None if rows is None else pad(rows, (0, steps), value=NO_WORD)
        for name, rows in (("rows", batch.rows), ("heads", batch.heads))
    }
    return replace(batch, sequences=padded, **words)


def without_dropout(model: nn.Module) -> None:
    """What dropout drops depends on the size of the padded batch."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def _ids(tokenizer: Tokenizer) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode(["ba do", "unknown"])]


@over(REFUSED)
def test_other_modalities_are_refused_in_one_sentence(name: str, modalities: list[str]) -> None:
    with pytest.raises(EvenfuseError) as caught:
        run_settings(name, modalities).model.check_modalities(modalities)
    told = str(caught.value)
    assert name in told
    assert "\n" not in told


@over(ACCEPTED)
def test_padding_changes_nothing(make: Make, name: str, modalities: list[str]) -> None:
    model, corpus, _ = make(name, modalities)
    batch = corpus.batch(torch.arange(6))
    with torch.inference_mode():
        plain = model.eval()(batch).prediction
        padded = model(longer(batch, 9)).prediction
    torch.testing.assert_close(padded, plain, rtol=1e-5, atol=1e-6)


@over(ONE_EACH)
def test_padding_that_is_no_number_reaches_no_loss_and_no_gradient(
    make: Make, name: str, modalities: list[str]
) -> None:
    numbers = []
    for steps in (0, 7):
        model, corpus, settings = make(name, modalities)
        objective = build_objective(settings, model, corpus)
        without_dropout(model)
        batch = longer(corpus.batch(torch.arange(6)), steps, torch.nan)
        for epoch in EPOCHS:
            model.zero_grad()
            objective.zero_grad()
            objective.before_epoch(epoch)
            losses = objective(model(batch), batch)
            every = {"task": losses.task, **losses.auxiliary}
            sum(every.values()).backward()
            objective.after_step(model)
        trained = [*model.named_parameters(), *objective.named_parameters()]
        numbers.append(every | {key: p.grad for key, p in trained if p.grad is not None})
    assert numbers[0].keys() == numbers[1].keys()
    torch.testing.assert_close(numbers[1], numbers[0], rtol=1e-4, atol=1e-6)


@over(ONE_EACH)
def test_a_prediction_does_not_depend_on_its_company(
    make: Make, name: str, modalities: list[str]
) -> None:
    model, corpus, _ = make(name, modalities)
    together = predict(model, corpus, CPU).prediction
    with torch.inference_mode():
        alone = [model(corpus.batch(torch.tensor([i]))).prediction for i in range(10)]
    torch.testing.assert_close(torch.cat(alone), together[:10], rtol=1e-4, atol=1e-5)


@over(ACCEPTED)
def test_every_parameter_is_trained(make: Make, name: str, modalities: list[str]) -> None:
    model, corpus, settings = make(name, modalities)
    objective = build_objective(settings, model, corpus)
    trained = [*model.named_parameters(), *objective.named_parameters("objective")]
    optimizer = build_optimizer(settings.optimizer, trained)
    grouped = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for _, p in trained if p.requires_grad)
    trained = [(key, p) for key, p in trained if p.requires_grad]
    total = {key: torch.zeros_like(p) for key, p in trained}
    for epoch in EPOCHS:
        objective.before_epoch(epoch)
        for index in torch.arange(48).split(16):
            optimizer.zero_grad()
            batch = corpus.batch(index)
            losses = objective(model(batch), batch)
            sum([losses.task, *losses.auxiliary.values()]).backward()
            for key, parameter in trained:
                if parameter.grad is not None:
                    total[key] += parameter.grad.abs()
            # what is behind a map that starts at zero learns from the second step on
            optimizer.step()
            objective.after_step(model)
    # softmax does not see a shift, so the bias of BERT's keys has no gradient but rounding
    unseen = [
        key for key, gradient in total.items() if gradient.max() == 0 and "key.bias" not in key
    ]
    assert unseen == []


@over(ONE_EACH)
def test_overfits_sixteen_segments(make: Make, name: str, modalities: list[str]) -> None:
    model, corpus, settings = make(name, modalities)
    settings = settings.model_copy(
        update={
            "optimizer": settings.optimizer.model_copy(
                update={"text_learning_rate": 1e-3, "learning_rate": 5e-3}
            )
        }
    )
    optimizer = build_optimizer(settings.optimizer, model.named_parameters())
    batch = corpus.batch(torch.arange(16))
    model.train()
    for _ in range(200):
        optimizer.zero_grad()
        loss = (model(batch).prediction - batch.labels).square().mean()
        loss.backward()
        optimizer.step()
    assert loss < 0.05 * batch.labels.var()


@over(ACCEPTED)
def test_saves_and_loads_exactly(
    make: Make, name: str, modalities: list[str], tmp_path: Path, vocabulary: Path
) -> None:
    model, corpus, settings = make(name, modalities)
    model.fusion_weights.mul_(0.75)
    tokenizer = Tokenizer(str(vocabulary)) if "text" in modalities else None
    save_model(tmp_path / "model", model, settings, corpus.widths(), tokenizer, "card")
    loaded, read, read_tokenizer = load_model(tmp_path / "model")
    assert read == settings
    outputs = [predict(each, corpus, CPU) for each in (loaded, model)]
    assert torch.equal(outputs[0].prediction, outputs[1].prediction)
    assert set(loaded.state_dict()) == set(model.state_dict())
    if tokenizer is not None and read_tokenizer is not None:
        assert _ids(read_tokenizer) == _ids(tokenizer)


@over(LATE)
def test_weights_of_one_change_no_bit(make: Make, name: str, modalities: list[str]) -> None:
    model, corpus, _ = make(name, modalities)
    batch = corpus.batch(torch.arange(6))
    weights = [1] * len(modalities)
    assert model.fusion_weights.tolist() == weights
    with torch.inference_mode():
        representations = model.eval().represent(batch)
        unweighted = model.fuse(representations, weights).prediction
        assert torch.equal(model(batch).prediction, unweighted)


@over(LATE)
def test_the_balancer_reaches_every_modality(make: Make, name: str, modalities: list[str]) -> None:
    model, corpus, _ = make(name, modalities)
    balancer = Balancer(model.fusion_weights, learning_rate=0.1)
    batch = corpus.batch(torch.arange(16))
    loss = (model(batch).prediction - batch.labels).abs().mean()
    numbers = balancer.backward(Forward(loss, model.projection_weights()))
    balancer.step()
    assert (numbers["g"] > 0).all()
    assert (model.fusion_weights != 1).all()
