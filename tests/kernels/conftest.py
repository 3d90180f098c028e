import pytest
from guest import Guest
from qemu import kernel_of
from tracing import GOTRACED


@pytest.fixture
def guest():
    """guest(suite) makes a machine with the kernel of a Debian suite, and gotraced on it."""

    def make(suite):
        made = Guest(kernel_of(suite))
        made.add(GOTRACED, "gotraced")
        return made

    return make
