"""Every bad input gets one clear message and an exit status of 1, or 2 for wrong usage; nothing crashes."""

import os
import random
import re
import shutil
import signal
import stat
import struct
import subprocess

import pytest
from tracing import GOTRACED, gotraced

USAGE = 2
FAILED = 1


def refused(*options, status=FAILED, **kwargs):
    """The one message of a run that must fail, without the program's name."""
    done = gotraced(*options, **kwargs)
    assert done.returncode == status, (done.returncode, done.stderr)
    assert not done.stdout
    messages = [line for line in done.stderr.splitlines() if not line.startswith("gotraced: not traced: ")]
    # Lines that belong to a message are indented.
    heads = [line for line in messages if not line.startswith(" ")]
    if status == FAILED:
        assert len(heads) == 1 and heads[0].startswith("gotraced: "), done.stderr
    return "\n".join(messages).removeprefix("gotraced: ")


@pytest.fixture
def fib(newest):
    return newest("fib")


# Files that are no Go program.


def test_a_file_that_does_not_exist(tmp_path):
    assert refused("--binary", tmp_path / "none", "--func", "main.main") == (
        f"cannot open {tmp_path}/none: No such file or directory"
    )


def test_a_folder(tmp_path):
    assert f"{tmp_path} is not a file" in refused("--binary", tmp_path, "--func", "main.main")


def test_a_fifo_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert "is not a file" in refused("--binary", tmp_path / "fifo", "--func", "main.main")


@pytest.mark.parametrize("content", [b"", b"\x7f", b"\x7fELF", b"#!/bin/sh\necho\n"])
def test_a_file_that_is_not_elf(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert str(path) in refused("--binary", path, "--func", "main.main")


def test_a_program_that_is_not_go():
    assert "/bin/ls is not a Go program" in refused("--binary", "/bin/ls", "--func", "main.main")


@pytest.mark.parametrize("arch, name", [("386", "32-bit x86"), ("arm64", "arm64")])
def test_a_go_program_for_another_processor(go_builds, arch, name):
    path = go_builds.path("fib", "newest", "plain", arch)
    assert f"is a program for {name}" in refused("--binary", path, "--func", "main.fib")


def test_a_shared_library():
    libc = re.search(r"(/\S*libc\.so\S*)", subprocess.run(["ldd", GOTRACED], capture_output=True, text=True).stdout)[1]
    # libc has an interpreter, so that it can be run, and is no library by its headers; but it is not Go.
    assert "is not a Go program" in refused("--binary", os.path.realpath(libc), "--func", "main.main")
    zydis = re.search(r"(/\S*libelf\S*)", subprocess.run(["ldd", GOTRACED], capture_output=True, text=True).stdout)[1]
    assert "is a shared library" in refused("--binary", os.path.realpath(zydis), "--func", "main.main")


def test_an_object_file(tmp_path):
    (tmp_path / "empty.c").write_text("int nothing;\n")
    subprocess.run(["gcc", "-c", "empty.c"], cwd=tmp_path, check=True)
    assert "is an ELF file but not a program" in refused("--binary", tmp_path / "empty.o", "--func", "main.main")


# Damaged files.


def borders(binary):
    """The ends of all segments and sections of an ELF file, where a cut is the likeliest to go unnoticed."""
    data = binary.read_bytes()
    phoff, shoff = struct.unpack_from("<QQ", data, 32)
    phentsize, phnum, shentsize, shnum = struct.unpack_from("<HHHH", data, 54)
    for i in range(phnum):
        off, _, _, size = struct.unpack_from("<QQQQ", data, phoff + i * phentsize + 8)
        yield from (off, off + size)
    for i in range(shnum):
        off, size = struct.unpack_from("<QQ", data, shoff + i * shentsize + 24)
        yield from (off, off + size)


@pytest.mark.parametrize("flavour", ["plain", "stripped"])
def test_a_truncated_program(go_builds, tmp_path, flavour):
    binary = go_builds.path("fib", "newest", flavour)
    n_bytes = binary.stat().st_size
    cuts = {cut + d for cut in borders(binary) for d in (-1, 0, 1)} | set(range(0, 1024, 7))
    cuts |= set(range(1024, n_bytes, n_bytes // 100)) | {n_bytes - 1}
    path = tmp_path / "cut"
    shutil.copy(binary, path)
    for cut in sorted((cut for cut in cuts if 0 <= cut < n_bytes), reverse=True):
        os.truncate(path, cut)
        message = refused("--binary", path, "--func", "main.fib", "--plan")
        assert re.search("truncated|not an ELF file|damaged", message), (cut, message)


def test_random_damage_never_crashes_or_hangs(go_builds, tmp_path):
    original = bytearray(go_builds.path("fib", "newest", "stripped").read_bytes())
    tables = [(m.start(), m.start() + 4096) for m in re.finditer(rb"\xf1\xff\xff\xff\x00\x00\x01\x08", original)]
    choose = random.Random(20)
    path = tmp_path / "damaged"
    for _ in range(300):
        data = bytearray(original)
        low, high = choose.choice([(0, 4096), (0, len(data)), *tables])
        for _ in range(choose.choice([1, 4, 64])):
            data[choose.randrange(low, high)] = choose.randrange(256)
        path.write_bytes(data)
        done = gotraced("--binary", path, "--func", "main.*", "--plan")
        assert done.returncode in (0, 1), (done.returncode, done.stderr)
        assert "Sanitizer" not in done.stderr


def test_a_sparse_file_of_a_terabyte(go_builds, tmp_path):
    path = tmp_path / "sparse"
    shutil.copy(go_builds.path("fib", "newest", "stripped"), path)
    os.truncate(path, 1 << 40)
    assert gotraced("--binary", path, "--func", "main.fib", "--plan").returncode == 0


# Functions.


def test_no_such_function_names_the_nearest(fib):
    message = refused("--binary", fib, "--func", "main.fbi")
    assert f"no function of {fib} matches 'main.fbi'; the nearest:\n  main.fib" in message
    assert len(message.splitlines()) <= 6


def test_no_such_function_and_none_near(fib):
    assert "--list shows" in refused("--binary", fib, "--func", "qqqqqqqqqqqqqqqq")


@pytest.mark.parametrize("pattern", ["MAIN.FIB", "fib", "Fib"])
def test_letter_case_and_a_left_out_package_count_little(fib, pattern):
    assert refused("--binary", fib, "--func", pattern).splitlines()[1] == "  main.fib"


def test_a_bad_regular_expression(fib):
    assert refused("--binary", fib, "--func", "/main.(/").startswith("/main.(/ is not a regular expression: ")


def test_an_inlined_function_says_into_whom(build):
    message = refused("--binary", build("untraceable"), "--func", "main.inlined")
    assert re.search(r"main\.inlined was inlined in \d+ places? .* part of main\.", message), message


def test_a_function_without_a_return(newest):
    binary = newest("untraceable")
    done = gotraced("--binary", binary, "--func", "main.endless")
    assert done.returncode == FAILED
    assert done.stderr.splitlines() == [
        "gotraced: not traced: main.endless: "
        "it never returns: it has no RET, and ends by looping, panicking or exiting",
        "gotraced: none of the functions can be traced",
    ]


def test_more_than_a_thousand_functions(fib):
    message = refused("--binary", fib, "--func", "runtime.*")
    n = int(re.search(r"match (\d+) functions", message)[1])
    assert n > 1000 and f"--max-functions {n}" in message
    done = gotraced("--binary", fib, "--func", "/^runtime\\.(go|mem)/", "--max-functions", 5000, "--duration", "1ms")
    assert done.returncode == 0, done.stderr


# Rights and kernels.


def without(*capabilities):
    dropped = ",".join("-" + name for name in capabilities)
    return ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"]


@pytest.fixture
def readable(fib):
    """fib where everybody can read it."""
    path = f"/tmp/gotraced-test-{os.getpid()}"
    shutil.copy(fib, path)
    os.chmod(path, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    yield path
    os.unlink(path)


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def test_an_ordinary_user_is_told_what_is_missing(readable):
    message = refused("--binary", readable, "--func", "main.fib", prefix=NOBODY)
    assert "missing CAP_BPF and CAP_PERFMON" in message


def test_an_ordinary_user_can_look(readable):
    for action in (["--list"], ["--emit", "bpftrace"], ["--plan"]):
        done = gotraced("--binary", readable, "--func", "main.fib", *action, prefix=NOBODY)
        assert done.returncode == 0 and "main.fib" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("as root it also tells how this kernel")


@pytest.mark.parametrize("missing", ["bpf", "perfmon"])
def test_the_missing_capability_is_named(fib, missing):
    message = refused("--binary", fib, "--func", "main.fib", prefix=without(missing, "sys_admin"))
    assert f"missing CAP_{missing.upper()};" in message


def test_perf_events_need_sys_admin(fib):
    message = refused("--binary", fib, "--func", "main.fib", "--links", "perf", prefix=without("sys_admin"))
    assert "missing CAP_SYS_ADMIN" in message


def test_bpf_and_perfmon_are_enough_for_multi_links(fib):
    options = ("--binary", fib, "--func", "main.fib", "--links", "multi", "--duration", "1ms")
    done = gotraced(*options, prefix=without("sys_admin"))
    assert done.returncode == 0, done.stderr


def test_a_kernel_too_old(fib):
    message = refused("--binary", fib, "--func", "main.fib", prefix=["setarch", "x86_64", "--uname-2.6"])
    assert re.match(r"kernel 2\.6\.\S+ is too old: gotraced needs 5\.15 or newer", message)


# Usage.


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--nonsense"],
        ["--binary"],
        ["--binary", "/bin/ls"],
        ["--func", "main.main"],
        ["main.main"],
        ["--binary", "/bin/ls", "--func", "f", "stray"],
        ["--binary", "/bin/ls", "--binary", "/bin/ls", "--func", "f"],
        ["--binary", "/bin/ls", "--func", "f", "--format", "xml"],
        ["--binary", "/bin/ls", "--func", "f", "--links", "none"],
        ["--binary", "/bin/ls", "--func", "f", "--duration", "0"],
        ["--binary", "/bin/ls", "--func", "f", "--duration", "-1"],
        ["--binary", "/bin/ls", "--func", "f", "--duration", "soon"],
        ["--binary", "/bin/ls", "--func", "f", "--duration", "nan"],
        ["--binary", "/bin/ls", "--func", "f", "--interval", "5x"],
        ["--binary", "/bin/ls", "--func", "f", "--interval", "2", "--duration", "1"],
        ["--binary", "/bin/ls", "--func", "f", "--pid", "0"],
        ["--binary", "/bin/ls", "--func", "f", "--pid", "1x"],
        ["--binary", "/bin/ls", "--func", "f", "--max-functions", "0"],
        ["--binary", "/bin/ls", "--func", "f", "--max-in-flight", "many"],
        ["--binary", "/bin/ls", "--func", "f", "--max-overhead", "0"],
        ["--binary", "/bin/ls", "--func", "f", "--max-overhead", "much"],
        ["--binary", "/bin/ls", "--func", "f", "--max-overhead", "nan"],
        ["--binary", "/bin/ls", "--func", "f", "--ring-size", "3M"],
        ["--binary", "/bin/ls", "--func", "f", "--ring-size", "64KB"],
        ["--func", "f", "--pid", "1", "--", "/bin/ls"],
        ["--func", "f", "--list", "--", "/bin/ls"],
        ["--binary", "/bin/ls", "--func", "f", "--emit", "bpf"],
        ["--binary", "/bin/ls", "--emit", "bpftrace"],
        ["--binary", "/bin/ls", "--func", "f", "--emit", "bpftrace", "--format", "json"],
        ["--func", "f", "--emit", "bpftrace", "--", "/bin/ls"],
    ],
    ids=" ".join,
)
def test_wrong_usage(options):
    message = refused(*options, status=USAGE)
    assert "--help" in message
    assert len(message.splitlines()) <= 3


def test_tables_that_could_take_more_than_the_memory_there_is(fib):
    options = ("--binary", fib, "--func", "main.fib", "--max-in-flight", "1000000000")
    message = refused(*options, status=USAGE)
    assert "--max-in-flight" in message and "lower" in message


@pytest.mark.parametrize("option", ["--help", "--version", "--usage"])
def test_asking_is_no_failure(option):
    done = gotraced(option)
    assert done.returncode == 0 and "gotraced" in done.stdout and not done.stderr


# Processes and commands.


def test_a_process_that_does_not_exist(fib):
    assert refused("--pid", 2**22 + 1, "--func", "f") == f"there is no process {2**22 + 1}"
    message = refused("--binary", fib, "--pid", 2**22 + 1, "--func", "main.fib")
    assert message == f"there is no process {2**22 + 1}"


def test_a_process_that_runs_something_else(fib):
    message = refused("--binary", fib, "--pid", os.getpid(), "--func", "main.fib")
    assert message == f"process {os.getpid()} does not run {fib}"


def test_a_command_that_is_not_there():
    assert "no such program in PATH" in refused("--func", "f", "--", "gotraced-no-such-command")
    assert "No such file" in refused("--func", "f", "--", "/gotraced-no-such-command")


def test_a_command_that_cannot_be_run(fib, tmp_path):
    path = tmp_path / "fib"
    shutil.copy(fib, path)
    os.chmod(path, 0o600)
    done = gotraced("--func", "main.fib", "--", path)
    assert done.returncode == FAILED
    assert done.stderr.splitlines()[-1] == f"gotraced: cannot run {path}: Permission denied"


def test_a_command_that_is_a_script(tmp_path):
    path = tmp_path / "script"
    path.write_text("#!/bin/sh\n")
    os.chmod(path, 0o700)
    assert f"{path} is not an ELF file" in refused("--func", "main.fib", "--", path)


# Output.


def test_an_output_file_that_cannot_be_made(fib, tmp_path):
    message = refused("--binary", fib, "--func", "main.fib", "--output", tmp_path / "none/file")
    assert message == f"cannot write to {tmp_path}/none/file: No such file or directory"


@pytest.mark.parametrize("action", [["--list"], ["--plan"], ["--emit", "bpftrace"]], ids=" ".join)
def test_a_full_disk(fib, action):
    message = refused("--binary", fib, "--func", "main.*", *action, "--output", "/dev/full")
    assert message == "cannot write to /dev/full: No space left on device"


def test_a_report_on_a_full_disk(fib):
    done = gotraced("--func", "main.fib", "--output", "/dev/full", "--", fib)
    assert done.returncode == FAILED
    assert "gotraced: cannot write to /dev/full: No space left on device" in done.stderr


def test_a_closed_standard_output(fib):
    done = gotraced("--binary", fib, "--list", prefix=["sh", "-c", '"$@" >&-', "sh"])
    assert done.returncode == FAILED
    assert done.stderr == "gotraced: cannot write to standard output: Bad file descriptor\n"


def test_a_reader_that_has_seen_enough(fib):
    """As in gotraced --list | head."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = gotraced("--binary", fib, "--list", capture_output=False, stdout=closed, stderr=subprocess.PIPE)
    assert done.returncode == -signal.SIGPIPE and done.stderr == ""
