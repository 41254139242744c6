"""`test`: the whole test suite on both databases; further arguments go to pytest."""

import os
import shutil
import subprocess
import sys


def main() -> int:
    """Run pytest on every core; say plainly what is left out without a browser.

    There is a worker more than cores, as each often waits for the disk or a process.
    """
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        print("No Chromium found: the tests that drive the page in a browser are left out.")
    workers = str(max(2, os.cpu_count() or 2) + 1)
    command = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadfile", *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
