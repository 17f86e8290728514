"""Column combining of a PyTorch model inside its own training loop.

::

    import colcomb.torch
    combiner = colcomb.torch.combine(model, alpha=8, gamma=0.5, example_input=images[:1],
                                     total_steps=epochs * len(loader))
    for images, labels in loader:                # the loop that there is already
        ...
        optimizer.step()
        combiner.step()                          # prunes and combines when it is time
    combiner.export("model.onnx")                # what colcomb.import_onnx reads, groups included

Needs PyTorch 1.13 or later; nothing else of colcomb does.
"""

try:
    import torch as _torch  # noqa: F401
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "colcomb.torch needs PyTorch 1.13 or later (Debian: python3-torch)", name="torch"
    ) from _error

from .combiner import Combiner, combine
from .schedule import Schedule

__all__ = ["Combiner", "Schedule", "combine"]
