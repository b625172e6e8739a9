"""What a run computes and keeps: the one description that every plan and estimate reads."""

from collections.abc import Mapping
from typing import NamedTuple

from tf_nst.model.networks import Layer, Network
from tf_nst.model.operations import passes
from tf_nst.objective.terms import Terms, network_layers
from tf_nst.planning.memory import Size, Sizes, estimate_bytes
from tf_nst.planning.schedule import Scale, style_sides
from tf_nst.planning.tiles import Window, plan_windows

# Seconds that it takes to trace a scale's measuring and its steps. Measured.
TRACING_SECONDS = 2.0


class Workload(NamedTuple):
    """What a run computes and keeps.

    Attributes:
      network: the layer table.
      terms: of the loss.
      dtype: of the features.
      scales: heights and widths in pixels, and steps; the last is the picture's.
      targets: {picture: height and width in pixels} at which targets are measured for the last
        scale.
      optimizer: the name of one, a row of OPTIMIZERS.
      pairs: that it is to keep.
      replicas: that share the windows of a picture.
      any_size: whether one trace serves all scales that are painted whole.
      states: whether states of the run are written to a file.
    """

    network: Network
    terms: Terms
    dtype: str
    scales: tuple[Scale, ...]
    targets: Mapping[str, Size]
    optimizer: str
    pairs: int
    replicas: int = 1
    any_size: bool = True
    states: bool = False

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Of the network, up to the deepest that a term looks at."""
        return self.network.up_to(network_layers(self.terms))

    def bytes(self, scale: Scale, core: int, optimizer_bytes: int = 0) -> int:
        """The peak of a scale by windows of `core` pixels, or (0) whole."""
        references = tuple(term.layer for term in self.terms if term.has_reference)
        sizes = self.sizes(scale, core)
        kept = optimizer_bytes + self._statistics_bytes(self.terms, sizes.evaluated)
        targets = tuple(term for term in self.terms if term.has_target)
        measured = (self._statistics_bytes(targets, size) for size in sizes.styles)
        return estimate_bytes(
            self.layers, sizes, self.dtype, kept, references, max(measured, default=0)
        )

    def _statistics_bytes(self, terms: Terms, size: Size) -> int:
        """What statistics keep of a picture or a window until their gradients are made."""
        by_layer = {each.layer.name: each for each in passes(self.layers, *size)}
        places = ((term, by_layer.get(term.layer)) for term in terms)
        return sum(
            term.kind.bytes(place.positions, place.layer.channels)
            for term, place in places
            if place
        )

    def sizes(self, scale: Scale, core: int) -> Sizes:
        """Those of a scale by windows of `core` pixels, or (0) whole."""
        picture = scale[:2]
        targets = tuple(self._target_size(name, picture) for name in self.targets)
        if not core:
            return Sizes(picture, picture, targets)
        windows = self._windows(core, picture)
        targets = tuple(_window_size(self._windows(core, size)) for size in targets)
        return Sizes(picture, _window_size(windows), targets, len(windows))

    def _target_size(self, name: str, picture: Size) -> Size:
        share = max(picture) / max(self.scales[-1][:2])
        height, width = style_sides(*self.targets[name], share)
        return int(height), int(width)

    def _windows(self, core: int, size: Size) -> tuple[Window, ...]:
        return plan_windows(self.network, self.terms, core, *size)

    def operations(self, cores: tuple[int, ...]) -> int:
        """Floating-point operations of convolutions and statistics in a run, of one replica.

        Args:
          cores: of each scale's windows in pixels a side; 0: the whole picture at once.
        """
        pairs = zip(self.scales, cores, strict=True)
        steps = sum(
            scale.steps * self.step_operations(scale[:2], core)
            + self.measuring_operations(scale[:2], core)
            for scale, core in pairs
            if scale.steps
        )
        return steps + self._forward(self.terms, self.scales[-1][:2], cores[-1])

    def step_operations(self, size: Size, core: int) -> int:
        """Forward and the gradient, which takes as many; by windows the network forward twice."""
        again = self._forward(self.terms, size, core, network_only=True) if core else 0
        return 2 * self._forward(self.terms, size, core) + again

    def measuring_operations(self, size: Size, core: int) -> int:
        """Each picture that terms compare with, once forward."""
        operations = 0
        for name in dict.fromkeys(term.of for term in self.terms if term.of is not None):
            terms = tuple(term for term in self.terms if term.of == name)
            measured = self._target_size(name, size) if name in self.targets else size
            operations += self._forward(terms, measured, core)
        return operations

    def _forward(self, terms: Terms, size: Size, core: int, network_only: bool = False) -> int:
        """Of the network up to the deepest layer of `terms`, and of their statistics."""
        evaluated, rounds = self._evaluated(size, core)
        layers = self.network.up_to(network_layers(terms))
        by_layer = {each.layer.name: each for each in passes(layers, *evaluated)}
        operations = sum(each.operations for each in by_layer.values())
        if not network_only:
            for term in terms:
                if term.layer in by_layer:
                    channels = (by_layer[name].layer.channels for name in term.layers)
                    operations += term.kind.operations(by_layer[term.layer].positions, *channels)
        return rounds * operations

    def _evaluated(self, size: Size, core: int) -> tuple[Size, int]:
        """What is evaluated at once, and how often a replica does it."""
        if not core:
            return size, 1
        windows = self._windows(core, size)
        return _window_size(windows), -(-len(windows) // self.replicas)

    def traces(self, cores: tuple[int, ...]) -> int:
        """How often a scale is traced; see `any_size`."""
        traced = [core for scale, core in zip(self.scales, cores, strict=True) if scale.steps]
        whole = traced.count(0)
        return len(traced) - whole + (min(whole, 1) if self.any_size else whole)

    def seconds(self, cores: tuple[int, ...], speed: float) -> float:
        """Seconds of a run on devices of `speed` operations a second, see `operations`."""
        return TRACING_SECONDS * self.traces(cores) + self.operations(cores) / speed


def _window_size(windows: tuple[Window, ...]) -> Size:
    """All windows read equally much."""
    return windows[0].rows.length, windows[0].columns.length
