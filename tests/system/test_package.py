"""Debian's package: what is in it, and what dpkg makes of a machine with it."""

import gzip
import shutil
import subprocess

import pytest
from test_unit import CONFIG, await_property, configure, dump, entries
from tracing import GOTRACED, ROOT, TIMEOUT_S, wait_until

DEB = "/root/gotraced.deb"
# The machine has the libraries as files, not as packages. Its dpkg leaves out manual pages and documentation.
DPKG = "dpkg --force-depends --path-include='/usr/share/*'"


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """Made from what is built."""
    folder = tmp_path_factory.mktemp("package")
    argv = ["cpack", "-G", "DEB", "--config", GOTRACED.parent / "CPackConfig.cmake", "-B", folder]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, timeout=TIMEOUT_S)
    (deb,) = folder.glob("*.deb")
    return deb


def shown(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="session")
def unpacked(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["dpkg", "-x", package, folder], check=True)
    return folder


def files(machine):
    """All that a machine has of gotraced; systemd and the test's own files are left out."""
    found = machine.shell("find / /run -xdev -name '*gotraced*' ! -path '/root/*' ! -path '/run/systemd/*'")
    return sorted(set(found.splitlines()))


@pytest.fixture
def machine(container, package, newest):
    """One that has the package's file, what it depends on, and the program that will be traced."""
    shutil.copy(package, container.place(DEB))
    container.add_libraries(GOTRACED)
    container.add(newest("load"), "/usr/local/bin/load")
    container.boot()
    container.shell("systemd-run --unit=load /usr/local/bin/load 1000")
    return container


def install(machine):
    machine.shell(f"{DPKG} -i {DEB}")


def start(machine, name, unit, program):
    """Enabled and running, by a configuration of its own."""
    configure(machine, CONFIG.format(function="main.outer").replace("bin/load", f"bin/{program}"), name)
    machine.shell(f"systemctl enable --now {unit}")
    assert machine.property(unit, "ActiveState") == "active"


def test_its_name_says_what_it_is(package):
    version = shown(GOTRACED, "--version").split()[1]
    assert package.name == f"gotraced_{version}_amd64.deb"
    assert shown("dpkg-deb", "--field", package, "Package", "Version").split()[1::2] == ["gotraced", version]


def test_it_depends_on_what_it_is_linked_to(package):
    depends = shown("dpkg-deb", "--field", package, "Depends")
    assert "libbpf1 (>= 1:1.3" in depends and "libc6" in depends
    # Where it was built, nothing is missing.
    subprocess.run(["dpkg", "--simulate", "-i", package], check=True, stdout=subprocess.DEVNULL)


def test_what_policy_wants_is_there(unpacked):
    manual = gzip.decompress((unpacked / "usr/share/man/man1/gotraced.1.gz").read_bytes())
    assert b".Dt GOTRACED 1" in manual
    folder = unpacked / "usr/share/doc/gotraced"
    documents = {path.name for path in folder.iterdir()}
    assert documents >= {"changelog.gz", "copyright", "example.conf", "perf-events.conf", "report.schema.json"}
    assert {path.name for path in (folder / "guide").iterdir()} == {path.name for path in (ROOT / "docs").iterdir()}
    assert (unpacked / "usr/share/bash-completion/completions/gotraced").is_file()
    assert (unpacked / "usr/share/zsh/vendor-completions/_gotraced").is_file()
    for unit in ("gotraced", "gotraced@"):
        text = (unpacked / f"usr/lib/systemd/system/{unit}.service").read_text()
        assert "\nExecStart=/usr/bin/gotraced --config /etc/gotraced/" in text


UNITS = ("gotraced", "gotraced@one")


def test_its_life(machine):
    before = files(machine)

    # Installed, it waits for a configuration.
    install(machine)
    machine.shell("gotraced --version && dpkg --verify gotraced && test -d /etc/gotraced && ! systemctl is-enabled gotraced")
    assert [machine.property(unit, "ActiveState") for unit in UNITS] == ["inactive"] * 2
    machine.shell("cp /usr/local/bin/load /usr/local/bin/other")
    start(machine, "gotraced", "gotraced", "load")
    start(machine, "one", "gotraced@one", "other")
    wait_until(lambda: int(dump(machine)["GOTRACED_COUNT"]) > 0, "calls are counted")

    # An upgrade starts what runs anew.
    pids = [machine.property(unit, "MainPID") for unit in UNITS]
    install(machine)
    for unit, pid in zip(UNITS, pids):
        await_property(machine, unit, "ActiveState", "active")
        assert machine.property(unit, "MainPID") not in (pid, "0")
    assert entries(machine, GOTRACED_REPORT="final")

    # Removed, it stops, and what was traced does not notice.
    machine.shell(f"{DPKG} --remove gotraced")
    for unit in UNITS:
        assert machine.property(unit, "ActiveState") == "inactive"
        assert machine.property(unit, "LoadState") == "not-found"
    assert machine.property("load", "ActiveState") == "active"
    machine.shell("test ! -e /usr/bin/gotraced && test -d /var/log/private/gotraced && test -L /var/log/gotraced")

    # Purged, it leaves nothing but the configurations, which are not its own.
    machine.shell(f"{DPKG} --purge gotraced")
    configurations = ["/etc/gotraced/gotraced.conf", "/etc/gotraced/one.conf"]
    assert machine.shell("ls /etc/gotraced/*").split() == configurations
    assert files(machine) == sorted([*before, "/etc/gotraced", configurations[0]])


def test_purged_without_a_configuration_it_leaves_nothing(machine):
    before = files(machine)
    install(machine)
    machine.shell(f"{DPKG} --purge gotraced")
    assert files(machine) == before


def test_what_does_not_run_is_not_started(machine):
    """By an upgrade: neither what was stopped, nor anything where the administrator forbids it."""
    install(machine)
    start(machine, "gotraced", "gotraced", "load")
    machine.shell("systemctl stop gotraced")
    install(machine)
    assert machine.property("gotraced", "ActiveState") == "inactive"
    machine.shell("systemctl start gotraced")
    pid = machine.property("gotraced", "MainPID")
    machine.shell("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d")
    install(machine)
    assert machine.property("gotraced", "MainPID") == pid
