"""What becomes of questions while something goes wrong between the bot and Discord, as a Markdown table.

Every scenario of tests/fakes/faults.py is run against the fake Discord of tests/fakes/loopback.py: the real bot, discord.py's own
networking, TCP on this machine. Lost: the asker saw nothing. Double: the asker saw more than one answer. True limits and looks of
Discord stay unproven.

    python benchmarks/faults.py [--times N] [--only PART] [--busy N]
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conftest import write_pack
from fakes.faults import SCENARIOS, Outcome, Scenario, play

HEAD = "| fault | injected | asked | lost | double | note |\n|---|---|---|---|---|---|"


def row(scenario: Scenario, outcomes: list[Outcome]) -> str:
    injected, asked, lost, double = (sum(getattr(o, what) for o in outcomes) for what in ("injected", "asked", "lost", "double"))
    return f"| {scenario.name} | {injected:,} | {asked:,} | {lost:,} | {double:,} | {scenario.note} |"


def run(scenario: Scenario, times: int) -> list[Outcome]:
    outcomes = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            pack = Path(folder) / "pack"
            pack.mkdir()
            outcomes.append(play(scenario, Path(folder), write_pack(pack, {})))
    return outcomes


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Other processes that compute meanwhile: on a loaded machine paces slip."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in others:
            process.kill()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1, help="how often each scenario is run (1)")
    parser.add_argument("--only", default="", help="scenarios whose names contain this")
    parser.add_argument("--busy", type=int, default=0, help="processes that keep the machine busy meanwhile (0)")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    print(HEAD)
    with busy(arguments.busy):
        for scenario in SCENARIOS:
            if arguments.only in scenario.name:
                began = time.monotonic()
                print(row(scenario, run(scenario, arguments.times)), flush=True)
                print(f"{scenario.name}: {time.monotonic() - began:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
