"""A real terminal round a command: a pseudo-terminal with a screen behind it, so that a program presses keys and sees rows."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte

CTRL_C, CTRL_D, CTRL_R, TAB, ENTER, UP, LEFT, BACKSPACE = "\x03", "\x04", "\x12", "\t", "\r", "\x1b[A", "\x1b[D", "\x7f"
_PATIENCE = 30.0  # seconds until what is waited for counts as not coming


class _Screen(pyte.HistoryScreen):
    """A screen that answers where it is asked for the cursor's place, as terminals do."""

    def __init__(self, control: int, columns: int, rows: int) -> None:
        super().__init__(columns, rows, history=2000)
        self._control = control

    def write_process_input(self, data: str) -> None:
        os.write(self._control, data.encode())


class RecordedTerminal:
    """`verbatim` with some arguments on a terminal of so many columns and rows; `NO_COLOR` and others come from `environment`."""

    def __init__(
        self, argv: Sequence[object], folder: Path, environment: dict[str, str], columns: int = 80, rows: int = 40
    ) -> None:
        self._control, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | environment
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", *map(str, argv)],
            stdin=terminal, stdout=terminal, stderr=terminal, cwd=folder, env=variables, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(terminal)
        self._screen = _Screen(self._control, columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    def press(self, *keys: str) -> None:
        """Press keys, or type texts."""
        for key in keys:
            os.write(self._control, key.encode())

    def wait_for(self, there: str | Callable[[list[str]], bool]) -> list[str]:
        """The rows of the screen once a text is in one of them, or what is asked of them holds."""
        end = time.monotonic() + _PATIENCE
        while not (there(self.rows) if callable(there) else any(there in row for row in self.rows)):
            if not self._read(end):
                raise AssertionError(f"{there!r} never came:\n" + "\n".join(self.rows) + f"\n{self.written[-500:]!r}")
        return self.rows

    def read_for(self, seconds: float) -> None:
        """Take in what is written within so many seconds."""
        end = time.monotonic() + seconds
        while self._read(end):
            pass

    @property
    def rows(self) -> list[str]:
        """What stands on the screen and what has left it at the top, without blanks at the ends of rows."""
        gone = ["".join(row[i].data for i in range(self._screen.columns)) for row in self._screen.history.top]
        rows = [row.rstrip() for row in (*gone, *self._screen.display)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def end(self) -> int:
        """Read until the command ends. Returns its exit status."""
        self.read_for(_PATIENCE)
        os.close(self._control)
        return self._process.wait(timeout=_PATIENCE)

    def kill(self) -> None:
        """End the command where it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _read(self, end: float) -> bool:
        """Take in what was written next; False where nothing comes any more."""
        if not select.select([self._control], [], [], max(0.0, end - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self._control, 4096)
        except OSError:  # Linux tells the end of a terminal so
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)
