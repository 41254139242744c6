"""The demo walks its main flows as a real process and breaks nothing of the Bot API."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_check_walks_every_main_flow_without_a_breach(tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--check", "--record", str(record)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    calls = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    assert counts["breaches"] == 0
    assert counts["calls"] == len(calls)
    assert all(set(call) == {"method", "params", "files"} for call in calls)
    assert any(call["files"] for call in calls), "the walk takes her data and a calendar file"
    assert (tmp_path / "var" / "demo" / "demo.db").is_file()
    assert (tmp_path / "var" / "demo" / "keys").stat().st_mode & 0o777 == 0o600
