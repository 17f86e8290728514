"""colcomb: sparse convolutional networks packed for systolic arrays by column combining.

Matrices: :func:`group` decides which columns of a filter matrix share a column of the array,
:func:`pack` packs it, :func:`unpack` gives it back. Networks: :func:`import_onnx` reads a float
model, :func:`pack` combines it, :func:`quantize` turns it into integers, a :class:`PackedNetwork`
that runs on the CPU. Machines: :func:`simulate`, :func:`cost`, :func:`suggest` and :func:`compile`
for a systolic array. Results: :func:`explore`, :func:`experiment` and :func:`report`.

``colcomb.torch`` combines a PyTorch model inside its own training loop.

Each function calls what the command ``colcomb`` calls, and gives the same numbers. Errors of the
caller are :class:`UserError`.
"""

from . import _core
from .combining import group, pack, unpack
from .conversion import import_onnx, inspect_onnx, quantize
from .errors import UserError
from .exploration import Exploration, experiment, explore
from .machine_results import (
    Cost,
    CostFigure,
    LayerEnergy,
    SimulatedPart,
    Simulation,
    Suggestion,
    Suggestions,
)
from .machines import Program, compile, cost, simulate, suggest
from .networks import Network
from .packed_network import PackedNetwork
from .pages import Page, report
from .results import (
    AllocationReport,
    CombiningReport,
    FloatLayer,
    Grouping,
    ImportedLayer,
    ImportedNode,
    LayerReport,
    Packed,
    PackedLayer,
    Point,
    QuantizationCheck,
)

__version__: str = _core.version

__all__ = [
    "AllocationReport",
    "CombiningReport",
    "Cost",
    "CostFigure",
    "Exploration",
    "FloatLayer",
    "Grouping",
    "ImportedLayer",
    "ImportedNode",
    "LayerEnergy",
    "LayerReport",
    "Network",
    "Packed",
    "PackedLayer",
    "PackedNetwork",
    "Page",
    "Point",
    "Program",
    "QuantizationCheck",
    "SimulatedPart",
    "Simulation",
    "Suggestion",
    "Suggestions",
    "UserError",
    "compile",
    "cost",
    "experiment",
    "explore",
    "group",
    "import_onnx",
    "inspect_onnx",
    "pack",
    "quantize",
    "report",
    "simulate",
    "suggest",
    "unpack",
]
