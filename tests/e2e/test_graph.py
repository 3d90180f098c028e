"""--graph: which call was made within which, against a program that notes that itself."""

import json
import re
from collections import Counter

import jsonschema
import pytest
from tracing import ROOT, TIMEOUT_S, by_function, gotraced, wait_until
from trees import ALL, by_goroutine, every_call, keep_only, ledger_shape, nested, shape, trees_of


def graph_of(reports):
    (graph,) = [report for report in reports if report["report"] == "call-graph"]
    assert graph["others"] == graph["missed"] == 0
    return graph


def check_shapes(result):
    found = by_goroutine(result.reports)
    expected = result.ledger
    assert found.keys() == expected.keys()
    for goroutine, calls in expected.items():
        assert list(map(shape, found[goroutine])) == list(map(ledger_shape, calls))
    assert not any(tree["is_within"] for tree in trees_of(result.reports))


@pytest.mark.parametrize("mode", ["plain", "stripped"])
def test_trees_equal_the_ledger(mode, trace, go_builds, go):
    check_shapes(trace(ALL, [go_builds.path("trees", go, mode)]))


@pytest.mark.parametrize("links", ["multi", "perf"])
def test_who_called_whom_equals_the_ledger(links, trace, newest):
    result = trace([*ALL, "--links", links], [newest("trees")])
    expected, total, own = Counter(), Counter(), Counter()
    for calls in result.ledger.values():
        for call in calls:
            expected[None, call["function"]] += not call["unwound"]
        for caller in every_call(calls):
            for call in caller["calls"]:
                expected[caller["function"], call["function"]] += not call["unwound"]
    edges = graph_of(result.reports)["edges"]
    found = {(edge["caller"], edge["function"]): edge["calls"] for edge in edges}
    assert found == +expected
    for calls in by_goroutine(result.reports).values():
        for call in every_call(calls):
            if call["end"] == "returned":
                total[call["function"]] += call["duration_ns"]
                own[call["function"]] += call["self_ns"]
    for function, report in by_function(result.reports).items():
        assert report["self_ns"] == own[function]
        sums = [edge["total_ns"] for edge in edges if edge["function"] == function]
        assert sum(sums) == total[function]
        assert report["mean_ns"] == (total[function] // report["calls"] if report["calls"] else None)


@pytest.mark.parametrize(
    "condition, is_kept",
    [
        ("n != 2", lambda call: call["n"] != 2),
        ("n < 6", lambda call: call["n"] < 6),
        ("odd == true", lambda call: call["odd"] and not call["unwound"]),
    ],
)
def test_calls_that_a_condition_leaves_out_leave_those_within_to_their_caller(
    condition, is_kept, trace, newest
):
    result = trace([*ALL, "--where", condition], [newest("trees")])
    found = by_goroutine(result.reports)
    for goroutine, calls in result.ledger.items():
        expected = keep_only(calls, is_kept)
        assert list(map(shape, found.get(goroutine, []))) == list(map(ledger_shape, expected))


def test_values_stand_with_each_call(trace, newest):
    result = trace([*ALL, "--show", "n,odd"], [newest("trees")])
    found = by_goroutine(result.reports)
    for goroutine, calls in result.ledger.items():
        for call, expected in zip(every_call(found[goroutine]), every_call(calls), strict=True):
            values = {"n": expected["n"]}
            if not expected["unwound"]:
                values["odd"] = expected["odd"]
            assert call["values"] == values


def test_trees_are_chosen_by_how_long_their_outermost_call_took(trace, newest):
    program, least_ns = newest("trees"), 300000
    result = trace([*ALL, "--slower-than", "300us"], [program])
    trees = trees_of(result.reports)
    assert trees and all(tree["calls"][0]["duration_ns"] >= least_ns for tree in trees)
    assert any(call["duration_ns"] < least_ns for tree in trees for call in tree["calls"])
    # Whatever is printed, all calls count.
    expected = Counter(call["function"] for calls in result.ledger.values() for call in every_call(calls))
    reports = by_function(result.reports)
    found = {function: report["calls"] + report["unwound"] for function, report in reports.items()}
    assert found == expected


def test_no_more_lines_than_asked_for_and_the_others_are_told(trace, newest):
    result = trace([*ALL[:-1], "100"], [newest("trees")])
    n_calls = sum(1 for calls in result.ledger.values() for _ in every_call(calls))
    n_printed = sum(len(tree["calls"]) for tree in trees_of(result.reports))
    omitted = [report for report in result.reports if report["report"] == "omitted"]
    assert 0 < n_printed < n_calls
    assert n_printed + sum(report["over_limit"] for report in omitted) == n_calls
    # Trees are printed whole, or not at all.
    ledger = {ledger_shape(call) for calls in result.ledger.values() for call in calls}
    assert {shape(nested(tree)) for tree in trees_of(result.reports)} <= ledger


def test_calls_within_one_that_has_not_ended_are_told_of_at_the_end(trace, newest):
    result = trace(["--func", "main.endless", *ALL], [newest("trees"), "endless"])
    (endless,) = result.ledger["endless"]
    within = [tree for tree in trees_of(result.reports) if tree["is_within"]]
    assert {tree["caller"] for tree in within} == {"main.endless"}
    expected = [ledger_shape(call) for call in endless["calls"]]
    assert [shape(nested(tree)) for tree in within] == expected


def test_of_a_tree_too_large_the_rest_is_counted(trace, newest):
    options = ["--func", "/^main.quick/", "--graph", "--ring-size", "64M"]
    result = trace(options, [newest("trees"), "quick"])
    (tree,) = trees_of(result.reports)
    n_calls = int(result.stdout)
    assert len(tree["calls"]) <= 8192 + 1
    assert sum(call["more"] or 1 for call in tree["calls"][1:]) == n_calls
    (root, *_, last) = tree["calls"]
    assert last["function"] is None and last["self_ns"] is None and last["end"] is None
    within = sum(call["duration_ns"] for call in tree["calls"][1:])
    assert root["self_ns"] == root["duration_ns"] - within


def test_calls_that_find_no_room_in_the_ring_are_counted_as_missing(trace, newest):
    result = trace(
        ["--func", "/^main.quick/", "--graph", "--ring-size", "4K"], [newest("trees"), "quick"]
    )
    (graph,) = [report for report in result.reports if report["report"] == "call-graph"]
    assert graph["missed"] > 0
    assert graph["missed"] + sum(edge["calls"] for edge in graph["edges"]) == int(result.stdout) + 1
    assert by_function(result.reports)["main.quickly"]["calls"] == int(result.stdout)


def test_trees_as_text(newest):
    done = gotraced(*ALL, "--show", "n", "--", newest("trees"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    headers = [line for line in lines if line.startswith("     total      self  ")]
    assert all(re.fullmatch(r".*  \d\d:\d\d:\d\d\.\d{6} goroutine \d+", line) for line in headers)
    time = r"\d+(\.\d+)? [nµm]?s"
    calls = [line for line in lines if re.fullmatch(rf" *{time} +{time} ( *)main\.\w+ n=\d+( unwound)?", line)]
    ledger = json.loads(next(line for line in lines if line.startswith("{")))
    assert len(headers) == sum(map(len, ledger.values()))
    assert len(calls) == sum(1 for trees in ledger.values() for _ in every_call(trees))
    assert any(re.search(r" {8}main\.branch n=", line) for line in calls)
    assert "caller → callee" in done.stdout or "caller -> callee" in done.stdout


@pytest.mark.parametrize(
    "options, said",
    [
        (["--graph", "--live"], "--live and --graph exclude each other"),
        (["--graph", "--format", "hlog"], "single calls are printed as text or json only"),
        (["--graph", "--stack"], "--stack goes with --calls"),
    ],
)
def test_what_does_not_go_together_is_refused(options, said, newest):
    done = gotraced("--binary", newest("trees"), "--func", "main.root", *options)
    assert done.returncode == 2 and said in done.stderr


def test_a_trace_that_cannot_be_written_is_refused_before_anything_is_traced(newest):
    done = gotraced("--func", "main.root", "--chrome", "/nowhere/trace", "--", newest("trees"))
    assert done.returncode == 1
    assert "cannot write the trace to /nowhere/trace: No such file or directory" in done.stderr
    assert not done.stdout


def test_reports_are_as_the_schema_says(trace, newest):
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / "doc/report.schema.json").read_text()))
    options = ["--func", "/^main.(root|endless|quick)/", "--graph", "--max-lines", "100"]
    kinds = Counter()
    for arguments in ([], ["endless"], ["quick"]):
        for report in trace([*options, "--show", "n"], [newest("trees"), *arguments]).reports:
            kinds[report["report"]] += 1
            validator.validate(report)
    assert kinds.keys() == {"final", "tree", "call-graph", "omitted"}


def test_trees_of_a_process_that_has_ended_are_told_of_while_tracing_goes_on(tracer, start, newest):
    options = ["--binary", newest("trees"), "--func", "main.endless", *ALL]
    gotraced = tracer(*options)
    process = start(newest("trees"), "endless")
    (endless,) = json.loads(process.communicate(timeout=TIMEOUT_S)[0])["endless"]
    wait_until(lambda: any(tree["is_within"] for tree in trees_of(gotraced.reports("tree"))), "they are told of")
    within = [tree for tree in trees_of(gotraced.reports("tree")) if tree["is_within"]]
    assert [shape(nested(tree)) for tree in within] == [ledger_shape(call) for call in endless["calls"]]
    gotraced.finish()


def test_without_room_for_its_values_a_call_meets_no_condition(trace, newest):
    result = trace([*ALL, "--where", "n < 6", "--show", "n", "--max-in-flight", "24"], [newest("trees")])
    told = [call for tree in trees_of(result.reports) for call in tree["calls"]]
    assert told and all(call["values"]["n"] < 6 for call in told if call["end"])
    assert "nothing was taken of" in result.stderr
    expected = Counter(
        call["function"] for calls in result.ledger.values() for call in every_call(calls) if call["n"] < 6
    )
    for function, report in by_function(result.reports).items():
        assert report["calls"] + report["unwound"] <= expected[function]
