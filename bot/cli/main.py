"""The command line: ask, chat, check, eval, calibrate, preview, run. Thin: the engine decides, reply words, this prints."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from bot import __version__, config
from bot.curate import evaluate
from bot.curate.chart import risk_coverage
from bot.engine.answer import Answer, Answered, Citation, Contradicted, NotInArticle, OpinionAsked, citations_of
from bot.engine.build import build, save_model
from bot.engine.embedding import terminal_progress
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.pack.loading import load
from bot.say.explain import explain
from bot.say.replies import compose, utterer
from bot.say.wording import FALLBACK, wording

USAGE_ERROR = 2
PICTURE_FILE = "decision.svg"
_LISTED = 20  # phrasings that stray without themselves, unless all are asked for


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 a check failed, 2 a usage, config or pack error."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.command:
        parser.print_help()
        return 0
    try:
        return int(options.run(options))
    except FileFaults as error:
        _print_faults(error)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verbatim",
        description="Answers questions about an article with cited, verbatim excerpts from it, or says that the article does not say.",
    )
    parser.add_argument("--version", action="version", version=f"verbatim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        metavar="FILE",
        help=f"settings file (default: ${config.ENV_CONFIG}, then ./config.yaml, then the one that ships)",
    )
    packed = argparse.ArgumentParser(add_help=False, parents=[common])
    packed.add_argument(
        "--pack",
        metavar="PATH",
        help="answer from this pack instead: its folder, or a bare text file (headline on the first line, paragraphs apart by blank lines)",
    )

    ask = commands.add_parser(
        "ask",
        parents=[packed],
        help="answer one question, or a stream of them",
        description="Answer one question; or, with --jsonl, one a line from standard input.",
    )
    ask.add_argument("question", nargs="*", help="the question; quotation marks round it are optional")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument(
        "--jsonl",
        action="store_true",
        help='read lines of plain text or {"question", "id", "context": [earlier questions]}; print one JSON object a line',
    )
    form.add_argument(
        "--explain",
        action="store_true",
        help="after the reply, tell what was understood, what the best entry meets of it, what came next and which rule decided",
    )
    ask.set_defaults(run=_ask)

    chat = commands.add_parser(
        "chat",
        parents=[packed],
        help="talk with the bot in the terminal; needs no token",
        description="A conversation in the terminal, with the words that the bot uses on Discord. Follow-up questions work.",
    )
    chat.add_argument("--explain", action="store_true", help="tell after every reply why it was given")
    chat.set_defaults(run=_chat)

    check = commands.add_parser(
        "check",
        parents=[packed],
        help="verify a pack and run its own tests",
        description="Verify a pack: every fault with file and line; then its phrasings (also each as if it had never been learnt), near misses and regression questions, and how much of the article is reached.",
    )
    check.add_argument(
        "--all",
        action="store_true",
        help=f"list every phrasing that goes astray without itself; else the {_LISTED} worst, where there are too many",
    )
    check.set_defaults(run=_check)

    measure = commands.add_parser(
        "eval",
        parents=[packed],
        help="score labelled questions",
        description="Ask every question of a file of labelled JSON lines (questions, dialogues or minimal pairs; see docs/evaluating.md) and count what was right.",
    )
    measure.add_argument("file", type=Path, help="the labelled questions")
    measure.add_argument("--json", action="store_true", help="print the counts as JSON")
    measure.add_argument("--errors", action="store_true", help="list what went wrong")
    measure.set_defaults(run=_eval)

    calibrate = commands.add_parser(
        "calibrate",
        parents=[common],
        help="set when a pack answers, from labelled questions",
        description="Fit how sure an answer must be, by cross-validation on labelled questions, and write it into the pack as decision.yaml, with the risk-coverage curve as a picture (decision.svg).",
    )
    calibrate.add_argument("pack", help="the pack's folder")
    calibrate.add_argument("questions", type=Path, nargs="+", help="files of labelled questions")
    calibrate.add_argument(
        "--max-wrong",
        type=_share,
        default=0.05,
        metavar="SHARE",
        help="the share of answers that may be wrong, such as 5%% (default) or 0.05",
    )
    calibrate.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    calibrate.set_defaults(run=_calibrate)

    preview = commands.add_parser(
        "preview",
        parents=[packed],
        help="try the bot in a simulated Discord on this machine; needs no token",
        description="Serve a page like Discord on this machine alone, where the bot can be asked and its buttons pressed. Needs the extra preview.",
    )
    preview.add_argument("--port", type=_port, default=0, metavar="N", help="serve the page at this port (default: a free one)")
    preview.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="write a picture of every kind of reply instead; needs the extra pictures"
    )
    preview.add_argument(
        "--browser", metavar="PATH", help="the Chromium that draws the pictures (default: one on PATH, else Playwright's)"
    )
    preview.set_defaults(run=_preview)

    run = commands.add_parser(
        "run",
        parents=[packed],
        help="run the Discord bot",
        description=f"Connect to Discord with the token in {config.ENV_TOKEN}, and answer mentions, direct messages and /ask.",
    )
    run.set_defaults(run=_run)
    return parser


def _share(text: str) -> float:
    try:
        value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1 (write 5% or 0.05)")
    return value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _settings(options: argparse.Namespace) -> config.Settings:
    return config.load(config.find(options.config, os.environ, Path.cwd()), os.environ)


def _pack_path(options: argparse.Namespace) -> Path:
    """--pack needs no settings file; without it the settings name the pack."""
    return Path(options.pack) if options.pack else _settings(options).pack


def _engine(options: argparse.Namespace) -> Engine:
    return _build(_pack_path(options), options)


def _build(path: Path, options: argparse.Namespace) -> Engine:
    """The engine, with embeddings where the settings say so. A pack that was named needs no settings, so broken ones say nothing there."""
    try:
        settings = _settings(options)
    except FileFaults:
        if not options.pack:
            raise
        return build(path)
    return build(path, embedder=config.embedder(settings), progress=terminal_progress(sys.stderr))


def _ask(options: argparse.Namespace) -> int:
    if options.jsonl:
        if options.question:
            return _usage("with --jsonl the questions come from standard input, not from the command line.")
        engine = _engine(options)
        for number, line in enumerate(sys.stdin, 1):
            if not line.strip():
                continue
            identifier, question, context = _line(line, number)
            answers = evaluate.converse(engine, (*context, question))
            print(json.dumps(record(answers[-1], engine, question, identifier), ensure_ascii=False), flush=True)
        return 0
    question = " ".join(options.question)
    if not options.question:
        if sys.stdin.isatty():
            return _usage(
                'ask what? Put the question behind the command: verbatim ask "When is the event?" Or try: verbatim chat'
            )
        question = sys.stdin.read()
    engine = _engine(options)
    answer = engine.answer(question)
    if options.json:
        print(json.dumps(record(answer, engine, question, None), ensure_ascii=False, indent=2))
        return 0
    print(compose(answer, engine.pack, wording(FALLBACK)).plain)
    if options.explain:
        print("\n" + explain(answer))
    return 0


def _line(line: str, number: int) -> tuple[Any, str, tuple[str, ...]]:
    """A line of --jsonl: plain text, or an object with `question` and optionally `id` and `context`."""
    if not line.lstrip().startswith("{"):
        return None, line.rstrip("\n"), ()
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None, line.rstrip("\n"), ()
    question, context = row.get("question"), row.get("context", [])
    if not isinstance(question, str) or not isinstance(context, list) or not all(isinstance(c, str) for c in context):
        _fail(f'line {number}: an object needs a text "question", and "context" may be a list of texts.')
    return row.get("id"), question, tuple(context)


def record(answer: Answer, engine: Engine, question: str, identifier: Any) -> dict[str, Any]:
    """The contract of `ask --json` (docs/ask-json.md)."""
    pack = engine.pack
    entries = [e.id for e in answer.entries] if isinstance(answer, Answered) else []
    nearest = answer.nearest if isinstance(answer, NotInArticle) else answer.positions if isinstance(answer, OpinionAsked) else ()
    return {
        "id": identifier,
        "question": question,
        "verdict": answer.verdict.value,
        "entry": entries[0] if entries else answer.premise.id if isinstance(answer, Contradicted) else None,
        "confidence": round(answer.confidence, 4),
        "lead": (answer.lead or None) if isinstance(answer, Answered) else None,
        "reply": compose(answer, pack, wording(FALLBACK)).plain,
        "excerpts": [_excerpt(c, engine) for c in citations_of(answer)],
        "nearest": [_excerpt(c, engine) for c in nearest],
        "suggestions": list(answer.suggestions),
        "pack": {"slug": pack.slug, "sha256": pack.article.sha256},
        "engine": __version__,
    }


def _excerpt(citation: Citation, engine: Engine) -> dict[str, Any]:
    excerpt = citation.excerpt
    return {
        "text": excerpt.text,
        "start": excerpt.span.start,
        "end": excerpt.span.end,
        "paragraph": excerpt.paragraph.number,
        "speaker": utterer(citation, engine.pack),
        "quote": citation.quote.id if citation.quote else None,
    }


def _chat(options: argparse.Namespace) -> int:
    engine = _engine(options)
    interactive = sys.stdin.isatty()
    paint = _painter(sys.stdout)
    if interactive:
        print(
            f"Verbatim answers from one article: “{engine.pack.article.headline}”.\nAsk about it; an empty line or Ctrl-D ends.\n"
        )
    history: list[Answer] = []
    while True:
        try:
            message = input(paint("you> ", "1") if interactive else "")
        except EOFError:
            break
        if not message.strip():
            if interactive:
                break
            continue
        answer = engine.answer(message, history)
        history.append(answer)
        print(_coloured(compose(answer, engine.pack, wording(FALLBACK)).plain, paint) + "\n")
        if options.explain:
            print(paint(explain(answer), "2") + "\n")
    return 0


def _coloured(text: str, paint: Any) -> str:
    return "\n".join(
        paint(line, "36") if line.startswith("“") else paint(line, "2") if line.startswith("Source:") else line
        for line in text.split("\n")
    )


def _painter(stream: TextIO) -> Any:
    """Colours only on a terminal, and not where NO_COLOR is set (https://no-color.org)."""
    on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return (lambda text, code: f"\x1b[{code}m{text}\x1b[0m") if on else (lambda text, code: text)


def _check(options: argparse.Namespace) -> int:
    path = _pack_path(options)
    pack = load(path)
    engine = _build(path, options)
    sentences, uncovered = pack.article.sentences, pack.uncovered_sentences()
    print(f"{path}: {pack.title}")
    print(
        f"  article     {len(pack.article.text):,} characters, {len(sentences)} sentences, SHA-256 {pack.article.sha256[:12]}… as the pack names it"
        if pack.quotes
        else f"  article     {len(sentences)} sentences, no curation"
    )
    if not pack.entries:
        print("  There is nothing curated to check: its sentences are searched, and only a sure one is shown.")
        return 0
    tested = evaluate.self_test(engine)
    curated = [t for t in pack.topics if t.cites or t.looked_for]
    print(f"  quotes      {len(pack.quotes)} of {len(pack.quotes)} located exactly once")
    print(
        f"  coverage    {len(sentences) - len(uncovered)} of {len(sentences)} sentences reached ({1 - len(uncovered) / len(sentences):.0%})"
    )
    print(
        f"  topics      {len(pack.entries)} entries, {len(curated) - len(pack.entries)} gaps and premises, {sum(len(t.phrasings) for t in curated):,} phrasings"
    )
    print(f"  phrasings   {tested.phrasings - len(tested.lost):,} of {tested.phrasings:,} find their own entry's passages")
    strayed, weighed = tested.strayed, len(tested.left_out)
    print(
        f"  leave-one-out  {weighed - len(strayed):,} of {weighed:,} phrasings find their own entry's passages without themselves "
        f"({_rounded_down(tested.share_left_out)}), {_rounded_down(tested.share_answered)} are also answered"
        if weighed
        else f"  leave-one-out  not done: no entry has {evaluate.MIN_LEFT_OUT_PHRASINGS} phrasings"
    )
    print(f"  near misses {tested.near_misses - len(tested.mixed)} of {tested.near_misses} minimal pairs apart")
    print(f"  regression  {tested.expectations - len(tested.failed)} of {tested.expectations} questions as expected")
    if tested.unguarded:
        print(
            f"  warning: {len(tested.unguarded)} of {len(pack.entries)} entries have no near misses, so nothing tests what must not get them: "
            + ", ".join(tested.unguarded)
        )
    for span in uncovered:
        print(f"\nNot reached by any entry: “{pack.article.excerpt(span).text}”\n  Write an entry that cites it.")
    for pair in tested.alike:
        print(
            f"\nentries that nobody can tell apart: {pair.one} and {pair.other}\n"
            f"  {pair.strays} of {pair.phrasings} phrasings of {pair.one} find {pair.other} without themselves, such as "
            + ", ".join(map(repr, pair.examples))
            + "\n  Merge them, let one cite both passages, or give each the words that tell it from the other."
        )
    too_many = tested.share_left_out < evaluate.MIN_LEFT_OUT
    listed = strayed if options.all else strayed[:_LISTED] if too_many else ()
    for title, misses in (
        ("phrasing that misses its entry", tested.lost),
        ("phrasing that misses its entry without itself", [s.miss for s in listed]),
        ("near miss that gets the entry", tested.mixed),
        ("regression question", tested.failed),
    ):
        for miss in misses:
            print(f"\n{title}: {miss.ask!r}\n  wanted {miss.wanted}, got {miss.got}\n  {miss.advice}")
    if too_many:
        more = f" The {len(listed)} worst of {len(strayed)} are listed; --all lists the others too."
        print(f"\nleave-one-out: {evaluate.MIN_LEFT_OUT:.0%} are needed.{more if len(listed) < len(strayed) else ''}")
    return 0 if tested.passed and not uncovered else 1


def _rounded_down(share: float) -> str:
    """As a percentage that never says more than is true: 94.99% is no 95%."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f}%"


def _eval(options: argparse.Namespace) -> int:
    questions = evaluate.read_labelled(options.file)
    engine = _engine(options)
    start = time.perf_counter()
    report = evaluate.evaluate(engine, questions)
    seconds = time.perf_counter() - start
    together = report.groups_together
    if options.json:
        counts = {
            "by_kind": {k: dict(v) for k, v in report.by_kind.items()},
            "by_category": {k: dict(v) for k, v in sorted(report.by_category.items())},
        }
        print(
            json.dumps(
                {
                    "questions": len(questions),
                    "precision": report.precision,
                    "calibration_error": report.calibration_error,
                    "pairs_apart": together,
                    **counts,
                },
                indent=2,
            )
        )
        return 0
    if options.errors:
        for question, result, answer in report.results:
            if result != "right":
                print(
                    f"{result:12} {question.id:6} [{question.kind}/{question.category}] {question.question!r}\n             {answer.verdict.value}: {answer.trace.rule}"
                )
    print(f"{'':34}" + "".join(f"{r:>13}" for r in evaluate.RESULTS) + f"{'share right':>13}")
    for kind in evaluate.KINDS:
        if kind in report.by_kind:
            print(_row(kind, report.by_kind[kind]))
            for category, counts_ in sorted(report.by_category.items()):
                if category.startswith(kind + "/"):
                    print(_row("  " + category.partition("/")[2], counts_))
    print(
        f"precision {report.precision:.1%}, expected calibration error {report.calibration_error:.3f}"
        + (f", pairs apart {together[0]} of {together[1]}" if together else "")
        + f", {len(questions)} questions in {seconds:.1f} s"
    )
    return 0


def _row(name: str, counts: Any) -> str:
    total = sum(counts.values())
    return f"{name:34}" + "".join(f"{counts[r] or '':>13}" for r in evaluate.RESULTS) + f"{counts['right'] / total:13.1%}"


def _calibrate(options: argparse.Namespace) -> int:
    path = Path(options.pack)
    if path.is_file():
        return _usage(f"{path} is a text without curation: the decision is kept in a pack's folder. See docs/curating.md.")
    engine = _build(path, options)
    found = evaluate.samples(engine, [q for f in options.questions for q in evaluate.read_labelled(f)])
    if len(found) < 50:
        return _usage(f"{len(found)} usable questions are too few to fit on; give 50 or more.")
    try:
        model, chosen, curve = evaluate.calibrate(found, options.max_wrong)
    except ValueError as error:
        return _usage(f"{error}.")
    print("threshold   answered rightly   of answers wrong   (cross-validated)")
    for point in curve[::5]:
        print(f"{point.threshold:9.2f}{point.coverage:19.1%}{point.risk:19.1%}")
    print(f"chosen: {model.threshold:.2f} for at most {options.max_wrong:.1%} wrong, from {len(found)} questions")
    if options.dry_run:
        return 0
    drawn = risk_coverage(
        [(p.coverage, p.risk) for p in curve if p.coverage or p.risk],  # without thresholds that nothing reaches
        (chosen.coverage, chosen.risk),
        options.max_wrong,
        engine.pack.slug,
        f"Cross-validated on {len(found)} questions; the chosen threshold is {model.threshold:.2f}.",
    )
    try:
        print(f"written: {save_model(model, path)}")
        picture = path / PICTURE_FILE
        picture.write_bytes(drawn.encode())
        print(f"written: {picture}")
    except OSError as error:
        return _usage(f"{error.filename} cannot be written ({error.strerror}).")
    return 0


def _preview(options: argparse.Namespace) -> int:
    from bot.client.preview import missing_extra, preview

    if options.browser and not options.pictures:
        return _usage("--browser goes with --pictures FOLDER.")
    if missing := missing_extra():
        return _usage(missing)
    if options.pictures:
        from tools.pictures import pictures

        return pictures(_engine(options), options.pictures, options.browser)
    from bot.serve.library import Library

    others = () if options.pack else _settings(options).other_packs
    return preview(Library((_pack_path(options), *others), lambda path: _build(path, options)), options.port)


def _run(options: argparse.Namespace) -> int:
    from bot.client.running import run  # the only way to discord, so that nothing else waits for it

    settings = _settings(options)
    return run(settings, Path(options.pack) if options.pack else settings.pack, os.environ)


def _print_faults(error: FileFaults) -> None:
    for fault in error.faults:
        print(fault, file=sys.stderr)
    count = len(error.faults)
    if count > 1:
        print(f"{count} faults.", file=sys.stderr)


def _usage(message: str) -> int:
    print(f"verbatim: {message}", file=sys.stderr)
    return USAGE_ERROR


def _fail(message: str) -> NoReturn:
    raise SystemExit(_usage(message))
