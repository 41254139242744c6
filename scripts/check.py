"""`check`: format, lint, types and the guards of the house."""

import subprocess
import sys

STEPS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("guards", ("pytest", "tests/guards")),
)


def main() -> int:
    """Run every step, also after one failed; return 0 when all hold."""
    failed = []
    for name, command in STEPS:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", *command], check=False).returncode:
            failed.append(name)
    print("check failed: " + ", ".join(failed) if failed else "check: all good")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
