"""Where gotraced cannot trace, it says why, and does not start the command."""

import pytest
from sections import parts, section

# A user of no account, and root with no capabilities but those that are named.
NOBODY = "/setpriv --reuid 65534 --regid 65534 --clear-groups"
ROOT_WITH = "/setpriv --bounding-set -all"

ADVICE = "run gotraced as root, or grant what is missing"


@pytest.fixture
def ask(guest, newest):
    """ask(suite, cases) boots the suite's kernel and has gotraced trace a command there, once for each case.

    A case is what to put before gotraced's command line, and commands to run first. Gives back what was said, and the
    exit status, by the name of the case.
    """

    def asked(suite, cases, arguments=""):
        machine = guest(suite)
        machine.add("/usr/bin/setpriv", "setpriv")
        machine.add(newest("assembly"), "assembly")
        script = "chmod 755 /\n"
        for name, (prefix, *before) in cases.items():
            script += section(name, *before, f"{prefix} /gotraced --func main.bare -- /assembly </dev/null 2>&1")
        status, output = machine.run(script, arguments=arguments)
        assert status == 0
        found = parts(output)
        assert list(found) == list(cases)
        return found

    return asked


def is_traced(text, status):
    return status == 0 and "gotraced: tracing 1 function" in text and '{"main.' in text


def refusal(text, status):
    """What is said, in a line, of why nothing is traced."""
    assert status == 1 and '{"main.' not in text, text
    (line,) = text.splitlines()
    return line.removeprefix("gotraced: ")


def test_a_kernel_that_is_too_old(ask):
    said = refusal(*ask("bullseye", {"5.10": ("",)})["5.10"])
    assert said.startswith("kernel 5.10.")
    assert said.endswith(" is too old: gotraced needs 5.15 or newer, for uprobes with cookies")


def test_what_is_missing_for_uprobe_multi_links(ask):
    found = ask(
        "trixie",
        {
            "nobody": (NOBODY,),
            "bpf": (f"{ROOT_WITH},+bpf",),
            "perfmon": (f"{ROOT_WITH},+perfmon",),
            "both": (f"{ROOT_WITH},+bpf,+perfmon",),
            "nobody_with_both": (f"{NOBODY} --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon",),
            "no_btf": ("", "mount -t tmpfs none /sys/kernel"),
        },
    )
    assert refusal(*found["nobody"]) == f"not permitted: missing CAP_BPF and CAP_PERFMON; {ADVICE}"
    assert refusal(*found["bpf"]) == f"not permitted: missing CAP_PERFMON; {ADVICE}"
    assert refusal(*found["perfmon"]) == f"not permitted: missing CAP_BPF; {ADVICE}"
    assert is_traced(*found["both"]) and is_traced(*found["nobody_with_both"])
    assert refusal(*found["no_btf"]).startswith("cannot read /sys/kernel/btf/vmlinux: No such file or directory; ")


def test_what_is_missing_for_perf_events(ask):
    found = ask(
        "bookworm",
        {
            "nobody": (NOBODY,),
            "both": (f"{ROOT_WITH},+bpf,+perfmon",),
            "admin": (f"{ROOT_WITH},+sys_admin",),
        },
    )
    assert refusal(*found["nobody"]) == f"not permitted: missing CAP_BPF and CAP_PERFMON; {ADVICE}"
    assert refusal(*found["both"]) == (
        "not permitted: missing CAP_SYS_ADMIN, which this kernel wants for uprobes by perf events (the service: by its "
        f"drop-in perf-events.conf); {ADVICE}"
    )
    assert is_traced(*found["admin"])


def test_lockdown(ask):
    """One that is to keep what the kernel holds confidential."""
    check = "grep -qF '[confidentiality]' /sys/kernel/security/lockdown || echo 'the kernel is not locked down'"
    before = ("mount -t securityfs none /sys/kernel/security", check)
    said = refusal(*ask("trixie", {"lockdown": ("", *before)}, "lockdown=confidentiality")["lockdown"])
    assert said.startswith("the kernel is locked down for confidentiality, and then lets no BPF program read memory")
