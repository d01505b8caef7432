"""Known vulnerabilities of what is installed beside the running Python, as pip-audit finds them at PyPI.

Exit status: 1 where one is known; else 0, also where PyPI cannot be asked, which is then said with the reason: a machine without
a network, or behind an index that knows no vulnerabilities, cannot tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

PATIENCE = 120.0  # seconds for all of it; a request gives up after 15
COMMAND = ("-m", "pip_audit", "--local", "--skip-editable", "--format", "json", "--progress-spinner", "off", "--timeout", "15")


def main() -> int:
    try:
        ran = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return _skipped(f"no end within {PATIENCE:g} s")
    try:
        report = json.loads(ran.stdout)
    except json.JSONDecodeError:
        return _skipped((ran.stderr.strip() or "it printed nothing").splitlines()[-1])
    status, said = judged(report)
    print(said)
    return status


def judged(report: Mapping[str, Any]) -> tuple[int, str]:
    """The exit status for a report of pip-audit, as `--format json` prints it, and what to say."""
    unknown = {d["name"]: d["skip_reason"] for d in report["dependencies"] if "skip_reason" in d}
    known = [d for d in report["dependencies"] if "skip_reason" not in d]
    found = [f"{d['name']} {d['version']}: {v['id']}. Fix: {_mended(v['fix_versions'])}." for d in known for v in d["vulns"]]
    if found:
        return 1, "\n".join(found)
    if not known:
        return (
            0,
            f"skipped: of none of {len(unknown)} packages is anything known ({next(iter(unknown.values()), 'none is installed')})",
        )
    return 0, f"no known vulnerability in {len(known)} packages" + (
        f"; not known: {', '.join(sorted(unknown))}" if unknown else ""
    )


def _mended(versions: list[str]) -> str:
    return f"take {' or '.join(versions)}" if versions else "there is none yet; do without it"


def _skipped(reason: str) -> int:
    print(f"skipped: pip-audit could not ask PyPI ({reason})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
