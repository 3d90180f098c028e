"""The direction of #includes: data travels from cli to report, and a folder knows only what stands before it."""

import re
import shutil
from pathlib import Path

import pytest
from tracing import ROOT

# Left to right as data travels; see README. A file may include its own folder and those to the left of it.
ORDER = ["cli", "go", "plan", "trace", "stats", "report", "daemon"]
# And not all of those: what measures knows nothing of the command line, what counts nothing of programs.
FORBIDDEN = {"go": {"cli"}, "plan": {"cli"}, "trace": {"cli"}, "stats": {"cli", "go", "plan", "trace"}, "report": {"cli"}}
FOR_ALL = {"reason.h", "gotraced"}
GENERATED = {"gotraced.skel.h"}
BPF_MAY = {"vmlinux.h", "gotraced"}
MAX_LINES = 400


def includes(path):
    return re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)


def wrong_in_src(top):
    for path in sorted((top / "src").rglob("*.[ch]")):
        folder = path.relative_to(top / "src").parts[0]
        for name in includes(path):
            other = name.split("/")[0]
            if other in FOR_ALL or name in GENERATED or folder == "main.c":
                continue
            if folder in ("reason.c", "reason.h"):
                yield f"{path.name} includes {name}"
            elif other not in ORDER or ORDER.index(other) > ORDER.index(folder):
                yield f"{folder}/{path.name} includes {name}, which comes after it"
            elif other in FORBIDDEN.get(folder, set()):
                yield f"{folder}/{path.name} includes {name}, of which it must not know"


def wrong_at_the_boundary(top):
    for path in sorted((top / "include").rglob("*.h")):
        for name in includes(path):
            if name.split("/")[0] not in BPF_MAY:
                yield f"include/{path.name} includes {name}"
    for path in sorted((top / "bpf").iterdir()):
        for name in includes(path):
            if name.split("/")[0] not in BPF_MAY and not (top / "bpf" / name).exists():
                yield f"bpf/{path.name} includes {name}"


def test_run_one_way():
    assert not list(wrong_in_src(ROOT))
    assert not list(wrong_at_the_boundary(ROOT))


@pytest.mark.parametrize(
    "path, name",
    [
        ("src/stats/stats.c", "report/report.h"),
        ("src/go/binary.c", "plan/plan.h"),
        ("src/stats/stats.c", "trace/tracer.h"),
        ("src/trace/tracer.c", "cli/options.h"),
        ("src/reason.c", "go/span.h"),
        ("include/gotraced/record.h", "go/span.h"),
        ("bpf/frames.bpf.h", "trace/tracer.h"),
    ],
)
def test_that_ran_back_would_be_found(tmp_path, path, name):
    for folder in ("src", "include", "bpf"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    wrong = tmp_path / path
    wrong.write_text(f'#include "{name}"\n' + wrong.read_text())
    found = [*wrong_in_src(tmp_path), *wrong_at_the_boundary(tmp_path)]
    assert len(found) == 1 and Path(path).name in found[0] and name in found[0]


def test_no_file_is_too_long_to_read_at_a_sitting():
    sources = [path for folder in ("src", "include", "bpf", "vmlinux") for path in (ROOT / folder).rglob("*.[ch]")]
    assert sources
    assert not [f"{path.name}: {n}" for path in sources if (n := len(path.read_text().splitlines())) > MAX_LINES]
