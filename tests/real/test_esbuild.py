"""esbuild as npm has it: static, stripped, and built with versions of Go that Debian has no toolchain of.

The last of the programs here has no .go.buildinfo that would name its version of Go.
"""

import pytest
from loopback import check_counts, fetched, free_address, listens, own_copy, send, serving, status

SERVE = "github.com/evanw/esbuild/pkg/api.(*apiHandler).ServeHTTP"
PROGRAMS = [
    ("1.16", "esbuild-linux-64", "0.9.7"),
    ("1.17", "esbuild-linux-64", "0.13.10"),
    ("1.18", "esbuild-linux-64", "0.14.38"),
    ("1.20", "@esbuild/linux-x64", "0.19.0"),
    ("1.26", "@esbuild/linux-x64", "0.28.2"),
]


@pytest.mark.parametrize("go_version, package, version", PROGRAMS, ids=[f"go{one[0]}" for one in PROGRAMS])
def test_its_calls_are_as_many_as_the_bundles_asked_for(go_version, package, version, tracer, links, tmp_path):
    shipped = f"{fetched('fetch-npm', package, version)}/bin/esbuild"
    (tmp_path / "part.ts").write_text("export const twice = (n: number): number => 2 * n\n")
    (tmp_path / "main.ts").write_text("import { twice } from './part'\nconsole.log(twice(21))\n")
    expected = [("/main.js", 200), ("/absent.js", 404)]
    address = free_address()

    def ask(i):
        path, answer = expected[i // 4 % len(expected)]
        assert status(f"http://{address}{path}") == answer, path

    options = ["main.ts", "--bundle", "--outdir=out", f"--serve={address}"]
    with own_copy(shipped) as binary, serving([binary, *options], lambda: listens(address), cwd=tmp_path) as process:
        gotraced = tracer("--binary", binary, "--func", SERVE, "--links", links)
        send(ask)
        check_counts(gotraced, SERVE, go_version)
        assert process.poll() is None
