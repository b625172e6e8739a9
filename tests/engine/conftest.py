"""A job on the tiny network, and calls that make many steps."""

import pytest
from jobs import ADAM, CONFIG, SIZE

from tf_nst.engine import pace
from tf_nst.engine.job import Job
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective
from tf_nst.objective.terms import build_terms
from tf_nst.planning.schedule import Scale


@pytest.fixture(scope="session")
def make_job(tiny, make_extractor, content, style):
    """`steps` steps of Adam at the content's size by default; `optimizer`: at each scale;
    `pictures`: others than the two."""

    def make(steps=6, *, optimizer=ADAM, pictures=None, **changes) -> Job:
        scales = changes.pop("scales", (Scale(*SIZE, steps),))
        job = Job(
            network=tiny,
            extractor=make_extractor(used_layers(CONFIG, tiny)),
            terms=build_terms(CONFIG, tiny),
            scales=scales,
            optimizers=(optimizer,) * len(scales),
            fallback=ADAM,
            pictures={"content": content, "style": style} | (pictures or {}),
            initial=content,
        )
        return job._replace(**changes)

    return make


@pytest.fixture(scope="session")
def objective(make_job):
    """That of a job."""
    job = make_job()
    return build_objective(job.extractor, job.terms, job.pictures)


@pytest.fixture
def long_calls(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e6)
