"""Programs of every version of Go: each value of each call is told as the program itself knows it."""

from values import check_values


def test_values_equal_the_ledger(values_cell, go_builds, trace):
    version, mode = values_cell
    check_values(go_builds.path("ledger", version, mode), version, trace, go_builds, may_be_removed=mode != "unoptimised")
