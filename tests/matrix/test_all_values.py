"""Programs of every version of Go: each value of each call is told as the program itself knows it."""

import pytest
from values import check_values


@pytest.mark.parametrize("scenario", ["values", "interfaces"])
def test_values_equal_the_ledger(values_cell, scenario, go_builds, trace):
    version, mode = values_cell
    program = go_builds.path("ledger", version, mode)
    check_values(program, version, trace, go_builds, scenario, may_be_removed=mode != "unoptimised")
