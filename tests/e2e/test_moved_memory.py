"""The kernel moves the memory of the traced program, which cannot be read by a probe's program while it does."""

import ctypes
import os

from tracing import ends_of, ledger_of, map_elements, wait_until

HUGE_PAGE, PAGE = 2 << 20, 4096
SYS_PROCESS_MADVISE = 440
MADV_COLD, MADV_COLLAPSE = 20, 25


class Range(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def madvise(pidfd, start, length, advice):
    """Has the kernel do something with memory of another process. False when it did not."""
    libc = ctypes.CDLL(None, use_errno=True)
    one = Range(start, length)
    done = libc.syscall(SYS_PROCESS_MADVISE, pidfd, ctypes.byref(one), ctypes.c_size_t(1), advice, 0)
    return done == length


def test_calls_are_counted_while_the_kernel_merges_and_splits_huge_pages(tracer, start, newest):
    gotraced = tracer("--binary", newest("load"), "--func", "main.*")
    program = start(newest("load"), "4")
    wait_until(lambda: map_elements(gotraced, "goroutines"), "a goroutine has made a call")
    pages = {element["key"]["g"] & -HUGE_PAGE for element in map_elements(gotraced, "goroutines")}
    pidfd = os.pidfd_open(program.pid)
    merged = split = 0
    while program.poll() is None:
        for page in pages:
            merged += madvise(pidfd, page, HUGE_PAGE, MADV_COLLAPSE)
            # A huge page of which a part is treated otherwise than the rest is split.
            split += madvise(pidfd, page + HUGE_PAGE - PAGE, PAGE, MADV_COLD)
    os.close(pidfd)
    assert merged > 10 and split > 10
    ledger = ledger_of(program.stdout.read())
    ends = ends_of(gotraced.finish())
    for function, calls in ledger.items():
        assert ends[function] == {"returned": calls, "unwound": 0, "in_flight": 0, "unmatched": 0}
