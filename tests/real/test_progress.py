"""What takes long is told to whoever sits at a terminal, and to nobody else."""

import os
import pty
import subprocess

import pytest
from building import fetched
from tracing import GOTRACED, TIMEOUT_S

TOLD = "planning where to probe"


@pytest.fixture(scope="module")
def argv():
    """Takes some seconds: there are more than 100 000 functions."""
    binary = fetched("fetch-package", "trixie", "prometheus") + "/usr/bin/prometheus"
    return [GOTRACED, "--binary", binary, "--plan", "--summary"]


def said_at_a_terminal(argv):
    ours, its = pty.openpty()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=its, timeout=TIMEOUT_S, check=True)
    os.close(its)
    try:
        return os.read(ours, 1 << 16).decode()
    except OSError:  # there was nothing
        return ""
    finally:
        os.close(ours)


def test_at_a_terminal_it_is_told_and_wiped_out_again(argv):
    said = said_at_a_terminal(argv)
    assert TOLD in said and said.endswith("\r\033[K")


def test_what_is_quick_is_not_told(argv):
    assert said_at_a_terminal([GOTRACED, "--binary", "/proc/self/exe", "--version"]) == ""


def test_elsewhere_it_is_not_told(argv):
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert not done.stderr
