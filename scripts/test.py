"""`test`: the whole test suite on both databases; further arguments go to pytest."""

import os
import shutil
import subprocess
import sys


def main() -> int:
    """Run pytest on every core; say plainly what is left out without a browser.

    There is a worker more than cores, as each often waits for the disk or a process. Files are
    taken as they are collected, those with the longest tests first: by the number of their tests,
    which is pytest-xdist's order, one worker would have the longest left at the end.
    """
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        print("No Chromium found: the tests that drive the page in a browser are left out.")
    workers = str(max(2, os.cpu_count() or 2) + 1)
    shared = ("-n", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    command = [sys.executable, "-m", "pytest", *shared, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
