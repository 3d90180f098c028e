"""esbuild as npm has it: static, stripped, and built with versions of Go that Debian has no toolchain of.

The last of the programs here has no .go.buildinfo that would name its version of Go.
"""

import struct
import subprocess

import pytest
from building import NEWEST_GO, fetched, source_lines
from loopback import check_counts, free_address, listens, own_copy, send, serving, status

SERVE = "github.com/evanw/esbuild/pkg/api.(*apiHandler).ServeHTTP"
PROGRAMS = [
    ("1.16", "esbuild-linux-64", "0.9.7"),
    ("1.17", "esbuild-linux-64", "0.13.10"),
    ("1.18", "esbuild-linux-64", "0.14.38"),
    ("1.20", "@esbuild/linux-x64", "0.19.0"),
    ("1.26", "@esbuild/linux-x64", "0.28.2"),
]


programs = pytest.mark.parametrize("go_version, package, version", PROGRAMS, ids=[f"go{one[0]}" for one in PROGRAMS])


def shipped(package, version):
    return f"{fetched('fetch-npm', package, version)}/bin/esbuild"


@programs
def test_its_calls_are_as_many_as_the_bundles_asked_for(go_version, package, version, tracer, links, tmp_path):
    (tmp_path / "part.ts").write_text("export const twice = (n: number): number => 2 * n\n")
    (tmp_path / "main.ts").write_text("import { twice } from './part'\nconsole.log(twice(21))\n")
    expected = [("/main.js", 200), ("/absent.js", 404)]
    address = free_address()

    def ask(i):
        path, answer = expected[i // 4 % len(expected)]
        assert status(f"http://{address}{path}") == answer, path

    options = ["main.ts", "--bundle", "--outdir=out", f"--serve={address}"]
    with own_copy(shipped(package, version)) as binary, serving([binary, *options], lambda: listens(address), cwd=tmp_path) as process:
        gotraced = tracer("--binary", binary, "--func", SERVE, "--links", links)
        send(ask)
        check_counts(gotraced, SERVE, go_version)
        assert process.poll() is None


@programs
def test_its_functions_begin_where_addr2line_says(go_version, package, version, go_builds, look):
    """The program's own Go is not at hand, but a newer one can read it."""
    program = shipped(package, version)
    read = {}
    for line in look("frames", program, str(1 << 40)).splitlines():
        pc, _, file, number, _ = line.split("\t")
        read.setdefault(int(pc) - 1, f"{file}:{number}")
    said = source_lines(go_builds.goroot(NEWEST_GO), program, read)
    assert sum(line != "?:0" for line in said) > 6000
    assert [pair for pair in zip(read.values(), said, strict=True) if pair[0] != pair[1]] == []


@programs
def test_its_types_are_in_the_order_of_their_names(go_version, package, version, look, tmp_path):
    """The linker sorts a list of those that reflection may be asked for by name."""
    program, links = shipped(package, version), tmp_path / "typelink"
    argv = ["objcopy", f"--dump-section=.typelink={links}", program, tmp_path / "copy"]
    subprocess.run(argv, check=True)
    offsets = [off for (off,) in struct.iter_unpack("<I", links.read_bytes())]
    names = [line.split("\t")[1] for line in look("types", program, "links", addresses=offsets).splitlines()]
    assert len(names) == len(offsets) > 1000
    assert names == sorted(names, key=str.encode)
