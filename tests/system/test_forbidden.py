"""What a unit's settings may forbid, of which gotraced must say that it is missing."""

import pytest


@pytest.mark.parametrize(
    "setting, expected",
    [
        (
            "SystemCallFilter=~bpf",
            "not permitted although the capabilities are there: a container's seccomp filter, "
            "kernel lockdown or a security module forbids BPF here",
        ),
        ("CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_PERFMON", "not permitted: missing CAP_PERFMON; "),
    ],
    ids=["system call", "capability"],
)
def test_it_is_named(setting, expected, container, newest):
    container.install()
    container.add(newest("load"), "/usr/local/bin/load")
    container.boot()
    settings = f"--property='{setting}' --property=SystemCallErrorNumber=EPERM"
    status, output = container.run(
        f"systemd-run --quiet --wait --pipe {settings} /usr/local/bin/gotraced --func main.outer -- /usr/local/bin/load"
    )
    assert status == 1, output
    (line,) = output.splitlines()
    assert line.startswith(f"gotraced: {expected}")
