"""What to do next about a pack: first what makes `verbatim check` fail, then the lowest marks of its grade. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.curate.grade import Graded, Measure, Reason
from bot.curate.phrasings import ENOUGH
from bot.curate.self_test import SelfTest
from bot.pack.values import Pack
from bot.text.display import counted

FEW_LABELLED = 50  # questions; with fewer, a share says little


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: `what`, `how`, and the part of the page that shows where ("" for none). `fails` where `verbatim check` does."""

    what: str
    how: str
    part: str = ""
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found besides the pack's own tests: how many sentences no entry shows, how many entries are asked in few ways, how many
    leads look false; and whether labelled questions were measured."""

    uncovered: int
    underasked: int
    doubtful: int
    is_labelled: bool


def steps(pack: Pack, grade: Graded, tested: SelfTest | None, found: Found) -> tuple[Step, ...]:
    """The most useful first; each part of the page once."""
    if not pack.quotes and not pack.people:
        how = (
            "The command “verbatim new TEXT FOLDER” records who speaks in each sentence and what the text probably leaves open. "
            "Then make this page again, of the folder."
        )
        return (Step("Draft a pack from this text.", how),)
    first: dict[str, Step] = {}
    for step in (*_failing(pack, tested, found), *_doubtful(found), *_bettering(pack, grade, tested, found)):
        first.setdefault(step.part or step.what, step)
    return tuple(first.values())


def _failing(pack: Pack, tested: SelfTest | None, found: Found) -> Iterator[Step]:
    if tested and tested.failed:
        what = f"Look at {counted(len(tested.failed), 'test question')} that get something else than expected."
        yield Step(what, "Correct the entry, or what the question expects.", "failed", True)
    if tested and tested.confused:
        near_misses = counted(len(tested.confused), "near miss", "near misses")
        what = f"Write gaps for {near_misses} that get the entry they only look like."
        yield Step(what, "Give each gap phrasings that say what the article leaves out.", "confused", True)
    if tested and tested.confusable:
        what = f"Tell {counted(len(tested.confusable), 'pair')} of entries apart."
        yield Step(what, "Beside each stands what mends it.", "confusable", True)
    if pack.entries and found.uncovered:
        yield _write_entries(found, fails=True)


def _doubtful(found: Found) -> Iterator[Step]:
    if found.doubtful:
        what = f"Look at {counted(found.doubtful, 'short answer')} that may be wrong."
        yield Step(what, "Each stands beside its passage. “verbatim review” asks about them one by one.", "doubtful")


def _bettering(pack: Pack, grade: Graded, tested: SelfTest | None, found: Found) -> Iterator[Step]:
    for reason in grade.worst_first:
        if step := _step(reason, pack, tested, found):
            yield step
    if tested and tested.asserted:
        yield _read_made(tested)


def _step(reason: Reason, pack: Pack, tested: SelfTest | None, found: Found) -> Step | None:
    """What would better a mark; None where something else has to be done first, or is told as what makes the check fail."""
    wrong = reason.of - reason.right
    match reason.measure:
        case Measure.SPEAKERS:
            if opened := sum(bool(p.why) for p in pack.open_points):
                how = "Each says what is not settled, mostly who speaks: settle it, and take `open` out."
                return Step(f"Settle whose words stand in {counted(opened, 'record')}.", how, "open")
            what = f"Record whose words {counted(wrong, 'sentence')} are."
            return Step(what, "Write a quote for each, with its speaker.", "article")
        case Measure.REVIEWED:
            drafted = sum(not p.why for p in pack.open_points)
            how = (
                "Take `drafted: true` out of each that is right; correct or remove the others. “verbatim review” asks about each."
            )
            return Step(f"Look through {counted(drafted, 'drafted record')}.", how, "drafted") if drafted else None
        case Measure.REACHED:
            return _write_entries(found, fails=False)
        case Measure.REFUSALS:
            what = f"Write {counted(wrong, 'more gap or premise', 'more gaps or premises')}."
            how = "Ask of every entry what readers will want to know next, and write down what the article does not say."
            return Step(what, how, "gaps")
        case Measure.RIGHT | Measure.ANSWERED if not found.is_labelled:
            how = f"Write {FEW_LABELLED} or more, half of them unanswerable, and name their file: --questions FILE."
            return Step("Measure the pack on labelled questions.", how, "when")
        case Measure.RIGHT | Measure.ANSWERED:
            how = "verbatim eval --errors lists what went wrong; verbatim calibrate sets how sure an answer has to be."
            return Step("Look at the labelled questions that went wrong.", how, "when")
        case Measure.ASKED if found.underasked:
            what = f"Write more phrasings for {counted(found.underasked, 'entry', 'entries')} with fewer than {ENOUGH}."
            return Step(what, "In the words of people who have not read the article, each unlike the others.", "underasked")
        case Measure.EXPECTED if tested and not reason.of:
            how = (
                "Two lines for each in questions.yaml, in other words than the phrasings: "
                f'`- ask: "the question"` and, below it, `  expect: {pack.entries[0].id}`, or what else it should get.'
            )
            return Step("Write test questions: the pack has none yet.", how, "failed")
        case Measure.EXCHANGES if tested and tested.asserted:
            return _read_made(tested)
        case Measure.GUARDED if tested and tested.unguarded:
            how = "The same question with one thing changed: another person, another number."
            return Step(f"Add near misses to {counted(len(tested.unguarded), 'entry', 'entries')}.", how, "unguarded")
        case _:
            return None


def _write_entries(found: Found, *, fails: bool) -> Step:
    how = "A reader may ask about any sentence. An entry has the question, its phrasings, and the passage that answers it."
    return Step(f"Write entries for {counted(found.uncovered, 'sentence')} that no entry shows.", how, "not-reached", fails)


def _read_made(tested: SelfTest) -> Step:
    leads = sum(bool(a.lead) for a in tested.asserted)
    how = "Where the article does not answer one, add it to the near misses, and write a gap or a premise for it."
    first = f" {counted(leads, 'of them gets', 'of them get')} a short answer too: these first." if leads else ""
    return Step(f"Read the {counted(len(tested.asserted), 'made question')} that would be answered.{first}", how, "made")
