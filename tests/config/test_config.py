"""The config: it stays as it is, agrees with the tables, and needs no other library."""

import dataclasses
import subprocess
import sys

import pytest

from tf_nst.config import (
    CONTENT_LOSSES,
    NETWORKS,
    OPTIMIZERS,
    STYLE_STATISTICS,
    VARIATION_LOSSES,
    NetworkConfig,
    ObjectiveConfig,
    StylizeConfig,
)
from tf_nst.errors import NstError, RunError, UserError


@pytest.mark.parametrize("config", [NetworkConfig(), ObjectiveConfig(), StylizeConfig()])
def test_a_config_cannot_be_changed(config):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config, dataclasses.fields(config)[0].name, 1)


def test_names_in_the_config_are_the_rows_of_the_tables():
    from tf_nst.model import networks
    from tf_nst.objective.statistics import STATISTICS
    from tf_nst.optim import optimizers

    names = *CONTENT_LOSSES, *STYLE_STATISTICS, *VARIATION_LOSSES
    assert sorted(names) == sorted(STATISTICS)
    assert {name for name, row in STATISTICS.items() if row.paired} == set(CONTENT_LOSSES)
    assert set(OPTIMIZERS) == set(optimizers.OPTIMIZERS)
    assert set(NETWORKS) == set(networks.NETWORKS)


def test_exit_codes_tell_what_can_be_mended():
    assert (UserError.exit_code, RunError.exit_code) == (2, 1)
    assert issubclass(UserError, NstError) and issubclass(RunError, NstError)


def test_the_config_comes_without_numpy_and_tensorflow():
    code = "import sys, tf_nst.config; print({'numpy', 'tensorflow'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"
