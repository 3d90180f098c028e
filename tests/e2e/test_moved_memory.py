"""The kernel moves the memory of the traced program, which cannot be read by a probe's program while it does."""

import ctypes
import os
from pathlib import Path

from tracing import by_function, ends_of, func_options, ledger_of, map_elements, wait_until

HUGE_PAGE, PAGE = 2 << 20, 4096
SYS_PROCESS_MADVISE = 440
MADV_COLD, MADV_COLLAPSE = 20, 25


class Range(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def madvise(pidfd, start, length, advice):
    """Has the kernel do something with memory of another process."""
    one = Range(start, length)
    ctypes.CDLL(None).syscall(SYS_PROCESS_MADVISE, pidfd, ctypes.byref(one), ctypes.c_size_t(1), advice, 0)


def happened():
    """How often the kernel has made a huge page of small ones, and how often it has split one."""
    counts = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    return int(counts["thp_collapse_alloc"]), int(counts["thp_split_page"])


def move_goroutines(gotraced, program, at_least):
    """Merges and splits the pages of the goroutines that gotraced knows, until the program ends."""
    wait_until(lambda: len(map_elements(gotraced, "goroutines")) >= at_least, "goroutines have made calls")
    pages = {element["key"]["g"] & -HUGE_PAGE for element in map_elements(gotraced, "goroutines")}
    pidfd = os.pidfd_open(program.pid)
    before = happened()
    while program.poll() is None:
        for page in pages:
            madvise(pidfd, page, HUGE_PAGE, MADV_COLLAPSE)
            # A huge page of which a part is treated otherwise than the rest is split.
            madvise(pidfd, page + HUGE_PAGE - PAGE, PAGE, MADV_COLD)
    os.close(pidfd)
    merged, split = (now - then for now, then in zip(happened(), before))
    assert merged > 10 and split > 10


def test_calls_are_counted_while_the_kernel_merges_and_splits_huge_pages(tracer, start, newest):
    functions = ["main.hot", "main.warm", "main.deep", "main.outer"]
    gotraced = tracer("--binary", newest("load"), *func_options(functions))
    program = start(newest("load"), "4")
    move_goroutines(gotraced, program, at_least=4)
    ledger = ledger_of(program.stdout.read())
    assert ends_of(gotraced.finish()) == {
        function: {"returned": ledger[function], "unwound": 0, "in_flight": 0, "unmatched": 0} for function in functions
    }


def test_calls_on_new_goroutines_and_moving_stacks_are_counted_or_said_not_to_be(tracer, start, newest):
    """Of a goroutine out of reach nothing may be known yet, or no longer. Then it is not guessed."""
    gotraced = tracer("--binary", newest("fresh"), "--func", "main.outer", "--func", "main.inner")
    program = start(newest("fresh"), "4")
    move_goroutines(gotraced, program, at_least=4)
    ledger = ledger_of(program.stdout.read())
    for function, report in by_function(gotraced.finish()).items():
        assert report["calls"] + report["not_started"] == ledger[function]
        assert report["not_started"] < ledger[function] / 10
        assert report["unmatched"] == report["not_started"]
        assert report["unwound"] == report["in_flight"] == 0
