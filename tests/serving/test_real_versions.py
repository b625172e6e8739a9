"""A real server whose versions change, and which is killed: after test_real_servers.py, to whose
version it does not return."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from answering import CLOSE, assert_answers, assert_same_picture, call, decoded
from bad_requests import PLAIN, different
from servers import Refused, with_other_kernels
from tolerances import assert_within

from tf_nst.serving import retries
from tf_nst.serving.rest import ask_rest
from tf_nst.serving.server import Server
from tf_nst.serving.warmup import write_warmup


def test_a_version_whose_warm_up_fails_is_not_served(
    real_server, first_version, ask_by, first_signatures
):
    """So a version is warm before it answers, and until then the one before it does."""
    broken = real_server.models / "2"
    shutil.copytree(first_version, broken)
    write_warmup(broken, "nst", {"serving_default": {"content_bytes": [b"no picture"]}})
    with pytest.raises(Refused):
        real_server.reload()
    assert_answers(ask_by["REST"](PLAIN), first_signatures, PLAIN)
    shutil.rmtree(broken)


@pytest.fixture(scope="module")
def newer(real_server, first_version, first_signatures):
    """Four requests; what they are answered while another version takes over, four times each; and
    what afterwards."""
    requests, ask = (
        [different(index) for index in range(4)],
        partial(ask_rest, Server(real_server.url)),
    )
    with_other_kernels(first_version, real_server.models / "3")
    with ThreadPoolExecutor(4) as threads:
        meanwhile = [threads.submit(ask, request) for request in requests * 4]
        real_server.reload()
    return requests, [one.result() for one in meanwhile], [ask(request) for request in requests]


def test_a_new_version_takes_over_between_requests(newer, first_signatures):
    """Each answer is the old version's or the new one's."""
    requests, meanwhile, afterwards = newer
    for index, (request, new) in enumerate(zip(requests, afterwards, strict=True)):
        old = call(first_signatures[request.signature], **request.inputs)["losses"][0]
        assert np.abs(new.losses / old - 1).max() > 10 * CLOSE
        for answer in meanwhile[index::4]:
            nearest = min(
                old, np.array(new.losses), key=lambda it: np.abs(it - answer.losses).max()
            )
            assert_within(answer.losses, nearest, CLOSE)


def test_a_server_that_is_killed_and_started_again_answers_who_waited(
    real_server, newer, monkeypatch
):
    requests, _, expected = newer
    monkeypatch.setattr(retries, "LONGEST_PAUSE", 1.0)
    patient = partial(ask_rest, Server(real_server.url, retries=300))
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(patient, request) for request in requests]
        real_server.kill()
        real_server.launch()
        answers = [one.result() for one in waiting]
    for answer, before in zip(answers, expected, strict=True):
        assert_same_picture(answer.image, decoded(before.image))
        assert_within(answer.losses, before.losses, CLOSE)
