"""The optimizer of all weights but the fusion weights."""

from torch.optim import SGD, Adam, Optimizer

from evenfuse.nn.model import SentimentModel
from evenfuse.settings.run import OptimizerSettings


def build_optimizer(settings: OptimizerSettings, model: SentimentModel) -> Optimizer:
    """Build SGD with momentum, or Adam; BERT is a group of its own with its own learning rate."""
    bert = list(model.inputs["text"].parameters()) if "text" in model.inputs else []
    in_bert = {id(parameter) for parameter in bert}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in in_bert]
    groups = [{"params": rest}]
    if bert:
        groups.append({"params": bert, "lr": settings.text_learning_rate})  # type: ignore[dict-item]
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.algorithm == "sgd":
        return SGD(groups, rate, settings.momentum, weight_decay=decay, fused=True)
    return Adam(groups, rate, weight_decay=decay, fused=True)
