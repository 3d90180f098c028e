"""What a program needs to run on another machine."""

import re
import subprocess
from pathlib import Path


def libraries_of(program):
    """The libraries that a program is linked to, where it finds them here."""
    shown = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return {Path(path) for path in re.findall(r"(/\S+) \(0x", shown)}
