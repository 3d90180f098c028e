"""--types: the names and types of a stripped program's values, by a program that has DWARF."""

import pytest
from tracing import gotraced
from values import check_values


@pytest.mark.parametrize("scenario", ["values", "interfaces"])
@pytest.mark.parametrize("version", ["1.15", "1.24", "newest"])
def test_values_of_a_stripped_program_equal_the_ledger(version, scenario, trace, go_builds):
    options = ["--types", go_builds.path("ledger", version, "plain")]
    check_values(go_builds.path("ledger", version, "stripped"), version, trace, go_builds, scenario, options)


def test_the_standard_library_is_that_of_any_program_of_the_same_go(trace, go_builds):
    """What a stripped program writes, by the DWARF of another program."""
    program, types = go_builds.path("keys", "newest", "stripped"), go_builds.path("ledger", "newest", "plain")
    options = ["--func", "os.(*File).Write", "--show", "f.file.name,len(b),n,err", "--types", types]
    result = trace(options, [program, "20"])
    calls = [report["values"] for report in result.reports if report["report"] == "call"]
    assert calls and {call["f.file.name"] for call in calls} == {"/dev/stdout"}
    assert sum(call["n"] for call in calls) == len(result.stdout.encode())
    assert all(call["n"] == call["len(b)"] and call["err"] is None for call in calls)


def test_a_program_with_dwarf_has_its_own(trace, newest, go_builds):
    options = ["--func", "main.handle", "--calls", "--types", go_builds.path("ledger", "newest", "plain")]
    result = trace(options, [newest("keys"), "20"])
    calls = [report for report in result.reports if report["report"] == "call"]
    assert calls and all({"key", "n"} <= call["parameters"].keys() for call in calls)


def test_a_function_of_that_name_with_other_arguments_is_not_taken_for_it(trace, go_builds):
    """main.leaf takes a pointer and a number in one program, and nothing in the other."""
    program, types = go_builds.path("trees", "newest", "stripped"), go_builds.path("callers", "newest", "plain")
    result = trace(["--func", "main.leaf", "--calls", "--types", types], [program])
    calls = [report for report in result.reports if report["report"] == "call"]
    assert calls and not any("parameters" in call or "results" in call for call in calls)


def test_generic_functions_of_one_name_are_not_taken_for_each_other(trace, go_builds):
    """In a stripped program of Go 1.19 all that a generic function was compiled for have the same name."""
    types = go_builds.path("ledger", "1.19", "plain")
    options = ["--func", "main.largest[...]", "--calls", "--types", types]
    result = trace(options, [go_builds.path("ledger", "1.19", "stripped"), "values"])
    calls = [report for report in result.reports if report["report"] == "call"]
    assert calls and not any("parameters" in call or "results" in call for call in calls)


@pytest.mark.parametrize(
    "version, flavour, said",
    [
        ("1.19", "plain", "may differ from one version of Go to the next"),
        ("newest", "stripped", "has no DWARF, neither itself nor in a separate file"),
        (None, "/etc/passwd", "/etc/passwd"),
        (None, "/nowhere", "cannot open /nowhere: No such file or directory"),
    ],
)
def test_what_cannot_stand_in_is_refused(version, flavour, said, go_builds):
    types = go_builds.path("ledger", version, flavour) if version else flavour
    program = go_builds.path("keys", "newest", "stripped")
    done = gotraced("--func", "main.handle", "--calls", "--types", types, "--", program, "20")
    assert done.returncode == 1 and said in done.stderr
    assert not done.stdout


def test_without_it_the_message_says_what_to_do(go_builds):
    done = gotraced("--func", "main.handle", "--show", "n", "--", go_builds.path("keys", "newest", "stripped"))
    assert done.returncode == 1
    assert "for want of DWARF" in done.stderr and "--types" in done.stderr
