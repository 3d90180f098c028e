"""What --show tells of calls, and which of them --where leaves out, is as the program itself knows it.

The arguments and results of all of its functions are compared by tests/matrix/test_all_values.py.
"""

import json
import subprocess

import jsonschema
import ledger
import picking
import pytest
from building import NEWEST_GO, minor_of
from tracing import ROOT, TIMEOUT_S, by_function, func_options

PRINT_ALL = ["--no-calibrate", "--max-lines", "1000000"]


@pytest.fixture(params=[("1.15", "plain"), ("1.19", "plain"), ("newest", "unoptimised")], ids="-".join)
def other_program(request, go_builds):
    """The path of the ledger, and the minor version of Go that it is built by."""
    version, flavour = request.param
    return go_builds.path("ledger", version, flavour), minor_of(go_builds.goroot(version))


@pytest.fixture
def newest_program(go_builds):
    return go_builds.path("ledger", NEWEST_GO, "plain"), minor_of(go_builds.goroot(NEWEST_GO))


def check(told_as, members, calls, reports):
    """Asserts that the calls of the ledger are told, each as it is to be."""
    expected = ledger.by_call(calls, told_as)
    differing = ledger.differences(expected, ledger.by_call(ledger.in_order(reports), members))
    assert not differing, "\n".join(differing[:50])


def of_function(calls, function):
    found = [call for call in calls if call["function"] == function]
    assert found
    return found


# What is shown.

SHOWN = {
    ("conditions", "main.byFields"): """a.ID a.Name a.owner.Name a.Age a.Shared.Name a.Shared.Age a.Shared.Next.Name a.Limits a.Limits[2]
        a.Open b.Name b.Limits[0] b.Shared.Age *q **q q all[0].ID all[0].Name all[1].Shared.Name all[2].ID len(all) len(a.Name)
        len(b.Limits) ret0 ret1.ID (*a).ID (*a.Shared).Age""",
    ("conditions", "main.byFields "): "a *a b ret1 a.Shared all[1]",
    ("conditions", "main.byLengths"): """len(s) len(xs) len(ys) len(m) len(c) len(*q) xs[0] xs[7] xs[10] xs[2147483647] ys[1] (*q)[3] s xs m c
        q ret0""",
    ("conditions", "main.byReals"): """p.Single p.Double p.Inner.Double p.Inner.Inner.Single xs[0] xs[1] p.Tags len(p.Tags) p.Inner p
        ret0.Double ret0.Inner.Inner""",
    ("conditions", "main.byTexts"): "s t len(s) len(t) ret0 ret1 len(ret0)",
    ("conditions", "main.byResults"): "n m s len(s)",
    ("conditions", "main.byDurations"): "spent d n",
    ("values", "main.embeddings"): "e.ID e.Name e.base.ID e.base e.small e.small.A e.Extra ret1 ret0.ID ret0.small.A",
    ("values", "main.nodes"): "n n.Value n.Next.Value n.Next.Next.Value n.Next.Next.Next.Value ret0.Value n.Next *n",
    ("values", "main.recursive"): "n s len(s) p.A p.B ret0 ret1",
    ("values", "main.raises"): "n s ret0 ret1",
    ("values", "main.recovers"): "text n result len(text)",
    ("values", "main.several"): "n ret0 ret1 ret2 ret3[0] len(ret3)",
    ("values", "main.namedResults"): "sum text ok n",
    ("values", "main.blankResults"): "ret0 s ret2",
    ("values", "main.growing"): "depth bytes len(bytes) xs xs[1] p.A p.B p text ret0 ret1[1] len(ret1)",
    ("values", "main.holdersBehind"): """h.Name h.List[1] h.P.B **h.Q len(h.M) len(h.C) h.F h.Inner.Names[1] len(h.Inner.Names[1]) h.Err
        ret1.P.C h.Inner""",
    ("values", "main.listLists"): "xs xs[1] xs[1][0] len(xs[0]) xs[0][8] ret0[1][1]",
    ("values", "main.pairs"): "p[0] q[1] q p *q (*q)[0] len(p) ret0[0]",
    ("values", "main.jobs"): "j.Started k.Started k.Limit j.Limit j.Name ret0 ret1.Started",
    ("values", "main.manyInts"): "a i j l ret8 ret9 ret11",
    ("values", "main.manyNarrow"): "i j k l m n o p q[2] r ret0[1] ret3 ret5[1]",
    ("values", "main.(*counter).add"): "*c c before n",
    ("values", "main.worker"): "id n s xs[2] ret1",
    ("values", "main.ids"): "i i[0] i[15] n",
    ("values", "main.intPointers"): "p q *p *q **q ret0 **ret0 *ret1",
    ("values", "main.realLists"): "xs[0] ys[1] zs[1] len(zs) ret0[2]",
    ("values", "main.samplesBehind"): "s.Single s.Double s.Waves s.Name ret0.Waves",
    ("values", "main.partly"): "s.In.B s.Deep.T s.Deep.S.A c.A n b[8] ret1.Flag ret3[0]",
    ("values", "main.textArrays"): "a[0] b[1] b ret0[0] len(b[1])",
}  # fmt: skip


def show_options(expressions):
    """Half of them in one option, and each of the others in its own."""
    half = len(expressions) // 2
    return ["--show", ",".join(expressions[:half] or expressions)] + [
        word for text in expressions[half:] if expressions[:half] for word in ("--show", text)
    ]


# Of these the places differ most from one compiler, or way to build, to another.
SHOWN_ELSEWHERE = [
    (scenario, function)
    for scenario, function in SHOWN
    if function in ("main.byFields", "main.byLengths", "main.byReals", "main.byResults", "main.growing", "main.manyNarrow", "main.partly")
]


def check_shown(program, trace, scenario, function):
    path, minor = program
    expressions = SHOWN[scenario, function].split()
    function = function.strip()
    result = trace([*PRINT_ALL, "--func", function, *show_options(expressions)], [path, scenario])
    check(
        lambda call: picking.values_as_shown(call, expressions, minor),
        lambda call: {"end": call["end"], "values": call.get("values", {})},
        of_function(ledger.read_ledger(result.stdout), function),
        result.reports,
    )


@pytest.mark.parametrize("scenario, function", SHOWN, ids=lambda part: part.replace(" ", "-again"))
def test_shown_values_are_those_of_the_ledger(scenario, function, newest_program, trace):
    check_shown(newest_program, trace, scenario, function)


@pytest.mark.parametrize("scenario, function", SHOWN_ELSEWHERE)
def test_shown_values_are_those_of_the_ledger_in_other_programs(scenario, function, other_program, trace):
    check_shown(other_program, trace, scenario, function)


# Which calls are chosen.

NUMBERS = {
    "i8": (-128, 127, -1),
    "i16": (-32768, 32767, 255),
    "i32": (-(2**31), 2**31 - 1, -1),
    "i64": (-(2**63), 2**63 - 1, 2**31),
    "i": (-(2**63), 2**63 - 1, -32768),
    "u8": (0, 255, 128),
    "u16": (0, 65535, 32767),
    "u32": (0, 2**32 - 1, 2**31),
    "u64": (0, 2**64 - 1, 2**63),
    "u": (0, 2**64 - 1, 2**63 - 1),
    "p": (0, 2**64 - 1, 256),
}
# Each kind with three of the operators, which are the other three for the next kind.
OPERATORS = [[("==", 0), ("<", 1), (">", 2)], [("!=", 1), ("<=", 2), (">=", 1)]]
OF_NUMBERS = [
    f"{name} {operator} {numbers[which]}"
    for i, (name, numbers) in enumerate(NUMBERS.items())
    for operator, which in OPERATORS[i % 2]
]
FULL = "0123456789abcdef" * 4
CONDITIONS = {
    "main.byNumbers": [*OF_NUMBERS, "u8 > 0x7f && i8 != -1 && i64 > 0", "ret0 < 0", "ret1 >= 0x8000000000000000", "i8 < 0 && ret1 > 5"],
    "main.byTexts": ['s == ""', 's != "alice"', 's ^= "al"', 's ^= ""', 's == "al\\0ice"', 's == "say \\"hi\\""', 's == "ü"',
                     f's == "{FULL}"', f's != "{FULL}"', f's ^= "{FULL}"', f's ^= "{FULL[:8]}"', f's == "{FULL[:9]}"', 'ret0 ^= "0123"',
                     'ret1 == 5 && s != "Alice"', 's ^= "a" && t == "01"', 's == "\\xc3\\xbc"'],
    "main.byFlags": ["b == true", "b != true", "t == true && b == false", "is == true", "is != true && n > 3"],
    "main.byNils": [f"{name} {operator} nil" for name, operator in zip(
                        ("p", "xs", "m", "c", "f", "i", "err", "u", "ret0", "ret1"), ("==", "!=") * 5)]
                   + ["err == nil", "p != nil && i == nil", "len(m) == 0", "len(c) == 0", "len(xs) == 0 && ret0 != nil"],
    "main.byReals": [f"p.Double {operator} 0" for operator in ("==", "!=", "<", "<=", ">", ">=")]
                    + [f"p.Single {operator} {number}" for number in ("0.1", "-0.5") for operator in ("==", "<=", ">")]
                    + ["xs[0] > -1", "p.Double == -0.0", "p.Inner.Double == 0.5", "ret0.Double > 0.25", "p.Double < -0.5", "p.Inner.Single < 1",
                       "p.Double >= 1000000000000000000000.5"],
    "main.byDurations": ["d == 10ms", "d != 10ms", "d <= 10ms", "d > 1us", "d >= 90m", "d > -1s", "d < 0", "d > 1h && n > 3", "spent > 20ms",
                         "spent == -2s", "d == 1.5h", "d >= 1"],
    "main.byResults": ["err != nil", "m < 0", "m == 3 && err == nil", 's == "rr"', 's ^= "r" && n > 5', "n > 3 && m <= 5", "len(s) == 0"],
    "main.byFields": ["a.ID > 0", "a.Balance < -3", 'b.Name == "copy" && b.Age > 252', "a.Shared == nil", 'a.Shared.Name == "shared"',
                      'a.Shared.Next.Name ^= "nextnextnextnextnext"', "a.Limits[2] < -2", "**q == 77", "*q == nil", "all[1].Shared != nil",
                      'all[2].Name == "own"', "len(all) > 1", "a.Open == true && a.Age != 0", "ret1.ID >= 0 && ret0 == 3", "a.owner.Age <= 254",
                      "(*a).ID != 0"],
    "main.byLengths": ["len(s) > 3", "len(xs) == 8", "len(m) >= 9", "len(c) < 2", "len(*q) > 5", "xs[3] == 2997", "ys[1] == 4", "(*q)[0] < 0",
                       "len(c) == 11 && len(m) == 11 && len(s) == 11", "xs[11] > 0"],
}  # fmt: skip

# With other compilers and ways to build there are other places, but the same ways to compare.
SOME_CONDITIONS = {
    "main.byNumbers": ["i8 == -128", "i64 > 0 && u16 != 65535", "u > 65535", "ret1 == 5"],
    "main.byTexts": ['t == "01" && len(s) > 1', 'ret0 ^= "0123"'],
    "main.byNils": ["i != nil && err != nil", "ret1 == nil"],
    "main.byReals": ["p.Single <= -0.5"],
    "main.byResults": ["err != nil", 's == "rr"'],
    "main.byFields": ['b.Name == "copy" && b.Age > 252', "a.Limits[2] < -2", "ret1.ID >= 0 && ret0 == 3"],
    "main.byLengths": ["len(c) == 11 && len(m) == 11", "ys[1] == 4"],
}  # fmt: skip


def each(conditions):
    return [(function, condition) for function, all_of in conditions.items() for condition in all_of]


def check_condition(program, trace, scenario, function, condition):
    """Traces with a condition, and asserts that the calls that meet it, and no others, are told and counted."""
    path, minor = program
    result = trace([*PRINT_ALL, "--func", function, "--show", SHOWN_OF_CHOSEN[function], "--where", condition], [path, scenario])
    calls = of_function(ledger.read_ledger(result.stdout), function)
    chosen = [call for call in calls if picking.holds(call, condition, minor)]
    expressions = SHOWN_OF_CHOSEN[function].split(",")
    check(
        lambda call: picking.values_as_shown(call, expressions, minor),
        lambda call: {"end": call["end"], "values": call.get("values", {})},
        chosen,
        result.reports,
    )
    report = by_function(result.reports)[function]
    unwound = sum(call["end"] == "unwound" for call in chosen)
    assert (report["calls"], report["unwound"]) == (len(chosen) - unwound, unwound)
    assert report["filtered"] == len(calls) - len(chosen)
    assert report["in_flight"] == report["unmatched"] == report["not_started"] == report["dropped"] == 0
    return len(chosen), len(calls)


SHOWN_OF_CHOSEN = {
    "main.byNumbers": "i64,i8,u",
    "main.byTexts": "s,t,ret0",
    "main.byFlags": "n,b,t",
    "main.byNils": "p,xs,m",
    "main.byReals": "p.Double,xs,ret0.Inner.Double",
    "main.byDurations": "d,n",
    "main.byResults": "n,m,s",
    "main.byFields": "a.ID,ret0,b",
    "main.byLengths": "s,xs[0]",
    "main.raises": "n,s,ret0",
    "main.recursive": "n,s,ret0",
    "main.worker": "id,n,s",
}


@pytest.mark.parametrize("function, condition", each(CONDITIONS))
def test_chosen_calls_are_those_of_the_ledger(function, condition, newest_program, trace):
    check_condition(newest_program, trace, "conditions", function, condition)


@pytest.mark.parametrize("function, condition", each(SOME_CONDITIONS))
def test_chosen_calls_are_those_of_the_ledger_in_other_programs(function, condition, other_program, trace):
    chosen, n = check_condition(other_program, trace, "conditions", function, condition)
    assert 0 < chosen < n


@pytest.mark.parametrize("condition", ["n < 0", "n >= 0", "ret0 < 0", 'ret1 != ""', 's ^= "whywhyw"', "n > 0 && ret0 > 0"])
def test_unwound_calls_meet_no_condition_on_results(condition, newest_program, trace):
    check_condition(newest_program, trace, "values", "main.raises", condition)


@pytest.mark.parametrize("condition", ["n == 5", "n != 5", 's == "deepxxx"', "ret0 > 20", "n > 3 && ret0 < 50", "p.A == 7"])
def test_conditions_choose_among_recursive_calls(condition, newest_program, trace):
    check_condition(newest_program, trace, "values", "main.recursive", condition)


@pytest.mark.parametrize("condition", ["id == 3", "id > 5 && n < 10", 's != "ww"', "len(xs) == 2", "ret1 > 4000", "xs[2] == 1997"])
def test_conditions_choose_among_calls_of_several_goroutines(condition, newest_program, trace):
    check_condition(newest_program, trace, "values", "main.worker", condition)
