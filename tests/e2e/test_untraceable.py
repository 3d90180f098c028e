"""What cannot be traced is refused with a reason, and does not stand in the way of the rest."""

import json

import pytest
from building import NEWEST_GO
from tracing import func_options, gotraced

REFUSED = {
    "main.endless": "never returns",
    "main.alwaysPanics": "never returns",
    "main.nothing": "nothing but a RET",
}


def plan_of(binary, *patterns):
    done = gotraced("--plan", "--format", "json", "--binary", binary, *func_options(patterns))
    assert done.returncode == 0, done.stderr
    return {entry["function"]: entry for entry in map(json.loads, done.stdout.splitlines())}


def test_each_refusal_has_its_reason(build):
    plan = plan_of(build("untraceable"), *REFUSED)
    assert set(plan) == set(REFUSED)
    for function, reason in REFUSED.items():
        assert reason in plan[function]["refused"]


def test_a_wrapper_around_an_interface_is_refused_where_it_ends_in_a_jump(build, go):
    plan = plan_of(build("untraceable"), "main.(*rental).run")
    assert ("refused" in plan["main.(*rental).run"]) == (go == NEWEST_GO)


def test_a_wrapper_that_jumps_to_a_known_function_is_not_refused(build):
    plan = plan_of(build("untraceable"), "main.(*car).run", "main.(*engine).run")
    wrapper, method = plan["main.(*car).run"], plan["main.(*engine).run"]
    assert wrapper["jumps_to"] == ["main.(*engine).run"]
    assert wrapper["return_vas"] == method["return_vas"]


@pytest.mark.parametrize("function", ["main.(*car).run", "main.(*engine).run"])
def test_a_wrapper_that_jumps_or_its_target_is_counted_alone(trace, build, function):
    result = trace(["--func", function], [build("untraceable")])
    calls = 100 if "car" in function else result.ledger[function]["returned"]
    assert result.ends == {function: {"returned": calls, "unwound": 0, "in_flight": 0, "unmatched": 0}}


def test_a_function_that_was_inlined_everywhere_is_explained(build):
    done = gotraced("--plan", "--binary", build("untraceable"), "--func", "main.inlined")
    assert done.returncode == 1 and done.stdout == ""
    assert "main.inlined" in done.stderr and "inlined" in done.stderr.replace("main.inlined", "")
    assert "main.main" in done.stderr


def test_a_function_that_is_not_there_is_a_failure_that_names_it(build):
    for options in [["--plan", "--binary", build("fib")], ["--binary", build("fib")]]:
        done = gotraced(*options, "--func", "main.fob")
        assert done.returncode == 1 and done.stdout == ""
        assert "main.fob" in done.stderr and "main.fib" in done.stderr


def test_what_can_be_traced_is_counted_beside_what_cannot(trace, build):
    functions = [*REFUSED, "main.(*engine).run", "main.quits"]
    result = trace(func_options(functions), [build("untraceable")])
    expected = {f: result.ledger[f] for f in ("main.(*engine).run", "main.quits")}
    assert result.ends == expected
    for function in REFUSED:
        assert function in result.stderr


def test_a_wrapper_and_what_it_wraps_are_each_counted(trace, build):
    """The method is called by jumps from the one wrapper and by calls from the other, in some versions."""
    result = trace(["--func", "main.*run"], [build("untraceable")])
    ends = result.ends
    assert ends.pop("main.(*engine).run") == result.ledger["main.(*engine).run"]
    for function, of_wrapper in ends.items():
        calls = 100 if function.startswith("main.(*") else 0
        assert of_wrapper == {"returned": calls, "unwound": 0, "in_flight": 0, "unmatched": 0}


def test_a_tracer_with_nothing_to_trace_is_a_failure(build):
    done = gotraced("--binary", build("untraceable"), "--func", "main.endless")
    assert done.returncode == 1 and done.stdout == ""
    assert "main.endless" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--no-such-option"],
        ["--func", "main.main"],
        ["--binary", "/bin/true"],
        ["--binary", "/bin/true", "--func", "main.main", "--duration", "soon"],
        ["--binary", "/bin/true", "--func", "main.main", "--links", "other"],
        ["--binary", "/bin/true", "--func", "main.main", "--pid", "first"],
    ],
)
def test_wrong_usage_has_status_2(arguments):
    done = gotraced(*arguments)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr != ""


@pytest.mark.parametrize("binary", ["/bin/true", "/etc/hostname", "/missing", "/etc"])
def test_a_file_that_is_no_go_program_is_a_failure_that_names_it(binary):
    done = gotraced("--binary", binary, "--func", "main.main")
    assert done.returncode == 1
    assert binary in done.stderr and done.stdout == ""


def test_the_plan_of_a_stripped_binary_is_that_of_the_plain_one(go_builds, go):
    plans = []
    for flavour in ("plain", "stripped"):
        binary = go_builds.path("plain", go, flavour)
        plan = plan_of(binary, "main.*")
        assert {entry.pop("binary") for entry in plan.values()} == {str(binary)}
        plans.append(plan)
    assert plans[0] == plans[1]


def test_a_list_has_every_function_that_matches(build):
    done = gotraced("--list", "--binary", build("plain"), "--func", "main.d*")
    assert done.returncode == 0
    for function in ("main.divide", "main.deferring", "main.deferred", "main.deferringInLoop"):
        assert any(line.split()[-1] == function for line in done.stdout.splitlines())
    assert "main.framed" not in done.stdout
