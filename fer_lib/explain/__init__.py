"""Looking inside a network: its filters, and what its layers make of a face."""

from fer_lib.explain.activations import activation_maps, sparsity
from fer_lib.explain.smoothness import smoothness
from fer_lib.models import first_filters

__all__ = ["activation_maps", "first_filters", "smoothness", "sparsity"]
