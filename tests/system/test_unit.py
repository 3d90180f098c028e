"""gotraced.service as it is installed, in a systemd of its own."""

import json

import pytest

OPTIONS = """GOTRACED_OPTIONS="--binary /usr/local/bin/load --func 'main.o*r' --format json"\n"""


def reports_in(journal, kind):
    reports = (json.loads(line) for line in journal.splitlines() if line.startswith('{"report"'))
    return [report for report in reports if report["report"] == kind]


def boot(machine, program):
    """Boots a machine that has gotraced as a service, and the program that it traces."""
    machine.install()
    machine.add(program, "/usr/local/bin/load")
    machine.write("/etc/default/gotraced", OPTIONS)
    machine.boot()


@pytest.mark.parametrize("kind", ["container", "guest"])
def test_it_reports_to_the_journal(kind, request, newest):
    machine = request.getfixturevalue(kind)
    boot(machine, newest("load"))
    machine.shell("systemd-run --unit=load /usr/local/bin/load 1000")
    machine.shell("systemctl start gotraced")
    machine.await_journal("gotraced", lambda said: "gotraced: tracing 1 function" in said)
    assert machine.property("gotraced", "ActiveState") == "active"

    def has_counted(said):
        machine.shell("systemctl kill --signal=USR1 gotraced")
        return any(report["calls"] for report in reports_in(said, "dump"))

    dumps = reports_in(machine.await_journal("gotraced", has_counted), "dump")
    assert {report["function"] for report in dumps} == {"main.outer"}
    machine.shell("systemctl stop gotraced")
    assert machine.property("gotraced", "ActiveState") == "inactive"
    assert machine.property("gotraced", "Result") == "success"
    (last,) = reports_in(machine.await_journal("gotraced", lambda said: reports_in(said, "final")), "final")
    assert last["function"] == "main.outer" and last["calls"] > 0
    # What was traced does not notice.
    assert machine.property("load", "ActiveState") == "active"
