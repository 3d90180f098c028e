"""What the readers make of real programs, whole, stripped and spoilt, in every way that says the same otherwise."""

import json
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from tracing import ROOT, TIMEOUT_S, gotraced

PLAIN_DESCRIBE = ROOT / "build/release/tests/readers/describe"
# One that is built with sanitizers finds more.
DESCRIBE = ROOT / "build/debug/tests/readers/describe"
if not DESCRIBE.exists():
    DESCRIBE = PLAIN_DESCRIBE
VERSIONS = ["1.15", "1.19", "1.24", "newest"]


def describe(program):
    done = subprocess.run([DESCRIBE, program], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=VERSIONS, ids=lambda version: f"go{version}")
def version(request):
    return request.param


# What a stripped program does not have.
GONE = ("has_symbols", "dwarf_goid_off")


def without(description, *keys):
    return {key: value for key, value in description.items() if key not in keys}


@pytest.mark.parametrize("mode", ["plain", "pie", "cgo", "cgo-pie"])
def test_dwarf_says_what_the_table_of_releases_says(go_builds, version, mode):
    """A plain program has DWARF, compressed in the way of its release, and is read by that."""
    found = describe(go_builds.path("matrix", version, mode))
    assert found["dwarf_goid_off"] == found["goid_off"] == (160 if version == "1.24" else 152)
    assert found["is_g_in_r14"] == (version != "1.15")
    assert found["has_symbols"] and not found["has_debug_file"] and not found["is_assumed"]


@pytest.mark.parametrize("modes", [("plain", "stripped"), ("pie", "pie-stripped"), ("cgo", "cgo-stripped")])
def test_a_stripped_program_says_the_same(go_builds, version, modes):
    """The slot of g too, where the C code has thread-local variables and the symbol is gone."""
    whole, stripped = (describe(go_builds.path("matrix", version, mode)) for mode in modes)
    assert not stripped["has_symbols"]
    assert without(whole, *GONE) == without(stripped, *GONE)
    assert (whole["tls_off"] == -8) == (modes[0] != "cgo")


def spoilt(program, folder, change):
    """A copy of a program with its bytes changed."""
    content = bytearray(Path(program).read_bytes())
    change(content)
    copy = folder / "spoilt"
    copy.write_bytes(content)
    copy.chmod(0o755)
    return copy


def drop_sections(content):
    """As packers and some linkers do: e_shoff, e_shnum and e_shstrndx are 0."""
    struct.pack_into("<Q", content, 0x28, 0)
    struct.pack_into("<HH", content, 0x3C, 0, 0)


def drop_build_info(content):
    at = content.index(b"\xff Go buildinf:")
    content[at : at + 16] = bytes(16)
    # The version that follows the header, from Go 1.18 on.
    if content[at + 33 : at + 37] == b"go1.":
        content[at + 32 : at + 64] = bytes(32)


def drop_both(content):
    drop_sections(content)
    drop_build_info(content)


@pytest.mark.parametrize("change", [drop_sections, drop_build_info, drop_both])
@pytest.mark.parametrize("mode", ["stripped", "pie-stripped", "cgo-stripped", "cgo-pie"])
def test_a_program_without_sections_or_build_information_says_the_same(go_builds, version, mode, change, tmp_path):
    program = go_builds.path("matrix", version, mode)
    whole, less = describe(program), describe(spoilt(program, tmp_path, change))
    if mode == "cgo-pie" and change is not drop_build_info:
        # Its symbols and DWARF went with the sections.
        assert not less["has_symbols"]
        assert without(whole, *GONE) == without(less, *GONE)
    else:
        assert whole == less


@pytest.mark.parametrize("mode", ["stripped", "pie-stripped"])
def test_a_program_without_sections_and_build_information_is_counted(go_builds, version, mode, tmp_path, trace):
    program = spoilt(go_builds.path("fib", version, mode), tmp_path, drop_both)
    result = trace(["--func", "main.fib"], [program])
    assert result.ends == result.ledger


def name_newer_release(content):
    """Go 1.24.4 becomes 1.94.4 wherever it is said."""
    content[:] = re.sub(rb"go1\.2(\d)", rb"go1.9\1", bytes(content))


def test_dwarf_wins_where_the_release_is_newer_than_known(go_builds, tmp_path):
    program = spoilt(go_builds.path("goexit", "1.24", "plain"), tmp_path, name_newer_release)
    found = describe(program)
    assert found["minor"] == 94 and found["goid_off"] == 160 and not found["is_assumed"]


def test_a_release_newer_than_known_is_traced_and_the_assumption_told(go_builds, tmp_path, trace):
    program = spoilt(go_builds.path("fib", "newest", "stripped"), tmp_path, name_newer_release)
    assert describe(program)["is_assumed"]
    result = trace(["--func", "main.fib"], [program])
    assert "is newer than gotraced knows" in result.stderr
    assert result.ends == result.ledger


def objcopy(*arguments):
    subprocess.run(["objcopy", *arguments], check=True)


@pytest.fixture
def separated(go_builds, version, tmp_path):
    """A stripped program and, apart from it, its symbols and DWARF."""
    program, debug = tmp_path / "server", tmp_path / "server.debug"
    shutil.copy(go_builds.path("matrix", version, "plain"), program)
    objcopy("--only-keep-debug", program, debug)
    objcopy("--strip-all", program)
    return program, debug


def test_a_debug_file_beside_the_program_is_found_by_the_link(go_builds, version, separated):
    program, debug = separated
    objcopy(f"--add-gnu-debuglink={debug}", program)
    found = describe(program)
    assert found["has_debug_file"]
    whole = describe(go_builds.path("matrix", version, "plain"))
    assert without(found, "has_debug_file", "dwarf_goid_off") == without(whole, "has_debug_file", "dwarf_goid_off")


def test_a_debug_file_of_another_build_is_passed_over(separated):
    program, debug = separated
    objcopy(f"--add-gnu-debuglink={debug}", program)
    # Another build id for programs that have one, another checksum for others.
    content = debug.read_bytes()
    identity = re.search(rb"\x04\0\0\0.\0\0\0\x03\0\0\0GNU\0", content, re.DOTALL)
    at = identity.end() if identity else 0x18
    debug.write_bytes(content[:at] + b"\x5a\x5b\x5c" + content[at + 3 :])
    assert not describe(program)["has_debug_file"]


def test_a_debug_file_that_is_no_elf_file_is_passed_over(separated):
    program, debug = separated
    objcopy(f"--add-gnu-debuglink={debug}", program)
    debug.write_text("not an ELF file")
    found = describe(program)
    assert not found["has_debug_file"] and not found["has_symbols"]


def build_id(program):
    notes = subprocess.run(["readelf", "-n", program], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    return found[1] if found else None


def test_a_debug_file_is_found_by_the_build_id(go_builds, tmp_path):
    program, debug = tmp_path / "server", tmp_path / "elsewhere"
    shutil.copy(go_builds.path("matrix", "newest", "plain"), program)
    objcopy("--only-keep-debug", program, debug)
    objcopy("--strip-all", program)
    identity = build_id(program)
    assert identity, "the newest Go gives its programs a build id"
    assert not describe(program)["has_debug_file"]
    place = Path("/usr/lib/debug/.build-id") / identity[:2] / f"{identity[2:]}.debug"
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy(debug, place)
        assert describe(program)["has_debug_file"]
    finally:
        place.unlink()


def test_what_a_debug_file_adds_is_told(separated):
    program, debug = separated
    objcopy(f"--add-gnu-debuglink={debug}", program)
    done = gotraced("--duration", "100ms", "--binary", program, "--func", "main.main")
    assert done.returncode == 0 and "with a separate debug file" in done.stderr


def test_a_program_shipped_with_compressed_debug_sections_is_read(go_builds, tmp_path):
    for how in ("none", "zlib-gnu", "zlib-gabi"):
        program = tmp_path / how
        objcopy(f"--compress-debug-sections={how}", go_builds.path("matrix", "1.24", "plain"), program)
        content = bytearray(program.read_bytes())
        name_newer_release(content)
        program.write_bytes(content)
        found = describe(program)
        assert found["goid_off"] == 160 and not found["is_assumed"], how


def test_a_release_older_than_known_is_refused(go_builds, tmp_path):
    def name_older_release(content):
        content[:] = bytes(content).replace(b"go1.19", b"go1.12")

    program = spoilt(go_builds.path("matrix", "1.19", "plain"), tmp_path, name_older_release)
    done = subprocess.run([DESCRIBE, program], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 1 and "go1.12" in done.stderr and "Go 1.15 and later" in done.stderr


def test_the_process_that_reads_dwarf_has_no_rights(go_builds, tmp_path):
    """Seen from outside by a tracer of its system calls: it gives them up before it reads the file."""
    program = go_builds.path("matrix", "newest", "plain")
    log = tmp_path / "calls"
    calls = "trace=pread64,setresuid,capset,prctl,close_range,prlimit64"
    argv = ["strace", "-f", "-o", log, "-e", calls, PLAIN_DESCRIBE, program]
    subprocess.run(argv, check=True, capture_output=True, timeout=TIMEOUT_S)
    of_child = [line.split(maxsplit=1)[1] for line in log.read_text().splitlines()]
    start = next(i for i, call in enumerate(of_child) if call.startswith("close_range"))
    until_read = []
    for call in of_child[start:]:
        if call.startswith("pread64"):
            break
        until_read.append(call)
    limits = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_NPROC")
    for wanted in ("setresuid(65534", "capset(", "PR_SET_NO_NEW_PRIVS", "PR_SET_PDEATHSIG", *limits):
        assert any(wanted in call and call.endswith("= 0") for call in until_read), wanted
