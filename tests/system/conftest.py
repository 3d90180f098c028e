from contextlib import ExitStack

import pytest
from nspawn import Container
from qemu import kernel_of
from systemd_guest import SystemdGuest


@pytest.fixture
def machines():
    """machines(machine) is the machine, ready for files to be added; at the test's end nothing of it is left."""
    with ExitStack() as stack:
        yield stack.enter_context


@pytest.fixture
def container(machines):
    """A machine on the kernel that runs here."""
    return machines(Container())


@pytest.fixture
def guest(machines):
    """A machine on Debian 13's kernel, and some ten times as slow."""
    return machines(SystemdGuest(kernel_of("trixie")))
