"""Every call is counted, and counted as what became of it, exactly."""

from collections import Counter

import pytest
from tracing import check_consistency, ends_of, func_options, ledger_of

# By program, the functions to trace. The ledgers are keyed by the same names.
FUNCTIONS = {
    "plain": """main.main.func1 main.framed main.leaf main.frameless main.divide main.mediumFrame
        main.hugeFrame main.(*counter).add main.point.norm main.deferring main.deferred
        main.deferringInLoop main.variadic main.float main.structResult main.manyReturns
        main.jumpTable""".split(),
    "fib": ["main.fib"],
    "assembly": "main.add main.around main.bare main.idle main.unchecked main.yield".split(),
    "hop": "main.overChannel main.overSleep main.overMutex main.overGosched main.inCrowd".split(),
    "grow": "main.descend main.outgrow main.growHugely main.shrinkWithin".split(),
    "preempt": ["main.tick", "main.grind"],
    "panics": """main.thrower main.passer main.recoverer main.loopRecoverer main.selfRecoverer
        main.rescuer main.rescued main.rethrower main.outer main.middle main.cleanup main.replacer
        main.tidied main.tidy main.deep main.deepTidied main.derefs main.indexes main.divides
        main.bottom main.lastOuter main.lastInner main.dieOuter main.dieInner""".split(),
    "goexit": "main.outer main.inner main.deferred main.deep main.faulty main.exitWithin".split(),
    "inflight": "main.prepare main.receive main.lock main.choose main.nest".split(),
    "before": "main.await main.step main.descend main.rescue main.abandon main.linger".split(),
}


@pytest.mark.parametrize("name", ["plain", "fib", "assembly", "hop", "grow", "preempt", "panics", "goexit", "inflight"])
def test_counts_equal_the_ledger_of(name, trace, build, links):
    result = trace(["--links", links, *func_options(FUNCTIONS[name])], [build(name)])
    assert result.ends == result.ledger


def test_fib_of_20_is_21891_calls(trace, newest):
    ends = trace(["--func", "main.fib"], [newest("fib")]).ends
    assert ends == {"main.fib": {"returned": 21891, "unwound": 0, "in_flight": 0, "unmatched": 0}}


def test_a_panic_that_ends_the_process_leaves_its_calls_in_flight(trace, build, links):
    functions = ["main.dieOuter", "main.dieInner", "main.passer", "main.tidy"]
    result = trace(["--links", links, *func_options(functions)], [build("panics"), "die"])
    assert result.ends == {function: result.ledger[function] for function in functions}
    assert result.ends["main.dieInner"] == {"returned": 0, "unwound": 0, "in_flight": 1, "unmatched": 0}
    assert "panic: die" in result.stderr


def test_calls_begun_before_the_probes_are_unmatched(tracer, start, build, links):
    functions = FUNCTIONS["before"]
    program = start(build("before"))
    assert program.stdout.readline() == "ready\n"
    gotraced = tracer("--links", links, "--binary", build("before"), *func_options(functions))
    stdout, _ = program.communicate("go\n")
    assert program.returncode == 0
    assert ends_of(gotraced.finish()) == ledger_of(stdout)


@pytest.mark.parametrize("flavour", ["pie", "pie-stripped", "unoptimised"])
@pytest.mark.parametrize("name", ["plain", "panics"])
def test_counts_equal_the_ledger_in_binaries_of_other_kinds(name, flavour, trace, go_builds, go):
    functions = FUNCTIONS[name]
    result = trace(func_options(functions), [go_builds.path(name, go, flavour)])
    assert result.ends == result.ledger


def test_calls_of_generic_functions_are_counted_for_each_shape(trace, build):
    """Several of them have the same name, in some versions."""
    result = trace(["--func", "main.sum*", "--func", "main.(*stack*"], [build("generic")])
    calls = Counter()
    for report in result.reports:
        check_consistency(report)
        name = "main.stack" if "stack" in report["function"] else "main.sum"
        calls[name] += report["calls"]
        assert "[" in report["function"] and report["calls"] == 300
        assert report["unwound"] == report["in_flight"] == report["unmatched"] == report["not_started"] == 0
    assert calls == {name: ends["returned"] for name, ends in result.ledger.items()}


@pytest.mark.parametrize("name", ["panics", "goexit"])
def test_a_function_traced_alone_is_counted_as_among_others(name, trace, newest):
    """What a panic unwinds is seen by other means than the calls of functions that happen to be traced."""
    everything = trace(func_options(FUNCTIONS[name]), [newest(name)])
    assert everything.ends == everything.ledger
    for function in FUNCTIONS[name]:
        alone = trace(["--func", function], [newest(name)])
        assert alone.ends == {function: everything.ledger[function]}


def test_calls_in_flight_are_counted_while_the_program_runs(tracer, start, newest):
    functions = FUNCTIONS["inflight"]
    gotraced = tracer("--binary", newest("inflight"), *func_options(functions))
    program = start(newest("inflight"), "wait")
    ledger = ledger_of(program.stdout.readline())
    assert gotraced.dump(len(functions)) == ledger
    assert gotraced.dump(len(functions)) == ledger
    program.communicate("\n")
    assert ends_of(gotraced.finish()) == ledger


def test_many_calls_on_all_cores_are_counted_to_the_last(trace, newest, links):
    result = trace(["--links", links, "--func", "main.work"], [newest("loop"), "30000", "8"])
    assert result.ends == {"main.work": {"returned": 240000, "unwound": 0, "in_flight": 0, "unmatched": 0}}
