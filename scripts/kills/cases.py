"""What is killed: each optimiser, whole and by windows, at one scale and at several."""

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# Gram matrices of a shallow layer: so little is traced that a run begins within seconds.
SHARED = (
    f"--content={EXAMPLES / 'louvre_court.jpg'}",
    f"--style={EXAMPLES / 'water_garden.jpg'}",
    *("--output=out.png", "--size=64", "--weights=random", "--precision=float32"),
    *("--content_layers=conv1_1", "--style_layers=conv1_1", "--style_statistic=gram"),
)
CASES = {
    "lbfgs": ("--steps=100", "--scales=2"),
    "adam": ("--steps=200", "--scales=2", "--optimizer=adam"),
    "lbfgs-one-scale": ("--steps=100", "--scales=1"),
    "sgd": ("--steps=200", "--scales=2", "--optimizer=sgd", "--learning_rate=1e-6"),
    "lbfgs-windows": ("--steps=16", "--scales=2", "--tile=32"),
    "adam-windows": ("--steps=16", "--scales=2", "--tile=32", "--optimizer=adam"),
}
