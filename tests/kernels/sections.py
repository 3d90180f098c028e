"""Several things asked of a guest in one boot, and what came of each."""

import re


def section(name, *commands):
    """Commands whose output, and the last one's status, parts() finds by the name."""
    return "\n".join([f"echo '=== {name}'", *commands, 'echo "=== status $?"', ""])


def parts(output):
    """(output, status) of each section by name."""
    found = re.findall(r"^=== (\S+)\n(.*?)^=== status (\d+)$", output, re.DOTALL | re.MULTILINE)
    return {name: (text, int(status)) for name, text, status in found}
