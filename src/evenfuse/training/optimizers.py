"""The optimizer of all weights but the fusion weights."""

from torch import nn
from torch.optim import SGD, Adam, Optimizer

from evenfuse.nn.text import TextEncoder
from evenfuse.settings.run import OptimizerSettings


def build_optimizer(settings: OptimizerSettings, model: nn.Module) -> Optimizer:
    """Build SGD with momentum, or Adam; BERT is a group of its own with its own learning rate."""
    encoders = [module for module in model.modules() if isinstance(module, TextEncoder)]
    bert = [parameter for encoder in encoders for parameter in encoder.parameters()]
    in_bert = {id(parameter) for parameter in bert}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in in_bert]
    groups = [{"params": rest}]
    if bert:
        groups.append({"params": bert, "lr": settings.text_learning_rate})  # type: ignore[dict-item]
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.algorithm == "sgd":
        return SGD(groups, rate, settings.momentum, weight_decay=decay, fused=True)
    return Adam(groups, rate, weight_decay=decay, fused=True)
