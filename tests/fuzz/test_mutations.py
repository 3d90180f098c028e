# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged programs, many of them: tests/fuzz/mutations opens them, and aborts when one is taken wrongly."""

import json
import re
import subprocess

import pytest
from tracing import GOTRACED, ROOT

TIMEOUT_S = 300
SEED = 20


class Build:
    """A build of the program mutations. One with sanitizers is slower, and tries fewer."""

    def __init__(self, folder, is_sanitized):
        self.program = folder / "tests/fuzz/mutations"
        self.is_sanitized = is_sanitized

    def share(self, n):
        return n // 20 if self.is_sanitized else n

    def run(self, *arguments):
        done = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT_S
        )
        assert done.returncode == 0, (done.returncode, done.stderr)
        assert not done.stderr
        found = dict(re.findall(r"(\w+) (-?\d+)", done.stdout))
        found = {name: int(n) for name, n in found.items()}
        assert found["refused"] + found["opened"] == found["tried"]
        return found


BUILDS = {"as-tested": Build(GOTRACED.parent, False)}
# Where it has been built.
if (ROOT / "build/debug/tests/fuzz/mutations").exists():
    BUILDS["sanitized"] = Build(ROOT / "build/debug", True)


@pytest.fixture(params=BUILDS)
def mutations(request):
    return BUILDS[request.param]


@pytest.fixture
def tiny(go_builds):
    return go_builds.path("tiny", "newest", "stripped")


def memory_limit_kib(path):
    """Tables are read whole, and more than one of them; but not more than the file has, many times over."""
    return 8 * path.stat().st_size // 1024 + 4096


def test_made_up_programs_of_each_release(mutations):
    n = mutations.share(4000)
    found = mutations.run("images", n, SEED)
    # Some damage is in what is not read, and some only makes another program.
    assert found["opened"] > 26 * n / 20
    assert found["refused"] > 26 * n / 20
    assert found["sites"] > found["opened"]


def test_a_real_program_cut_off_anywhere(mutations, tiny):
    n_bytes = tiny.stat().st_size
    found = mutations.run("prefixes", tiny, 509 if mutations.is_sanitized else 1)
    assert found["opened"] == 1
    assert found["refused"] >= (64 << 10) + n_bytes // 509 - 1
    if not mutations.is_sanitized:
        assert found["refused"] == n_bytes
        assert found["grown"] < memory_limit_kib(tiny)


def test_a_real_program_damaged_at_random(mutations, tiny):
    n = mutations.share(10000)
    found = mutations.run("random", tiny, n, SEED)
    assert found["tried"] == n
    assert found["opened"] > n / 10
    assert found["refused"] > n / 10
    assert found["sites"] > found["opened"]
    if not mutations.is_sanitized:
        assert found["grown"] < memory_limit_kib(tiny)


@pytest.mark.parametrize("version", ["1.15", "newest"])
def test_a_real_program_with_damaged_dwarf(mutations, go_builds, version, tmp_path):
    """DWARF 4 and 5. What reads it may crash, but not gotraced; and what it has read is sound."""
    program = tmp_path / "program"
    whole = go_builds.path("signatures", version, "plain")
    subprocess.run(["objcopy", "--decompress-debug-sections", whole, program], check=True)
    n = mutations.share(500)
    found = mutations.run("dwarf", program, n, SEED)
    assert found["tried"] == n
    assert found["opened"] > n / 2
    # Of 64 functions each time.
    assert 64 * n / 10 < found["sites"] < 64 * n
    if not mutations.is_sanitized:
        assert found["grown"] < memory_limit_kib(program)


def test_what_is_planned_is_what_gotraced_plans(mutations, tiny):
    found = mutations.run("prefixes", tiny, 1 << 40)
    options = ("--binary", tiny, "--func", "*", "--max-functions", "100000", "--plan", "--format", "json")
    done = subprocess.run([GOTRACED, *options], capture_output=True, text=True, timeout=TIMEOUT_S)
    planned = [json.loads(line) for line in done.stdout.splitlines()]
    traced = [one for one in planned if "refused" not in one]
    # A RET at which calls of several functions end is one site.
    returns = {va for one in traced for va in one["return_vas"]}
    assert found["sites"] == len(traced) + len(returns) > 1000


def test_a_wrong_call_is_no_success(mutations):
    assert subprocess.run([mutations.program], capture_output=True, timeout=TIMEOUT_S).returncode == 2
