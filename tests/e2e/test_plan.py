"""What --plan tells beyond the sites themselves."""

import json

from tracing import gotraced


def test_the_summary_counts_every_function_once(newest):
    everything = ("--binary", newest("plain"), "--max-functions", "100000")
    planned = [json.loads(line) for line in gotraced(*everything, "--plan", "--format", "json").stdout.splitlines()]
    summary = json.loads(gotraced(*everything, "--plan", "--summary", "--format", "json").stdout)
    kinds = ("jbe", "push", "first")
    assert summary["functions"] == len(planned) == sum(summary[kind] for kind in (*kinds, "refused"))
    for kind in kinds:
        assert summary[kind] == sum(one.get("entry_kind") == kind for one in planned) > 0
    assert summary["refused"] == sum("refused" in one for one in planned)
    # Most functions check their stack.
    assert summary["jbe"] > summary["functions"] / 2


def test_the_summary_is_meant_for_people_too(newest):
    said = gotraced("--binary", newest("plain"), "--func", "main.*", "--plan", "--summary").stdout
    assert "entered at the jbe of the stack check" in said and "cannot be traced" in said


def test_root_is_told_what_this_kernel_does(newest):
    plan = ("--binary", newest("plain"), "--func", "main.leaf", "--plan")
    said = gotraced(*plan).stdout.splitlines()[-1]
    assert said.startswith("here: by ") and "RETs are" in said
    assert "by perf events" in gotraced(*plan, "--links", "perf").stdout
