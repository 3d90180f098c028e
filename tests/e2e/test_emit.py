"""The scripts that --emit writes, run by the bpftraces that they are for, count what gotraced counts."""

import os
import shutil
import subprocess

import bpftrace
import pytest
from tracing import TIMEOUT_S, func_options, gotraced, ledger_of

FUNCTIONS = {
    "plain": """main.framed main.leaf main.frameless main.mediumFrame main.hugeFrame main.(*counter).add main.deferring
        main.manyReturns main.main.func1""".split(),
    "grow": "main.descend main.outgrow main.growHugely main.shrinkWithin".split(),
    "hop": "main.overChannel main.overSleep main.overMutex main.overGosched main.inCrowd".split(),
    "panics": "main.thrower main.passer main.recoverer main.selfRecoverer main.rescuer main.tidy".split(),
    "assembly": "main.add main.around main.bare main.idle main.unchecked main.yield".split(),
    "before": "main.await main.step main.descend main.linger".split(),
}


@pytest.fixture(scope="session", params=bpftrace.SUITES)
def suite(request):
    bpftrace.fetch(request.param)
    return request.param


@pytest.fixture
def newest_suite():
    bpftrace.fetch(bpftrace.SUITES[-1])
    return bpftrace.SUITES[-1]


@pytest.fixture
def emit(tmp_path):
    """emit(kind, options) is the script that gotraced writes, in a file."""

    def emit_one(kind, *options):
        script = tmp_path / "script.bt"
        done = gotraced("--emit", kind, "--output", script, *options)
        assert done.returncode == 0, done.stderr
        return script

    return emit_one


def histograms(emit, binary, functions):
    return emit("bpftrace", "--binary", binary, *func_options(functions))


def only_of(ledger, functions):
    return {function: ledger[function] for function in functions}


@pytest.mark.parametrize("flavour", ["plain", "stripped", "pie", "pie-stripped"])
def test_counts_are_those_of_gotraced(flavour, suite, emit, trace, go_builds):
    functions, binary = FUNCTIONS["plain"], go_builds.path("plain", "newest", flavour)
    script = histograms(emit, binary, functions)
    _, results = bpftrace.run(suite, script, binary)
    assert results.ends(functions) == bpftrace.expected_of(trace(func_options(functions), [binary]).ends)


@pytest.mark.parametrize("name", ["plain", "grow", "panics"])
def test_counts_equal_the_ledger_of_an_old_go(name, suite, emit, go_builds):
    functions, binary = FUNCTIONS[name], go_builds.path(name, "1.19", "stripped")
    stdout, results = bpftrace.run(suite, histograms(emit, binary, functions), binary)
    assert results.ends(functions) == bpftrace.expected_of(only_of(ledger_of(stdout), functions))


@pytest.mark.parametrize("name", ["grow", "panics", "assembly"])
def test_counts_equal_the_ledger_of(name, suite, emit, newest):
    """On stacks that move, through panics, and where g is in thread-local storage."""
    functions, binary = FUNCTIONS[name], newest(name)
    script = histograms(emit, binary, functions)
    assert ("thread.fsbase" in script.read_text()) == (name == "assembly")
    stdout, results = bpftrace.run(suite, script, binary)
    assert results.ends(functions) == bpftrace.expected_of(only_of(ledger_of(stdout), functions))


def test_goroutines_that_change_threads_are_followed(suite, emit, newest):
    """bpftrace misses hits where two threads have them at once, but every return is that of a call."""
    functions, binary = FUNCTIONS["hop"], newest("hop")
    stdout, results = bpftrace.run(suite, histograms(emit, binary, functions), binary)
    for function, ends in only_of(ledger_of(stdout), functions).items():
        missed = ends["returned"] - results["calls_ns"][function]["count"]
        assert 0 <= missed <= ends["returned"] / 10, function
    assert results["unmatched"] == {}


def test_fib_of_20_is_21891_calls(suite, emit, newest):
    _, results = bpftrace.run(suite, histograms(emit, newest("fib"), ["main.fib"]), newest("fib"))
    assert results.ends(["main.fib"]) == {"main.fib": {"returned": 21891, "others": 0, "unmatched": 0}}


@pytest.mark.parametrize("flavour", ["plain", "stripped"])
def test_what_jumps_away_returns_where_it_jumped_to(flavour, suite, emit, go_builds):
    functions, binary = ["main.(*car).run", "main.(*engine).run"], go_builds.path("matrix", "newest", flavour)
    script = histograms(emit, binary, functions)
    assert "//     and those of what it jumps to: main.(*engine).run\n" in script.read_text()
    stdout, results = bpftrace.run(suite, script, binary)
    assert results.ends(functions) == bpftrace.expected_of(only_of(ledger_of(stdout), functions))


def test_a_program_with_symbols_at_address_0_is_probed_by_addresses(newest_suite, emit, go_builds):
    """One that is linked with C code. Their numbers are those of its offsets, which bpftrace takes for addresses."""
    functions, binary = ["main.framed", "main.hugeFrame"], go_builds.path("matrix", "newest", "cgo-pie")
    script = histograms(emit, binary, functions)
    assert "--unsafe" not in script.read_text() and "refuses" in script.read_text()
    stdout, results = bpftrace.run(newest_suite, script, binary)
    assert results.ends(functions) == bpftrace.expected_of(only_of(ledger_of(stdout), functions))


def test_the_same_is_told_by_offsets_once_it_is_stripped(suite, emit, go_builds, tmp_path):
    functions, binary = ["main.framed", "main.hugeFrame"], tmp_path / "stripped"
    whole = go_builds.path("matrix", "newest", "cgo-pie")
    strip(whole, binary)
    script = histograms(emit, binary, functions)
    assert "--unsafe" in script.read_text()
    stdout, results = bpftrace.run(suite, script, binary)
    assert results.ends(functions) == bpftrace.expected_of(only_of(ledger_of(stdout), functions))


def test_debian_12_refuses_addresses_and_leaves_the_program_alone(emit, go_builds):
    bpftrace.fetch("bookworm")
    binary = go_builds.path("matrix", "newest", "cgo-pie")
    stdout, said = bpftrace.run("bookworm", histograms(emit, binary, ["main.framed"]), binary, fails=True)
    assert stdout == "" and "offset support" in said


def test_a_process_begun_before_is_joined(suite, emit, start, newest):
    functions, program = FUNCTIONS["before"], start(newest("before"))
    assert program.stdout.readline() == "ready\n"
    with bpftrace.beside(suite, histograms(emit, newest("before"), functions)) as end:
        stdout, _ = program.communicate("go\n")
        results = end()
    ledger = only_of(ledger_of(stdout), functions)
    found = results.ends(functions)
    assert {function: ends["unmatched"] for function, ends in found.items()} == {
        function: ends["unmatched"] for function, ends in ledger.items()
    }
    assert {function: ends["returned"] for function, ends in found.items()} == {
        function: ends["returned"] for function, ends in ledger.items()
    }


def test_only_the_chosen_process_is_looked_at(newest_suite, emit, start, newest):
    chosen, other = start(newest("before")), start(newest("before"))
    for program in (chosen, other):
        assert program.stdout.readline() == "ready\n"
    script = emit("bpftrace", "--pid", chosen.pid, "--func", "main.step")
    with bpftrace.beside(newest_suite, script) as end:
        other.communicate("go\n")
        stdout, _ = chosen.communicate("go\n")
        results = end()
    assert results.ends(["main.step"])["main.step"]["returned"] == ledger_of(stdout)["main.step"]["returned"] > 0


def test_two_programs_share_a_script(suite, emit, newest):
    both = ["--binary", newest("fib"), "--func", "main.fib", "--binary", newest("plain"), "--func", "main.framed"]
    script = emit("bpftrace", *both)
    _, results = bpftrace.run(suite, script, newest("fib"))
    assert results["entered"] == {"main.fib": 21891}
    stdout, results = bpftrace.run(suite, script, newest("plain"))
    assert results["entered"] == {"main.framed": ledger_of(stdout)["main.framed"]["returned"]}


def test_a_skeleton_runs_as_it_is(suite, emit, newest):
    """Of functions with g in R14, with g in thread-local storage, and one that jumps away."""
    functions = ["main.add", "main.around"]
    script = emit("bpftrace-skeleton", "--binary", newest("assembly"), *func_options(functions))
    stdout, results = bpftrace.run(suite, script, newest("assembly"))
    calls = {function: ledger_of(stdout)[function]["returned"] for function in functions}
    assert results["entered"] == results["returned"] == calls
    assert set(results.maps) == {"@entered", "@returned"}
    script = emit("bpftrace-skeleton", "--binary", newest("matrix"), "--func", "main.(*car).run")
    stdout, results = bpftrace.run(suite, script, newest("matrix"))
    assert results["entered"] == {"main.(*car).run": ledger_of(stdout)["main.(*car).run"]["returned"]}
    # What it jumps to is called by others, too.
    assert results["returned_elsewhere"]["main.(*car).run"] >= results["entered"]["main.(*car).run"]


def test_what_a_skeleton_tells_is_so(suite, emit, newest):
    """The goroutine's id, an argument and a result, by the expressions that its comments give."""
    script = emit("bpftrace-skeleton", "--binary", newest("fib"), "--func", "main.fib")
    text = script.read_text()
    assert "//   runtime.g: (int64)reg(\"r14\")\n" in text
    assert "//   the goroutine's id: *(uint64 *)(G + 152), for G the runtime.g\n" in text
    entered = '@entered["main.fib"] = count();\n'
    assert entered in text
    goid = '@goid[*(uint64 *)((int64)reg("r14") + 152)] = count();\n'
    argument = '@argument[reg("ax")] = count();\n'
    returned = '@returned["main.fib"] = count();\n'
    result = '@result[reg("ax")] = count();\n'
    script.write_text(text.replace(entered, entered + goid + argument).replace(returned, returned + result))
    _, results = bpftrace.run(suite, script, newest("fib"))
    # main runs on the first goroutine, and fib(20) is 6765 and calls fib(1) as often.
    assert results["goid"] == {"1": 21891}
    assert results["argument"]["20"] == 1 and results["argument"]["1"] == 6765
    assert results["result"]["6765"] == 1


# What is in names and paths.


def strip(source, to):
    """A copy without symbols; objcopy and strip are not among what the tests need."""
    data = bytearray(source.read_bytes())
    at = int.from_bytes(data[40:48], "little")
    for i in range(int.from_bytes(data[60:62], "little")):
        entry = at + i * int.from_bytes(data[58:60], "little")
        if int.from_bytes(data[entry + 4 : entry + 8], "little") == 2:  # SHT_SYMTAB
            data[entry + 4 : entry + 8] = bytes(4)
            data[entry : entry + 4] = bytes(4)
    to.write_bytes(data)
    to.chmod(0o755)


HOSTILE = b"*/\"]}{//%s\\$1 ;#"


def test_a_name_neither_breaks_the_script_nor_gets_into_it(suite, emit, go_builds, tmp_path):
    binary, name = tmp_path / "hostile", b"main.mediumFrame"
    data = go_builds.path("plain", "newest", "stripped").read_bytes()
    assert len(HOSTILE) == len(name) and data.count(b"\0" + name + b"\0") == 1
    binary.write_bytes(data.replace(b"\0" + name + b"\0", b"\0" + HOSTILE + b"\0"))
    binary.chmod(0o755)
    script = histograms(emit, binary, [HOSTILE.decode()])
    stdout, results = bpftrace.run(suite, script, binary)
    calls = ledger_of(stdout)["main.mediumFrame"]["returned"]
    # How bpftrace writes such a name in JSON is its own affair.
    assert [stats["count"] for stats in results["calls_ns"].values()] == [calls]
    assert list(results["entered"].values()) == [calls] and results["unmatched"] == {}


def test_odd_paths_can_be_probed(suite, emit, newest, tmp_path):
    names = ["a b", 'a"b', "a'b", "{a,b}", "$1", "a?b", "(a)", "ü", "#%&;|<>`~!@+=^", "a//b"]
    binaries = [tmp_path / name for name in names]
    for binary in binaries:
        binary.parent.mkdir(exist_ok=True)
        shutil.copy(newest("fib"), binary)
    options = [word for binary in binaries for word in ("--binary", binary, "--func", "main.fib")]
    with bpftrace.beside(suite, emit("bpftrace", *options)) as end:
        for binary in binaries:
            subprocess.run([binary], stdout=subprocess.DEVNULL, check=True, timeout=TIMEOUT_S)
        results = end()
    assert results["entered"] == {f"main.fib #{i + 1}": 21891 for i in range(len(names))}


@pytest.mark.parametrize("name", ["a*b", "a[b", "a:b", "a\\b", "a\nb"])
def test_a_path_that_bpftrace_cannot_be_told_is_an_error(name, newest, tmp_path):
    binary = tmp_path / name
    shutil.copy(newest("fib"), binary)
    # What is special in a glob is matched by a question mark.
    glob = tmp_path / "a?b"
    done = gotraced("--binary", glob, "--func", "main.fib", "--emit", "bpftrace")
    assert done.returncode == 1 and done.stdout == ""
    assert "bpftrace cannot be told a path with" in done.stderr


# What cannot be traced, and where.


def test_a_function_that_cannot_be_traced_is_a_comment(newest):
    done = gotraced("--emit", "bpftrace", "--binary", newest("untraceable"), "--func", "main.*")
    assert done.returncode == 0
    assert "\n//   not traced: main.endless: it never returns: it has no RET" in done.stdout
    assert "gotraced: not traced: main.endless: " in done.stderr


@pytest.mark.parametrize("kind", ["bpftrace", "bpftrace-skeleton"])
def test_none_that_can_be_traced_is_an_error(kind, newest):
    done = gotraced("--emit", kind, "--binary", newest("untraceable"), "--func", "main.endless")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1] == "gotraced: none of the functions can be traced"


def test_the_program_is_named_from_the_root_and_not_by_a_link(emit, newest, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(newest("fib"))
    for path in (link, os.path.relpath(newest("fib"))):
        assert f'uprobe:"{newest("fib").resolve()}":0x' in histograms(emit, path, ["main.fib"]).read_text()


def test_a_program_that_only_a_process_has_is_named_by_that(newest_suite, emit, start, newest, tmp_path):
    binary = tmp_path / "gone"
    shutil.copy(newest("before"), binary)
    program = start(binary)
    assert program.stdout.readline() == "ready\n"
    binary.unlink()
    script = emit("bpftrace", "--pid", program.pid, "--func", "main.step")
    assert f'uprobe:"/proc/{program.pid}/exe":0x' in script.read_text()
    with bpftrace.beside(newest_suite, script) as end:
        stdout, _ = program.communicate("go\n")
        results = end()
    assert results.ends(["main.step"])["main.step"]["returned"] == ledger_of(stdout)["main.step"]["returned"] > 0
