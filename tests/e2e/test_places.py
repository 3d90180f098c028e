"""Where programs live: deleted and replaced files, other mount and pid namespaces, overlays, several at once."""

import os
import shutil
import subprocess

import pytest
from tracing import GOTRACED, TIMEOUT_S, by_function, ends_of, func_options, ledger_of, read_reports
from test_counts import FUNCTIONS

NAME = "before"  # it waits for a line before it calls what is counted


@pytest.fixture
def binary(newest, tmp_path):
    """A copy of the program that a test may do away with."""
    return shutil.copy(newest(NAME), tmp_path / "server")


def started(start, *argv):
    program = start(*argv)
    assert program.stdout.readline() == "ready\n"
    return program


def go(program):
    """Lets it do its work, and returns its ledger."""
    return ledger_of(program.communicate("go\n")[0])


def test_a_program_whose_file_was_deleted_is_traced_by_its_process(tracer, start, binary):
    program = started(start, binary)
    os.unlink(binary)
    gotraced = tracer("--pid", str(program.pid), *func_options(FUNCTIONS[NAME]))
    ledger = go(program)
    reports = gotraced.finish()
    assert ends_of(reports) == ledger
    assert {report["binary"] for report in reports} == {f"{binary} (deleted)"}


def test_a_program_whose_file_was_replaced_is_traced_by_its_process(tracer, start, binary, newest):
    program = started(start, binary)
    shutil.copy(newest("fib"), f"{binary}.new")
    os.rename(f"{binary}.new", binary)
    gotraced = tracer("--pid", str(program.pid), *func_options(FUNCTIONS[NAME]))
    ledger = go(program)
    assert ends_of(gotraced.finish()) == ledger


@pytest.mark.parametrize("is_named", [False, True])
def test_a_program_in_another_mount_namespace_is_traced_by_its_process(tracer, start, binary, tmp_path, is_named):
    """As in a container: under its path there is nothing to be seen from here."""
    inside = tmp_path / "container"
    inside.mkdir()
    script = 'mount -t tmpfs none "$1" && cp "$0" "$1/app" && exec "$1/app"'
    program = started(start, "unshare", "--mount", "sh", "-c", script, binary, inside)
    assert not (inside / "app").exists()
    options = ["--binary", inside / "app"] if is_named else []
    gotraced = tracer("--pid", str(program.pid), *options, *func_options(FUNCTIONS[NAME]))
    ledger = go(program)
    assert ends_of(gotraced.finish()) == ledger


@pytest.fixture
def parted(binary, tmp_path):
    """The program without its symbols, which are in a file beside it."""
    debug = tmp_path / "server.debug"
    subprocess.run(["objcopy", "--only-keep-debug", binary, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", f"--add-gnu-debuglink={debug}", binary], check=True)
    return binary, debug


IN_CONTAINER = ["unshare", "--mount", "sh", "-c",
                'mount -t tmpfs none "$2" && cp "$0" "$1" "$2" && exec "$2/server"']
IN_CHROOT = ["sh", "-c", 'mkdir "$2/bin" && cp "$0" "$1" "$2/bin" && exec chroot "$2" /bin/server']


@pytest.mark.parametrize("run", [IN_CONTAINER, IN_CHROOT], ids=["container", "chroot"])
def test_the_debug_file_of_a_program_elsewhere_is_found_there(tracer, start, parted, run, tmp_path):
    binary, debug = parted
    inside = tmp_path / "inside"
    inside.mkdir()
    program = started(start, *run, binary, debug, inside)
    os.unlink(debug)
    gotraced = tracer("--pid", str(program.pid), *func_options(FUNCTIONS[NAME]))
    assert "with a separate debug file" in gotraced.messages.read_text()
    ledger = go(program)
    assert ends_of(gotraced.finish()) == ledger


@pytest.fixture
def overlay(binary, tmp_path):
    """The program below an overlay: its path there, and its path in the layer below."""
    folders = {name: tmp_path / name for name in ("layers", "merged")}
    for folder in folders.values():
        folder.mkdir()
    layers, merged = folders.values()
    subprocess.run(["mount", "-t", "tmpfs", "none", layers], check=True)
    try:
        for name in ("lower", "upper", "work"):
            (layers / name).mkdir()
        shutil.copy(binary, layers / "lower/server")
        options = ",".join(f"{name}dir={layers}/{name}" for name in ("lower", "upper", "work"))
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, merged], check=True)
        try:
            yield merged / "server", layers / "lower/server"
        finally:
            subprocess.run(["umount", "--lazy", merged], check=True)
    finally:
        subprocess.run(["umount", "--lazy", layers], check=True)


def test_a_program_on_an_overlay_is_traced_by_its_process(tracer, start, overlay):
    merged, _ = overlay
    program = started(start, merged)
    gotraced = tracer("--pid", str(program.pid), *func_options(FUNCTIONS[NAME]))
    ledger = go(program)
    assert ends_of(gotraced.finish()) == ledger


@pytest.mark.parametrize("named", ["merged", "lower"])
def test_a_program_on_an_overlay_is_traced_under_either_path(tracer, start, overlay, links, named):
    merged, lower = overlay
    program = started(start, merged)
    binary = {"merged": merged, "lower": lower}[named]
    gotraced = tracer("--binary", binary, "--links", links, *func_options(FUNCTIONS[NAME]))
    ledger = go(program)
    assert ends_of(gotraced.finish()) == ledger


def test_gotraced_in_a_pid_namespace_knows_processes_by_their_ids_there(newest, tmp_path, links):
    """The command's id is 2 there, and something else for the kernel."""
    output = tmp_path / "reports"
    argv = ["unshare", "--pid", "--fork", "--mount-proc", GOTRACED, "--links", links]
    argv += ["--format", "json", "--output", output, "--func", "main.fib", "--", newest("fib")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    assert ends_of(read_reports(output)) == ledger_of(done.stdout)


IN_NAMESPACE = """
    program=$1 gotraced=$2
    cd "$3"
    "$program" < go.other > other &
    unshare --pid --fork "$program" < go.traced > traced &
    until grep -q ready traced && grep -q ready other; do sleep 0.1; done
    pid=$(cat /proc/$!/task/$!/children)
    "$gotraced" --pid $pid --func 'main.*' --format json --output reports 2> messages &
    until grep -q tracing messages; do kill -0 $! || exit 1; sleep 0.1; done
    echo go > go.traced
    echo go > go.other
    wait
"""


def test_gotraced_in_a_pid_namespace_traces_the_process_that_it_is_given(binary, tmp_path):
    """And not the other one of the same program. The one that is traced is in a namespace further down."""
    for name in ("go.traced", "go.other"):
        os.mkfifo(tmp_path / name)
    argv = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", IN_NAMESPACE, "sh"]
    # A FIFO that stays open for writing has its readers wait for more.
    held = [os.open(tmp_path / name, os.O_RDWR) for name in ("go.traced", "go.other")]
    done = subprocess.run([*argv, binary, GOTRACED, tmp_path], capture_output=True, text=True, timeout=TIMEOUT_S)
    for fd in held:
        os.close(fd)
    assert done.returncode == 0, done.stderr + (tmp_path / "messages").read_text()
    ends = ends_of(read_reports(tmp_path / "reports"))
    ledger = ledger_of((tmp_path / "traced").read_text())
    assert {function: ends[function] for function in ledger} == ledger


def test_several_binaries_are_traced_in_one_run(tracer, newest, links):
    fib, goexit = newest("fib"), newest("goexit")
    gotraced = tracer(
        *["--links", links, "--binary", fib, "--func", "main.fib", "--binary", goexit],
        *func_options(FUNCTIONS["goexit"]),
    )
    ledgers = {}
    for program in (fib, goexit):
        done = subprocess.run([program], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
        ledgers[str(program)] = ledger_of(done.stdout)
    reports = gotraced.finish()
    for program, ledger in ledgers.items():
        assert ends_of([report for report in reports if report["binary"] == program]) == ledger
    assert len(by_function(reports)) == sum(map(len, ledgers.values()))


def test_the_processes_that_are_named_may_run_different_programs(tracer, start, newest, tmp_path):
    programs = [started(start, shutil.copy(newest(NAME), tmp_path / name)) for name in ("one", "two")]
    pids = [word for program in programs for word in ("--pid", str(program.pid))]
    gotraced = tracer(*pids, *func_options(FUNCTIONS[NAME]))
    ledgers = [go(program) for program in programs]
    reports = gotraced.finish()
    for name, ledger in zip(("one", "two"), ledgers):
        assert ends_of([report for report in reports if report["binary"].endswith(name)]) == ledger


def test_several_binaries_are_listed_and_planned(newest):
    argv = [GOTRACED, "--list", "--binary", newest("fib"), "--func", "main.fib", "--binary", newest("goexit")]
    done = subprocess.run([*argv, "--func", "main.main"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    assert "main.fib" in done.stdout and "main.main" in done.stdout
    assert str(newest("fib")) in done.stdout and str(newest("goexit")) in done.stdout


@pytest.mark.parametrize("other", ["server", "link"])
def test_the_same_program_given_twice_is_refused(binary, tmp_path, other):
    """Two plans of one file would take each other's calls for something else."""
    os.link(binary, tmp_path / "link")
    argv = [GOTRACED, "--list", "--binary", binary, "--func", "main.main", "--binary", tmp_path / other]
    done = subprocess.run([*argv, "--func", "main.main"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 1 and "is the same program as" in done.stderr


def test_process_ids_mean_nothing_beside_a_foreign_proc(newest):
    argv = ["unshare", "--pid", "--fork", GOTRACED, "--pid", "1", "--func", "main.main"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 1 and "belongs to another pid namespace" in done.stderr


def test_a_path_cannot_command_the_terminal(newest, tmp_path):
    program = shutil.copy(newest("fib"), tmp_path / "evil\033[31m")
    argv = [GOTRACED, "--duration", "50ms", "--binary", program, "--func", "main.fib"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0 and "evil?[31m" in done.stderr and "evil?[31m" in done.stdout
    assert "\033" not in done.stderr + done.stdout
