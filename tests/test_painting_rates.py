"""What each optimiser does at its default learning rate, by the default objective and network."""

from pathlib import Path

import pytest

from tf_nst.config import config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import StepsDone
from tf_nst.engine.loop import iterate
from tf_nst.io.inputs import read_inputs
from tf_nst.io.listeners import contributions
from tf_nst.optim.optimizers import OPTIMIZERS
from tf_nst.painting import prepare

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The network is loaded, and the targets are measured, once."""
    return Engine()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_few_steps_lower_the_loss(engine, optimizer):
    """The curvature of an objective decides it: SGD leaps away where its rate is too large."""
    config = config_from_options({"size": 64, "steps": 8, "optimizer": optimizer})
    pair = str(EXAMPLES / "louvre_court.jpg"), str(EXAMPLES / "water_garden.jpg")
    job = prepare(config, read_inputs(config, *pair), print, engine=engine).job
    losses = []
    for event in iterate(job, engine=engine):
        if isinstance(event, StepsDone):
            for step in range(len(event.values[job.terms[0].name])):
                values = {name: each[step, 0] for name, each in event.values.items()}
                losses.append(sum(contributions(job.terms, values).values()))
    assert len(losses) == 8 and losses[-1] < 0.9 * losses[0]
