"""A process that is killed while it writes files."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

WRITING = ("os.rename", "os.mkdir", "os.remove", "shutil.copytree", "shutil.rmtree", "open")


def killed(step: int, prepare: Callable[[], Callable[[], object]], counts: Callable[[str, tuple[Any, ...]], bool]) -> bool:
    """In a fork, which has all modules already, do what `prepare` returns, and kill -9 that before the `step`th event of WRITING that
    counts. Returns whether it came to that; fails where an exception ended it."""
    child = os.fork()
    if child == 0:
        try:
            act = prepare()
            sys.addaudithook(_killing(step, counts))
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), "see its traceback"
    return status != 0


def _killing(step: int, counts: Callable[[str, tuple[Any, ...]], bool]) -> Callable[[str, tuple[Any, ...]], None]:
    left = step

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in WRITING and counts(event, arguments):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook
