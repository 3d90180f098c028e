"""Programs of every version of Go, built in every way: the callers of each call are those that the program sees."""

from building import minor_of
from stacks import check_stacks

FEWEST_CALLS = 500


def test_callers_are_those_that_the_program_sees(cell, go_builds, trace):
    version, mode = cell
    program = go_builds.path("callers", version, mode)
    assert check_stacks(trace, program, minor_of(go_builds.goroot(version))) >= FEWEST_CALLS
