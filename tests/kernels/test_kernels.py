"""Other kernels than the one that runs here: what the probes are attached by there, and that every call is counted."""

import json
import re
import shlex
import subprocess
from collections import Counter

import ledger
import pytest
import trees
from building import minor_of
from sections import parts, section
from tracing import TIMEOUT_S, ends_of, func_options, ledger_of

# Debian's suites, and what their kernels let one do.
BOOKWORM, TRIXIE, FORKY = "bookworm", "trixie", "forky"  # 6.1, 6.12, 7.2
BY_PERF, BY_MULTI, EMULATED = "by perf events", "by uprobe_multi links", "return sites emulated by BPF"

LEDGERS = ["assembly", "panics", "goexit", "grow", "hop", "preempt"]


def reports_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"format"')]


def ends_of_named(reports, ledger):
    """How the calls of the functions in the ledger ended; those whose name several functions have are left out."""
    names = Counter(report["function"] for report in reports)
    return ends_of([report for report in reports if names[report["function"]] == 1 and report["function"] in ledger])


def ledger_in(text):
    (line,) = (line for line in text.splitlines() if line.startswith(('{"main.', '{"matrix/')))
    return ledger_of(line)


@pytest.mark.parametrize(
    "suite, expected, unexpected",
    [(BOOKWORM, BY_PERF, EMULATED), (TRIXIE, BY_MULTI, EMULATED), (FORKY, BY_MULTI, "perf events")],
)
def test_every_call_is_counted(suite, expected, unexpected, guest, newest):
    machine = guest(suite)
    script = ""
    for name in LEDGERS:
        machine.add(newest(name), name)
        # Which functions there are to trace, the program says itself.
        functions = f"$(/{name} 2>/dev/null </dev/null | tail -n 1 | grep -o 'main[^\"]*' | sed 's/^/--func /')"
        script += section(
            name,
            f"/gotraced --format json --output /tmp/reports {functions} -- /{name} </dev/null",
            "cat /tmp/reports",
        )
    status, output = machine.run(script)
    assert status == 0
    found = parts(output)
    assert list(found) == LEDGERS
    for name, (text, status) in found.items():
        assert status == 0, text
        assert ends_of(reports_of(text)) == ledger_in(text), text
        assert expected in text and unexpected not in text
    assert (EMULATED in output) == (suite == FORKY)


@pytest.mark.parametrize("suite", [BOOKWORM, TRIXIE, FORKY])
def test_values_and_stacks_are_told_of_each_call(suite, guest, newest, go_builds):
    """Of some of the functions: what all kinds of values are is tested on the kernel that runs here."""
    program = newest("ledger")
    alone = subprocess.run([program, "values"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True).stdout
    chosen = sorted({call["function"] for call in ledger.read_ledger(alone) if "[" not in call["function"]})[::8]
    assert len(chosen) > 10
    machine = guest(suite)
    machine.add(program, "ledger")
    words = ["/gotraced", "--format", "json", "--output", "/tmp/reports", "--calls", "--stack", "--max-lines", "1000000"]
    words += ["--no-calibrate", *func_options(chosen), "--", "/ledger", "values"]
    script = section("reports", f"{shlex.join(words)} >/tmp/ledger", "cat /tmp/reports") + section("ledger", "cat /tmp/ledger")
    status, output = machine.run(script)
    assert status == 0
    found = parts(output)
    assert [status for _, status in found.values()] == [0, 0], found["reports"][0]
    minor = minor_of(go_builds.goroot("newest"))
    calls = [call for call in ledger.read_ledger(found["ledger"][0]) if call["function"] in chosen]
    expected = ledger.by_call(calls, lambda call: ledger.call_as_reported(call, minor))
    told = ledger.in_order(reports_of(found["reports"][0]))
    assert not ledger.differences(expected, ledger.by_call(told, ledger.members_of))
    assert told and all(call["stack"][0]["function"] for call in told)


@pytest.mark.parametrize("suite", [BOOKWORM, TRIXIE, FORKY])
def test_it_is_told_which_call_was_made_within_which(suite, guest, newest):
    """Also where a condition, on a parameter and on a result, leaves some out."""
    machine = guest(suite)
    machine.add(newest("trees"), "trees")
    conditions = {"all": [], "some": ["--where", "n != 2"], "odd": ["--where", "odd == true"]}
    kept = {"all": lambda call: True, "some": lambda call: call["n"] != 2, "odd": lambda call: call["odd"]}
    script = ""
    for name, condition in conditions.items():
        words = ["/gotraced", "--format", "json", "--output", f"/tmp/{name}", "--no-calibrate", *trees.ALL, *condition]
        script += section(name, f"{shlex.join(words)} -- /trees", f"cat /tmp/{name}")
    status, output = machine.run(script)
    assert status == 0
    for name, (text, status) in parts(output).items():
        assert status == 0, text
        (line,) = (line for line in text.splitlines() if line.startswith("{") and '"format"' not in line)
        found = trees.by_goroutine(reports_of(text))
        for goroutine, calls in json.loads(line).items():
            expected = trees.keep_only(calls, kept[name])
            assert list(map(trees.shape, found.get(goroutine, []))) == list(map(trees.ledger_shape, expected))


@pytest.mark.parametrize("version, flavour", [("newest", "cgo"), ("1.19", "stripped"), ("1.15", "plain")])
def test_emulating_ret_changes_nothing_but_the_cost(version, flavour, guest, go_builds):
    """The program does all that programs do while a signal interrupts it a thousand times a second."""
    program = go_builds.path("matrix", version, flavour)
    machine = guest(FORKY)
    machine.add(program, "matrix")
    options = ("--func", "main.*", "--func", "matrix/*")
    script = section("alone", "MATRIX_PROFILE=1 /matrix 2>/tmp/said", "cat /tmp/said >&2")
    for name, more in (("emulated", ()), ("stepped", ("--no-ret-emulation",))):
        words = ["/gotraced", "--format", "json", "--output", "/tmp/reports", *options, *more, "--", "/matrix"]
        script += section(name, f"MATRIX_PROFILE=1 {shlex.join(words)}", "cat /tmp/reports")
    status, output = machine.run(script)
    assert status == 0
    found = parts(output)
    ledger = ledger_in(found["alone"][0])
    for name in ("emulated", "stepped"):
        text, status = found[name]
        assert status == 0 and ledger_in(text) == ledger, text
        assert "exited with status 0" in text
        assert (EMULATED in text) == (name == "emulated")
        ends = ends_of_named(reports_of(text), ledger)
        assert len(ends) > 60
        assert ends == {function: ledger[function] for function in ends}


OTHERS = {
    "another that emulates": (),
    "another that does not": ("--no-ret-emulation",),
    "perf events": ("--links", "perf"),
    "perf events that do not": ("--links", "perf", "--no-ret-emulation"),
}


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
def test_several_at_one_ret_all_see_it_and_one_does_it(is_first, guest, newest):
    """Whichever of them the kernel asks first: what one does to the registers, the others notice."""
    machine = guest(FORKY)
    # Few functions: each perf event takes its time to go.
    programs = {"assembly": "bare idle around"}
    script = "begin() { /gotraced --format json --output $1 $3 --binary /$2 $4 2>$1.said & }\n"
    script += "await() { until grep -q 'gotraced: tracing' $1.said; do sleep 0.1; done; }\n"
    for name, functions in programs.items():
        machine.add(newest(name), name)
        chosen = " ".join(f"--func main.{function}" for function in functions.split())
        for what, options in OTHERS.items():
            each = [("/tmp/emulating", ""), ("/tmp/other", shlex.join(options))]
            tracers = [
                f"begin {output} {name} '{more}' '{chosen}'; await {output}" for output, more in (each if is_first else reversed(each))
            ]
            script += section(
                f"{name}:{what}".replace(" ", "_"),
                "rm -f /tmp/*.said",
                *tracers,
                f"/{name} >/tmp/ledger 2>/dev/null; status=$?",
                "kill $(pidof gotraced); wait; cat /tmp/ledger",
                "for of in emulating other; do echo \"--- $of\"; cat /tmp/$of; done; (exit $status)",
            )
    status, output = machine.run(script, timeout_s=500)
    assert status == 0
    found = parts(output)
    assert len(found) == len(programs) * len(OTHERS)
    for name, (text, status) in found.items():
        assert status == 0, f"{name}: {text[-2000:]}"
        ledger = ledger_in(text)
        _, emulating, other = re.split(r"^--- \w+\n", text, flags=re.MULTILINE)
        for reports in (emulating, other):
            ends = ends_of_named(reports_of(reports), ledger)
            assert len(ends) == 3 and ends == {function: ledger[function] for function in ends}, name
