# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that are made to take for ever: whatever a file says, looking at it takes time in proportion to its size."""

import struct
import subprocess

import pytest
from tracing import GOTRACED

# Of a file of a few megabytes; gotraced needs well under a second for a sound one of fifty.
TIMEOUT_S = 10
PT_LOAD, PT_DYNAMIC, ET_DYN = 1, 2, 3
READ, WRITE = 4, 2
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")


class Program:
    """A real program without its sections, to add segments and bytes to."""

    def __init__(self, path):
        self.data = bytearray(path.read_bytes())
        self.header = list(HEADER.unpack_from(self.data))
        at, n = self.header[5], self.header[10]
        self.segments = [SEGMENT.unpack_from(self.data, at + i * SEGMENT.size) for i in range(n)]
        # No section headers.
        self.header[6] = self.header[11] = self.header[12] = self.header[13] = 0

    def append(self, data):
        at = len(self.data)
        self.data += data
        return at

    def load(self, flags, off, n_bytes, va, kind=PT_LOAD):
        return (kind, flags, off, va, va, n_bytes, n_bytes, 1)

    def plan(self, path, *options):
        self.data += bytes(-len(self.data) % 8)
        self.header[5] = self.append(b"".join(SEGMENT.pack(*segment) for segment in self.segments))
        self.header[10] = len(self.segments)
        HEADER.pack_into(self.data, 0, *self.header)
        path.write_bytes(self.data)
        command = [GOTRACED, "--binary", path, "--func", "main.main", "--plan", *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)


@pytest.fixture
def program(go_builds):
    return Program(go_builds.path("tiny", "newest", "stripped"))


def test_without_a_bomb_it_is_planned(program, tmp_path):
    done = program.plan(tmp_path / "program")
    assert done.returncode == 0, done.stderr


def test_very_many_segments_that_are_the_whole_file(program, tmp_path):
    program.append(bytes(4 << 20))
    n = len(program.data)
    bomb = [program.load(READ | WRITE, 0, n, (1 << 40) + i * n) for i in range(60000)]
    program.segments = bomb + program.segments
    done = program.plan(tmp_path / "program")
    assert done.returncode == 1 and "program headers" in done.stderr


def test_many_segments_that_are_the_whole_file(program, tmp_path):
    program.append(bytes(16 << 20))
    n = len(program.data)
    bomb = [program.load(READ | WRITE, 0, n, (1 << 40) + i * n) for i in range(100)]
    program.segments = bomb + program.segments
    assert program.plan(tmp_path / "program").returncode in (0, 1)


def test_a_segment_full_of_headers_of_function_tables(program, tmp_path):
    n = 4 << 20
    at = program.append(bytes.fromhex("f1ffffff00000108") * (n // 8))
    program.segments.insert(0, program.load(READ, at, n, 1 << 40))
    done = program.plan(tmp_path / "program")
    assert done.returncode == 0, done.stderr


def test_a_dynamic_segment_without_an_end(program, tmp_path):
    n = 8 << 20
    at = program.append(struct.pack("<QQ", 1, 0) * (n // 16))
    program.header[1] = ET_DYN
    program.segments += [program.load(READ, at, n, 1 << 40, PT_DYNAMIC)] * 100
    done = program.plan(tmp_path / "program")
    assert done.returncode == 1 and "shared library" in done.stderr


def test_very_many_symbols_of_one_very_long_name(program, tmp_path):
    n = 200_000
    names = program.append(b"\0" + b"x" * 16000 + b"\0.symtab\0")
    symbols = program.append(struct.pack("<IBBHQQ", 1, 0, 0, 1, 0, 0) * n)
    program.header[6] = program.append(
        SECTION.pack(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        + SECTION.pack(0, 3, 0, 0, names, 16011, 0, 0, 0, 0)
        + SECTION.pack(16002, 2, 0, 0, symbols, 24 * n, 1, 0, 0, 24)
    )
    program.header[11:14] = SECTION.size, 3, 1
    assert program.plan(tmp_path / "program").returncode == 0
