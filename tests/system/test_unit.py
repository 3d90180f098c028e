"""gotraced as a service: as it is installed, in a systemd of its own."""

import json
import subprocess
import time

import pytest
from machine import TIMEOUT_S
from tracing import GOTRACED, wait_until

CONFIG = """[target load]
binary = /usr/local/bin/load
func = {function}
label = team=platform
[output]
format = journal
"""


# Goroutines within a call at one time, more than fit into the memory of a small service.
CROWD = 150000


def configure(machine, text, name="gotraced"):
    machine.shell(f"cat >/etc/gotraced/{name}.conf <<'END'\n{text}END")


def boot(machine, program):
    """Boots a machine that has gotraced, a configuration, and the program that it traces."""
    machine.install()
    machine.add(program, "/usr/local/bin/load")
    machine.boot()
    configure(machine, CONFIG.format(function="main.outer"))


def entries(machine, unit="gotraced", **fields):
    """The entries with these fields that a unit has made in the journal."""
    # What it says of a file that is just being made is no entry.
    shown = machine.shell(f"journalctl --unit={unit} --output=json --no-pager --quiet 2>/dev/null")
    found = (json.loads(line) for line in shown.splitlines())
    return [entry for entry in found if all(entry.get(name) == value for name, value in fields.items())]


def dump(machine, unit="gotraced", signal="USR1"):
    """The entry on main.outer of a report that a signal asks for."""
    fields = {"GOTRACED_REPORT": "dump", "GOTRACED_FUNCTION": "main.outer"}
    before = len(entries(machine, unit, **fields))
    machine.shell(f"systemctl kill --kill-who=main --signal={signal} {unit}")
    wait_until(lambda: len(entries(machine, unit, **fields)) > before, f"{signal} is answered")
    return entries(machine, unit, **fields)[-1]


def await_property(machine, unit, name, value):
    wait_until(lambda: machine.property(unit, name) == value, f"{name} of {unit} is {value}")


def capabilities(machine, which):
    pid = machine.property("gotraced", "MainPID")
    shown = machine.shell(f"grep '^{which}:' /proc/{pid}/status")
    return int(shown.split()[1], 16)


def see_its_life(machine):
    machine.shell("systemd-run --unit=load /usr/local/bin/load 1000")

    # It is active once it traces, and says what.
    machine.shell("systemctl start gotraced")
    assert machine.property("gotraced", "ActiveState") == "active"
    assert "gotraced: tracing" not in machine.journal("gotraced")
    assert "tracing 1 function of /usr/local/bin/load" in machine.journal("gotraced")
    assert machine.property("gotraced", "StatusText") == "tracing 1 function of load"

    # Its figures are in fields.
    wait_until(lambda: int(dump(machine)["GOTRACED_COUNT"]) > 0, "calls are counted")
    entry = dump(machine)
    assert entry["GOTRACED_FUNCTION"] == "main.outer" and entry["GOTRACED_TARGET"] == "load"
    assert entry["GOTRACED_LABEL_TEAM"] == "platform" and entry["PRIORITY"] == "6"
    times = [int(entry[f"GOTRACED_{name}_NS"]) for name in ("MIN", "P50", "P90", "P99", "P999", "MAX")]
    assert times == sorted(times) and times[0] > 0
    assert entry["MESSAGE"].startswith("main.outer: ")

    # It reads its configuration again, and goes on.
    configure(machine, CONFIG.format(function="main.outer\nfunc = main.warm"))
    machine.shell("systemctl reload gotraced")
    await_property(machine, "gotraced", "StatusText", "tracing 2 functions of load")
    assert int(dump(machine)["GOTRACED_COUNT"]) >= int(entry["GOTRACED_COUNT"])
    configure(machine, "nonsense\n")
    machine.shell("systemctl reload gotraced")
    machine.await_journal("gotraced", lambda said: "all stays as it was" in said)
    assert entries(machine, PRIORITY="4")
    await_property(machine, "gotraced", "ActiveState", "active")
    assert machine.property("gotraced", "StatusText") == "tracing 2 functions of load"

    configure(machine, CONFIG.format(function="main.outer"))

    # It stops with a last report, and what was traced does not notice.
    machine.shell("systemctl stop gotraced")
    assert machine.property("gotraced", "Result") == "success"
    assert entries(machine, GOTRACED_REPORT="final", GOTRACED_FUNCTION="main.outer")
    assert machine.property("load", "ActiveState") == "active"


def see_the_watchdog(machine):
    """One that hangs is ended, and started anew; one that is well is let be."""
    machine.shell(
        "mkdir -p /etc/systemd/system/gotraced.service.d;"
        "printf '[Service]\\nWatchdogSec=3\\nRestartSec=1\\n' >/etc/systemd/system/gotraced.service.d/watchdog.conf;"
        "systemctl daemon-reload; systemctl start gotraced"
    )
    pid = machine.property("gotraced", "MainPID")
    time.sleep(5)
    assert machine.property("gotraced", "MainPID") == pid
    machine.shell(f"kill -STOP {pid}")
    wait_until(lambda: machine.property("gotraced", "NRestarts") == "1", "it is started anew")
    await_property(machine, "gotraced", "ActiveState", "active")
    assert "Watchdog timeout" in machine.shell("journalctl --unit=gotraced --no-pager --quiet")
    machine.shell("systemctl stop gotraced")


def see_clock_jumps(machine):
    """The clock on the wall is not what is measured by."""
    configure(machine, CONFIG.format(function="main.outer") + "interval = 1\n")
    machine.shell("systemctl start gotraced")
    for jump in ("+3 days", "-6 days"):
        before = len(entries(machine, GOTRACED_REPORT="interval"))
        machine.shell(f"date --set='{jump}'")
        wait_until(lambda: len(entries(machine, GOTRACED_REPORT="interval")) >= before + 3, "intervals go on")
        seconds = [float(entry["GOTRACED_SECONDS"]) for entry in entries(machine, GOTRACED_REPORT="interval")[before:]]
        assert all(0.1 < each < 10 for each in seconds), seconds
    machine.shell("systemctl stop gotraced load")


def see_want_of_memory(machine):
    """It is not the kernel's to end the service, but calls are not noted for which there is no room."""
    configure(machine, CONFIG.format(function="main.stand").replace("bin/load", "bin/crowd"), "crowd")
    machine.shell("systemctl set-property --runtime gotraced@crowd MemoryMax=80M; systemctl start gotraced@crowd")
    assert "there is memory for 80 MB in all" in machine.journal("gotraced@crowd")
    machine.shell(f"/usr/local/bin/crowd {CROWD}", timeout_s=300)
    machine.shell("systemctl stop gotraced@crowd")
    (final,) = entries(machine, "gotraced@crowd", GOTRACED_REPORT="final")
    assert int(final["GOTRACED_NOT_STARTED"]) > 0
    assert int(final["GOTRACED_COUNT"]) + int(final["GOTRACED_NOT_STARTED"]) == CROWD
    assert machine.property("gotraced@crowd", "NRestarts") == "0"
    assert machine.property("gotraced@crowd", "Result") == "success"


def test_in_a_container_on_this_kernel(container, newest):
    boot(container, newest("load"))
    see_its_life(container)
    see_the_watchdog(container)


def test_on_another_kernel_that_systemd_has_booted(guest, newest):
    """One after the other, since it is slow there. The clock and the memory are the machine's own."""
    guest.add(newest("crowd"), "/usr/local/bin/crowd")
    boot(guest, newest("load"))
    see_its_life(guest)
    see_the_watchdog(guest)
    see_clock_jumps(guest)
    see_want_of_memory(guest)


def test_one_that_is_killed_is_started_anew(container, newest):
    boot(container, newest("load"))
    container.shell("systemd-run --unit=load /usr/local/bin/load 1000; systemctl start gotraced")
    container.shell("systemctl kill --kill-who=main --signal=KILL gotraced")
    wait_until(lambda: container.property("gotraced", "NRestarts") == "1", "it is started anew")
    await_property(container, "gotraced", "ActiveState", "active")
    wait_until(lambda: int(dump(container)["GOTRACED_COUNT"]) > 0, "calls are counted")
    assert container.property("load", "ActiveState") == "active"


def test_a_wrong_configuration_is_an_error_of_the_start(container, newest):
    boot(container, newest("load"))
    configure(container, "nonsense\n")
    status, _ = container.run("systemctl start gotraced")
    assert status == 1
    # It is not tried again and again.
    await_property(container, "gotraced", "ActiveState", "failed")
    assert container.property("gotraced", "NRestarts") == "0"
    assert container.property("gotraced", "ExecMainStatus") == "2"
    assert "/etc/gotraced/gotraced.conf:1: this is neither" in container.journal("gotraced")


def test_instances_have_a_configuration_each(container, newest):
    boot(container, newest("load"))
    container.shell("cp /usr/local/bin/load /usr/local/bin/other")
    for name, program in (("one", "load"), ("two", "other")):
        configure(container, CONFIG.format(function="main.outer").replace("bin/load", f"bin/{program}"), name)
    container.shell("systemctl start gotraced@one gotraced@two; /usr/local/bin/load 1; /usr/local/bin/other 1")
    counts = [int(dump(container, f"gotraced@{name}")["GOTRACED_COUNT"]) for name in ("one", "two")]
    assert all(counts)
    container.shell("systemctl stop gotraced@one")
    assert container.property("gotraced@two", "ActiveState") == "active"


def test_it_has_few_rights(container, newest):
    """Not those of root, nor more capabilities than it needs; the program's file may all the same be its owner's alone."""
    boot(container, newest("load"))
    container.shell("chmod 700 /usr/local/bin/load; systemctl start gotraced; /usr/local/bin/load 1")
    pid = container.property("gotraced", "MainPID")
    (uids,) = container.shell(f"grep ^Uid: /proc/{pid}/status").splitlines()
    assert "0" not in uids.split()[1:]
    bpf, perfmon, ptrace, read_search = 39, 38, 19, 2
    allowed = sum(1 << capability for capability in (bpf, perfmon, ptrace, read_search))
    assert capabilities(container, "CapPrm") == allowed and capabilities(container, "CapAmb") == 0
    assert int(dump(container)["GOTRACED_COUNT"]) > 0
    status, _ = container.run(f"grep -q '^Seccomp:[[:space:]]*2$' /proc/{pid}/status")
    assert status == 0


def test_reports_go_to_its_log_folder(container, newest):
    boot(container, newest("load"))
    text = CONFIG.format(function="main.outer").replace("format = journal", "format = json\noutput = /var/log/gotraced/load.json")
    configure(container, text)
    container.shell("systemctl start gotraced; /usr/local/bin/load 1; systemctl stop gotraced")
    lines = container.shell("cat /var/log/gotraced/load.json").splitlines()
    assert json.loads(lines[-1])["calls"] > 0


def test_a_program_that_is_replaced_is_followed(container, newest):
    boot(container, newest("load"))
    container.shell("systemctl start gotraced; cp /usr/local/bin/load /usr/local/bin/.new")
    container.shell("mv /usr/local/bin/.new /usr/local/bin/load")
    container.await_journal("gotraced", lambda said: "is another build now" in said)
    container.shell("sleep 0.5; /usr/local/bin/load 1")
    assert int(dump(container)["GOTRACED_COUNT"]) > 0


@pytest.fixture
def units(tmp_path):
    """The units as they are installed, but of a program that is there."""
    built = GOTRACED.parent
    for name in ("gotraced.service", "gotraced@.service"):
        text = (built / name).read_text()
        line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
        (tmp_path / name).write_text(text.replace(line.split()[0], f"ExecStart={GOTRACED}"))
    return tmp_path


def test_systemd_finds_nothing_wrong_with_the_units(units):
    argv = ["systemd-analyze", "verify", "--man=no", units / "gotraced.service", units / "gotraced@x.service"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_the_units_are_hardened(units):
    argv = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", units / "gotraced.service"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stdout
