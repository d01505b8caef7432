"""The files of labelled questions that `verbatim eval` and `verbatim calibrate` are given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.cli.messages import USAGE_ERROR, print_faults
from bot.cli.reports import faulty, print_object
from bot.curate.scoring import Labelled, read_labelled
from bot.errors import FileFaults


def labelled_questions(files: Iterable[Path], *, as_object: bool) -> list[Labelled]:
    """The questions of all files. Where one has faults, the first ten and their number are printed, since a file of something else
    altogether has one in each line, or all of them `as_object`, and the program ends."""
    try:
        return [question for file in files for question in read_labelled(file)]
    except FileFaults as error:
        if as_object:
            print_object(faulty(error.faults))
        else:
            print_faults(error)
        raise SystemExit(USAGE_ERROR) from error
