# SPDX-License-Identifier: GPL-2.0-or-later
"""The shape of the source tree: which folder may include which, and how long files and functions get."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A folder of src/ may include itself and what stands to its left.
CHAIN = [
    "expr", "cli", "go", "plan", "value", "trace", "stats", "report", "emit", "live", "daemon", "main.c"
]  # fmt: skip
# And yet not these.
FORBIDDEN = {
    "go": {"cli", "expr"},
    "plan": {"cli", "expr"},
    "value": {"cli"},
    "trace": {"cli", "expr"},
    "stats": {"expr", "cli", "go", "plan", "value", "trace"},
    "report": {"cli"},
    "emit": {"cli", "trace", "stats"},
    "live": {"cli", "emit"},
}
FOR_ALL = {"reason.h"}
GENERATED = {"gotraced.skel.h": "trace"}

MAX_FILE_LINES = 400
# The aim is 40; what a switch over all options takes is the most there is.
MAX_FUNCTION_LINES = 65

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
FOLDERS = ("src", "include", "bpf", "vmlinux")


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]")):
            yield path


def includes(path):
    """(line number, is it in quotes, what is included)"""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def objection_in_src(path, included, root):
    """What is wrong with an #include "…" of a file in src/, or None."""
    folder = path.relative_to(root / "src").parts[0]
    target = Path(included).parts[0]
    if included in FOR_ALL or target == "gotraced":
        return None
    if included in GENERATED:
        return None if folder == GENERATED[included] else f"only {GENERATED[included]}/ may"
    if folder not in CHAIN:
        # src/reason.c, which all others stand on
        return "it stands below all folders"
    if target not in CHAIN:
        return f"it stands in no known folder; name files from src/, as in {folder}/{included}"
    if CHAIN.index(target) > CHAIN.index(folder):
        return f"{target} stands above {folder}"
    if target in FORBIDDEN.get(folder, ()):
        return f"{folder} is to know nothing of {target}"
    if not (root / "src" / included).is_file():
        return "there is no such file"
    return None


def objection_in_shared(path, is_quoted, included, root):
    """The same for include/gotraced and bpf/, which see neither src/ nor the C library."""
    is_bpf = path.is_relative_to(root / "bpf")
    if included == "vmlinux.h" or included.startswith("gotraced/"):
        return None
    if is_bpf and is_quoted and (root / "bpf" / included).is_file():
        return None
    if is_bpf and not is_quoted and included.startswith("bpf/"):
        return None
    # The kernel's own names of fixed-width types, for the user space side.
    if not is_bpf and included == "linux/types.h":
        return None
    return "both sides of the kernel boundary know only include/gotraced"


def objections(root):
    found = []
    for path in sources(root):
        is_src = path.is_relative_to(root / "src")
        for number, is_quoted, included in includes(path):
            if not is_src:
                why = objection_in_shared(path, is_quoted, included, root)
            elif is_quoted:
                why = objection_in_src(path, included, root)
            else:
                continue
            if why:
                found.append(f"{path.relative_to(root)}:{number}: includes {included}: {why}")
    return found


def long_files(root):
    for path in sources(root):
        n_lines = len(path.read_text().splitlines())
        if n_lines > MAX_FILE_LINES:
            yield f"{path.relative_to(root)}: {n_lines} lines"


def long_functions(root):
    """A body stands between braces of their own in the first column, by the style of the project."""
    for path in sources(root):
        lines = path.read_text().splitlines()
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start - 1 > MAX_FUNCTION_LINES:
                    yield f"{path.relative_to(root)}:{start}: {number - start - 1} lines"
                start = None


def test_includes_run_one_way():
    assert objections(ROOT) == []


def test_sources_are_found():
    assert len(list(sources(ROOT))) > 40
    assert any(included == "plan/plan.h" for path in sources(ROOT) for _, _, included in includes(path))


def test_no_file_is_long():
    assert list(long_files(ROOT)) == []


def test_no_function_is_long():
    assert list(long_functions(ROOT)) == []


@pytest.fixture
def copy(tmp_path):
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def plant(path, line):
    path.write_text(line + "\n" + path.read_text())


@pytest.mark.parametrize(
    "path, line",
    [
        ("src/stats/stats.h", '#include "report/report.h"'),
        ("src/stats/stats.c", '#include "trace/tracer.h"'),
        ("src/stats/stats.c", '#include "plan/plan.h"'),
        ("src/stats/stats.c", '#include "go/binary.h"'),
        ("src/trace/links.c", '#include "cli/options.h"'),
        ("src/trace/tracer.c", '#include "stats/stats.h"'),
        ("src/go/binary.c", '#  include "plan/plan.h"'),
        ("src/plan/plan.c", '#include "cli/options.h"'),
        ("src/report/json.c", '#include "cli/options.h"'),
        ("src/cli/options.c", '#include "daemon/run.h"'),
        ("src/report/text.c", '#include "daemon/say.h"'),
        ("src/reason.c", '#include "go/binary.h"'),
        ("src/plan/plan.c", '#include "gotraced.skel.h"'),
        ("src/plan/plan.c", '#include "code.h"'),
        ("src/plan/plan.c", '#include "../daemon/run.h"'),
        ("src/plan/plan.c", '#include "go/nothing.h"'),
        ("include/gotraced/cookie.h", '#include "go/binary.h"'),
        ("include/gotraced/cookie.h", "#include <stdint.h>"),
        ("bpf/frames.bpf.h", '#include "stats/histogram.h"'),
        ("bpf/gotraced.bpf.c", "#include <linux/bpf.h>"),
    ],
)
def test_a_wrong_arrow_is_noticed(copy, path, line):
    before = objections(copy)
    plant(copy / path, line)
    planted = [objection for objection in objections(copy) if objection.startswith(f"{path}:1: ")]
    assert before == [] and len(planted) == 1


@pytest.mark.parametrize(
    "path, line",
    [
        ("src/daemon/run.c", '#include "stats/stats.h"'),
        ("src/report/text.c", '#include "go/binary.h"'),
        ("src/plan/plan.c", '#include "reason.h"'),
        ("src/cli/options.c", '#include "gotraced/bucket.h"'),
        ("src/cli/options.c", "#include <stdint.h>"),
        ("bpf/frames.bpf.h", '#include "gotraced/bucket.h"'),
    ],
)
def test_a_right_arrow_is_left_alone(copy, path, line):
    plant(copy / path, line)
    assert objections(copy) == []


def test_a_long_file_is_noticed(copy):
    path = copy / "src/go/version.c"
    path.write_text(path.read_text() + "\n" * MAX_FILE_LINES)
    assert [found.split(":")[0] for found in long_files(copy)] == ["src/go/version.c"]


def test_a_long_function_is_noticed(copy):
    path = copy / "src/go/version.c"
    body = "\tn++;\n" * (MAX_FUNCTION_LINES + 1)
    path.write_text(path.read_text() + "\nvoid long_one(int n)\n{\n" + body + "}\n")
    assert [found.split(":")[0] for found in long_functions(copy)] == ["src/go/version.c"]
