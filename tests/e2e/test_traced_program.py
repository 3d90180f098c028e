"""A traced program behaves as it does untraced."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from tracing import GOTRACED, TIMEOUT_S, func_options, ledger_of, run, wait_until
from test_counts import FUNCTIONS

# Runs a program and keeps what it leaves behind, in files beside a prefix.
KEEPER = '"$@" >"$0.out" 2>"$0.err"; echo $? >"$0.status"'


def traces_of(folder, name):
    """What a program left behind, without the addresses in it."""
    return [
        re.sub("0x[0-9a-f]+", "ADDRESS", (folder / f"{name}.{suffix}").read_text())
        for suffix in ("out", "err", "status")
    ]


@pytest.mark.parametrize(
    "argv, status, functions",
    [
        (["exit3", "one", "two words", ""], 3, ["main.checksum"]),
        (["panics"], 0, FUNCTIONS["panics"]),
        (["panics", "die"], 2, FUNCTIONS["panics"]),
        (["goexit"], 0, FUNCTIONS["goexit"]),
        (["plain"], 0, FUNCTIONS["plain"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) and "main" not in value[0] else "",
)
def test_outputs_and_exit_status_are_as_without_tracing(tmp_path, build, argv, status, functions):
    program = build(argv[0])
    stdin = "a line\nand another, the last, without an end"
    untraced = ["sh", "-c", KEEPER, str(tmp_path / "untraced"), program, *argv[1:]]
    subprocess.run(untraced, input=stdin, text=True, check=True, timeout=TIMEOUT_S)
    traced = ["sh", "-c", KEEPER, str(tmp_path / "traced"), program, *argv[1:]]
    result = run(tmp_path, ["--binary", program, *func_options(functions)], traced, stdin=stdin)
    expected = traces_of(tmp_path, "untraced")
    assert expected[2] == f"{status}\n"
    assert traces_of(tmp_path, "traced") == expected
    assert result.stdout == ""
    # The tracer did see it.
    assert sum(ends["returned"] for ends in result.ends.values()) > 0


def test_input_and_outputs_of_the_command_are_inherited(trace, newest):
    result = trace(["--func", "main.checksum"], [newest("exit3"), "x"], stdin="a line\n")
    assert result.stdout.splitlines()[0] == 'argument "x" 120'
    assert result.ends == result.ledger
    messages = [line for line in result.stderr.splitlines() if not line.startswith("gotraced:")]
    assert messages == ['line "a line" 46163']


def code_is_as_in_the_file(pid, binary):
    """Whether no byte of the code of a running program differs from its file."""
    with open(f"/proc/{pid}/maps") as maps:
        fields = [line.split() for line in maps]
    mapped = [(f[0], f[2]) for f in fields if f[1].startswith("r-x") and f[-1] == str(binary)]
    assert mapped
    for addresses, offset in mapped:
        low, high = (int(address, 16) for address in addresses.split("-"))
        with open(f"/proc/{pid}/mem", "rb") as memory, open(binary, "rb") as file:
            memory.seek(low)
            file.seek(int(offset, 16))
            in_file = file.read(high - low)
            if memory.read(high - low)[: len(in_file)] != in_file:
                return False
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_in_a_program_when_the_tracer_ends(tracer, start, newest, links, how):
    binary = newest("before")
    program = start(binary)
    assert program.stdout.readline() == "ready\n"
    # Perf events may still be going that another test has left in the background.
    wait_until(lambda: code_is_as_in_the_file(program.pid, binary), "no probe is there")
    gotraced = tracer("--links", links, "--pid", str(program.pid), *func_options(FUNCTIONS["before"]))
    assert not code_is_as_in_the_file(program.pid, binary)
    if how == signal.SIGKILL:
        gotraced.kill()
    else:
        gotraced.finish(how)
    if links == "perf" and how != signal.SIGKILL:
        assert " of them away" in gotraced.messages.read_text()
        wait_until(lambda: code_is_as_in_the_file(program.pid, binary), "the probes are gone")
    assert code_is_as_in_the_file(program.pid, binary)
    stdout, stderr = program.communicate("go\n")
    assert program.returncode == 0 and stderr == ""
    assert "main.await" in ledger_of(stdout)


def test_a_command_that_cannot_be_run_is_a_failure(tmp_path):
    done = subprocess.run(
        [GOTRACED, "--func", "main.main", "--", tmp_path / "missing"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "missing" in done.stderr and done.stdout == ""


def test_a_command_keeps_its_limit_of_open_files(tmp_path, newest):
    """gotraced raises its own, since a perf event takes a file descriptor."""
    options = ["--binary", newest("fib"), "--func", "main.fib", "--output", tmp_path / "reports"]
    argv = ["prlimit", "--nofile=256:4096", GOTRACED, *options, "--", "sh", "-c", "ulimit -n"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.stdout == "256\n"
    assert done.returncode == 0


def test_a_command_is_ended_when_nobody_reads_the_reports(newest):
    """As in gotraced ... -- command | head: what is printed goes nowhere, and cannot ever again."""
    program = newest("inflight")
    command = ["sh", "-c", f"exec {program} wait >/dev/null"]
    argv = [GOTRACED, "--interval", "100ms", "--binary", program, "--func", "main.nest", "--", *command]
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=writer, stderr=subprocess.PIPE, text=True) as one:
        os.close(writer)
        assert one.wait(TIMEOUT_S) == 1
        said = one.stderr.read()
    assert "Broken pipe" in said
    pid = re.search(r"ending .* \(process (\d+)\) with SIGTERM", said)[1]
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the command has ended")
