"""`verbatim ask`: one question, or a stream of them."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import Any, NoReturn

from bot.cli.messages import fail, usage
from bot.cli.record import record
from bot.cli.settings import Commands, engine_of, pack_option
from bot.cli.standard_input import text_lines
from bot.curate.scoring import converse
from bot.say.languages import FALLBACK, wording
from bot.say.replies import compose
from bot.say.why import explain
from bot.serve.progress import make_ready, terminal_progress


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "ask",
        parents=[pack_option()],
        help="answer one question, or a stream of them",
        description="Answer one question; or, with --jsonl, one a line from standard input.",
    )
    parser.add_argument("question", nargs="*", help="the question; quotation marks round it are optional")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument(
        "--jsonl",
        action="store_true",
        help='read lines of plain text or {"question", "id", "context": [earlier questions]}; print one JSON object a line',
    )
    form.add_argument(
        "--explain", action="store_true", help="after the reply, tell what was understood, what came near and which rule decided"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer, and print the answers. Returns the exit status."""
    if options.jsonl:
        return _answer_stream(options)
    question = " ".join(options.question)
    if not options.question:
        if sys.stdin.isatty():
            return usage('ask what? Put the question behind the command: verbatim ask "When is the event?" Or try: verbatim chat')
        question = "".join(text_lines())
    engine = engine_of(options)
    if not engine.is_recorded(question):
        make_ready(engine, terminal_progress(sys.stderr))
    answer = engine.answer(question)
    if options.json:
        print(json.dumps(record(answer, engine.pack, question, None), ensure_ascii=False, indent=2))
        return 0
    print(compose(answer, engine.pack, wording(FALLBACK)).plain)
    if options.explain:
        print("\n" + explain(answer, wording(FALLBACK)))
    return 0


def _answer_stream(options: argparse.Namespace) -> int:
    if options.question:
        return usage("with --jsonl the questions come from standard input, not from the command line.")
    engine = engine_of(options)
    make_ready(engine, terminal_progress(sys.stderr))
    for number, line in enumerate(text_lines(), 1):
        if not line.strip():
            continue
        identifier, question, context = _read_line(line, number)
        answer = converse(engine, (*context, question))[-1]
        print(json.dumps(record(answer, engine.pack, question, identifier), ensure_ascii=False), flush=True)
    return 0


def _read_line(line: str, number: int) -> tuple[Any, str, tuple[str, ...]]:
    """The id, question and context of a line: plain text, or an object with `question` and optionally `id` and `context`."""
    if not line.lstrip().startswith("{"):
        return None, line.rstrip("\n"), ()
    try:
        row = json.loads(line, parse_constant=_no_number, parse_float=_number)
    except OverflowError:
        fail(f"line {number}: a number in it is too large. Fix: write it as a text.")
    except (ValueError, RecursionError):
        return None, line.rstrip("\n"), ()
    question, context = row.get("question"), row.get("context", [])
    if not isinstance(question, str) or not isinstance(context, list) or not all(isinstance(c, str) for c in context):
        fail(f'line {number}: an object needs a text "question", and "context" may be a list of texts.')
    return row.get("id"), question, tuple(context)


def _no_number(name: str) -> NoReturn:
    """NaN and the like, which Python takes for JSON, and nobody else."""
    raise ValueError(name)


def _number(text: str) -> float:
    """A number that can be written again. Raises OverflowError."""
    if math.isinf(value := float(text)):
        raise OverflowError(text)
    return value
