"""The plan of small Go programs, against what it was when somebody last looked at it.

A line a function: its entry site and its return sites, or why it is refused. For Go 1.19, which no longer changes,
with their distance from the function's start; for the newest Go, whose releases move code about, without.
pytest tests/golden --rebase writes what is now to the files of expected output: look at the difference.

Beside that, the sites are compared with what Go's own disassembler says of the same program.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
from building import NEWEST_GO, OLDEST_GO, go_environment
from tracing import gotraced

EXPECTED = Path(__file__).parent / "expected"
PROGRAMS = ["assembly", "goexit", "grow", "panics", "plain", "untraceable"]


def plan_of(binary, pattern="main.*"):
    done = gotraced("--plan", "--format", "json", "--binary", binary, "--func", pattern)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def own_returns(planned):
    """Without those of functions that it jumps to."""
    end = planned["entry_va"] + planned["bytes"]
    return [va for va in planned["return_vas"] if planned["entry_va"] <= va < end]


def described(planned, with_places):
    """A line of golden output."""
    start = planned["entry_va"]
    if "refused" in planned:
        reason = re.sub(" at 0x[0-9a-f]+", "", planned["refused"])
        return f"{planned['function']}: refused: {reason}"
    returns = own_returns(planned)
    where = f"+{planned['entry_site_va'] - start:#x}" if with_places else ""
    rets = " ".join(f"+{va - start:#x}" for va in returns) if with_places else len(returns)
    jumps = "".join(f", jumps to {name}" for name in planned.get("jumps_to", []))
    return f"{planned['function']}: {planned['entry_kind']}{where}, g in {planned['goroutine']}, returns {rets}{jumps}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_plan_is_as_it_was(go_builds, go, name, request):
    lines = [described(planned, go == OLDEST_GO) for planned in plan_of(go_builds.path(name, go, "plain"))]
    # The order in which the linker places functions is its own affair.
    found = "\n".join(sorted(lines)) + "\n"
    expected = EXPECTED / f"{name}-{go}.txt"
    if request.config.getoption("--rebase"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(found)
    assert found == expected.read_text()


def disassembled(go_builds, go, binary):
    """By function, the instructions that Go's own tool shows: address and text."""
    goroot = go_builds.goroot(go)
    argv = [f"{goroot}/bin/go", "tool", "objdump", "-s", r"^main\.", binary]
    done = subprocess.run(argv, capture_output=True, text=True, env=go_environment(goroot), check=True)
    functions = {}
    for line in done.stdout.splitlines():
        if line.startswith("TEXT "):
            instructions = functions[line.split("(SB)")[0].removeprefix("TEXT ")] = []
        elif line.strip():
            _, address, _, *text = line.split()
            instructions.append((int(address, 16), " ".join(text)))
    return functions


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_sites_are_where_go_sees_them(go_builds, go, name):
    binary = go_builds.path(name, go, "plain")
    functions = disassembled(go_builds, go, binary)
    plan = plan_of(binary)
    assert len(plan) > 3
    for planned in plan:
        # An assembly function has the ABI in its name here, and not in the function table.
        code = functions.get(planned["function"]) or functions[planned["function"] + ".abi0"]
        text_at = dict(code)
        if code[0][0] != planned["entry_va"]:
            continue  # the ABI wrapper of the same name
        returns = [va for va, text in code if text.startswith("RET")]
        if "refused" in planned:
            if "never returns" in planned["refused"]:
                assert not returns
            continue
        assert own_returns(planned) == returns
        opens = {"jbe": "JBE ", "push": "PUSHQ BP"}.get(planned["entry_kind"], "")
        assert text_at[planned["entry_site_va"]].startswith(opens)
        has_check = any("runtime.morestack" in text for _, text in code)
        assert (planned["entry_kind"] == "jbe") == has_check, planned["function"]


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("flavour", ["stripped", "pie", "pie-stripped"])
def test_the_plan_is_the_same_without_symbols(go_builds, go, name, flavour):
    """And in a position-independent program, but for its code sequences."""
    plain, other = (plan_of(go_builds.path(name, go, of)) for of in ("plain", flavour))
    with_places = "pie" not in flavour
    assert [described(p, with_places) for p in plain] == [described(p, with_places) for p in other]


def test_text_says_the_same_as_json(go_builds):
    binary = go_builds.path("plain", NEWEST_GO, "plain")
    text = gotraced("--plan", "--binary", binary, "--func", "main.*").stdout
    for planned in plan_of(binary):
        expected = [planned["function"]]
        if "refused" in planned:
            expected.append(f"  not traced: {planned['refused']}")
        else:
            expected.append(f"  entry   {planned['entry_site_va']:#x} ({planned['entry_kind']})")
            expected += [f"  return  {va:#x}" for va in own_returns(planned)]
        assert "\n".join(expected) + "\n" in text
