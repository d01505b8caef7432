"""`verbatim chat`: a conversation through a pipe and in a terminal."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.command_line import Cli, Terminal

from bot.cli.conversation import Conversation, Shown
from tools.recorded_terminal import CTRL_C, CTRL_D, CTRL_R, ENTER, LEFT, TAB, UP, RecordedTerminal

Chat = Callable[..., RecordedTerminal]
LEAVE = "To leave, press Ctrl-D, or type quit."


@pytest.fixture
def chat(tiny_folder: Path, tmp_path: Path) -> Iterator[Chat]:
    """`chat(NO_COLOR="1")`: a chat about the invented article on a terminal, at its first prompt."""
    opened = []

    def open_(*argv: str, columns: int = 80, **environment: str) -> RecordedTerminal:
        variables = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment}
        terminal = RecordedTerminal(["chat", "--pack", tiny_folder, *argv], tmp_path, variables, columns)
        opened.append(terminal)
        terminal.wait_for("you>")
        return terminal

    yield open_
    for terminal in opened:
        terminal.kill()


def prompts(count: int) -> Callable[[list[str]], bool]:
    """Whether the rows have so many prompts, and the last one waits."""
    return lambda rows: rows[-1:] == ["you>"] and sum(row.startswith("you>") for row in rows) == count


def test_chat_reads_a_pipe_with_history_and_prints_no_prompt_and_no_colours(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("chat", "--pack", tiny_folder, stdin="reading room\n\nwho said that?\nsalary of Kovacs")
    assert (ran.status, ran.err) == (0, "")
    replies = ran.out.split("\n\n")
    assert replies[0].startswith("Anna Kovacs, Head librarian:\n“The reading room")
    assert replies[1].startswith("Anna Kovacs.\nAnna Kovacs, Head librarian:\n“The reading room")
    assert replies[2].startswith("The article does not say: the librarian's salary.\nYou can ask, for example:\n- ")
    assert replies[3:] == [""]
    assert "\x1b" not in ran.out
    assert "you>" not in ran.out


def test_chat_explains_every_answer_if_asked_to(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("chat", "--explain", "--pack", tiny_folder, stdin="reading room\nhello\n/who\n")
    assert ran.out.count("\nDecided\n") == 2


def test_a_pipe_takes_commands_and_leaves_at_quit_and_has_no_numbers_to_pick(cli: Cli, tiny_folder: Path) -> None:
    out = cli("chat", "--pack", tiny_folder, stdin="hello\n1\n/cite ris\nreading room\n/cite ris\nEXIT\nroof repairs\n").out
    assert "\n- When does the library begin" in out or "\n- What does the headline say?" in out
    assert "I found no words in that." in out
    assert "There is no answer yet that quotes the article. Fix: ask something first." in out
    assert "\nRIS:\nTY  - GEN\n" in f"\n{out}"
    assert "roof" not in out


def test_a_program_that_waits_for_each_reply_gets_it(tiny_folder: Path, tmp_path: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "chat", "--pack", str(tiny_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=variables) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"reading room\n")
        process.stdin.flush()
        came, _, _ = select.select([process.stdout], [], [], 60)
        process.stdin.close()
        assert came
        assert process.stdout.readline() == b"Anna Kovacs, Head librarian:\n"


def test_a_terminal_is_greeted_and_shows_a_reply_wrapped_with_its_quotation_hanging(chat: Chat) -> None:
    terminal = chat(columns=44)
    terminal.press("roof repairs", ENTER)
    rows = terminal.wait_for(prompts(2))
    assert rows[0] == "Verbatim answers from one article: “Library"
    at = rows.index("you> roof repairs")
    assert rows[at + 1 : at + 7] == [
        "Anna Kovacs, Head librarian, relaying Tom",
        "Reed:",
        "  “My colleague Tom Reed told me last week",
        "   that the roof repairs cost more than the",
        "   new books.”",
        "Millbrook library, paragraph 3",
    ]
    assert "Getting ready…" in terminal.written.decode()
    assert not any("Getting ready" in row for row in rows)


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_has_colours_unless_told_not_to(chat: Chat, environment: dict[str, str], coloured: bool) -> None:
    terminal = chat(**environment)
    terminal.press("reading room", ENTER)
    assert "  “The reading room will finally be full again.”" in terminal.wait_for(prompts(2))
    terminal.press(CTRL_D)
    assert terminal.end() == 0
    written = terminal.written.decode()
    assert ("\x1b[36m  “The reading room will finally be full again.”\x1b[0m" in written) == coloured
    assert bool(re.search(r"\x1b\[(?:\d+;)*(?:3\d|4\d|1)m", written)) == coloured


def test_a_terminal_that_can_do_nothing_is_read_line_by_line(chat: Chat) -> None:
    terminal = chat(TERM="dumb")
    for _ in range(30):  # a Ctrl-C between the prompt and the reading after it is only noticed at the next key
        terminal.press(CTRL_C)
        terminal.read_for(1.0)
        if LEAVE in terminal.rows:
            break
    terminal.wait_for(lambda rows: LEAVE in rows and rows[-1:] == ["you>"])
    terminal.press("/who\n")
    terminal.wait_for("Who is in the article, and where they speak:")
    terminal.press("exit\n")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.written


def test_a_line_is_edited_and_earlier_ones_are_fetched_and_found(chat: Chat) -> None:
    terminal = chat()
    terminal.press("reding room", *[LEFT] * 9, "a", ENTER)
    terminal.wait_for(lambda rows: "you> reading room" in rows)
    terminal.wait_for(prompts(2))
    terminal.press("who said that?", ENTER)
    terminal.wait_for(prompts(3))
    terminal.press(UP, UP)
    terminal.wait_for(lambda rows: rows[-1] == "you> reading room")
    terminal.press(CTRL_C)
    terminal.wait_for(prompts(3))
    terminal.press(CTRL_R, "said")
    terminal.wait_for(lambda rows: "who said that?" in rows[-1])


def test_tab_completes_questions_and_commands(chat: Chat) -> None:
    terminal = chat()
    terminal.press("who called", TAB)
    terminal.wait_for(lambda rows: rows[-2].strip() == "Who called for a second lift?")
    terminal.press(TAB)
    terminal.wait_for("you> Who called for a second lift?")
    terminal.press(CTRL_C, "/wh", TAB)
    terminal.wait_for(lambda rows: any(row.strip() == "/why" for row in rows) and any(row.strip() == "/who" for row in rows))
    terminal.press(CTRL_C, "/quote Be", TAB)
    terminal.wait_for("you> /quote Ruth Bell")


def test_ctrl_c_clears_the_line_and_twice_on_an_empty_one_says_how_to_leave(chat: Chat) -> None:
    terminal = chat()
    terminal.press("never sent")
    terminal.wait_for("you> never sent")
    terminal.press(CTRL_C)
    terminal.wait_for(prompts(1))
    terminal.press(CTRL_C)
    terminal.press("x")
    terminal.wait_for("you> x")
    terminal.press(CTRL_C)
    assert LEAVE not in terminal.wait_for(prompts(1))
    terminal.press(CTRL_C, CTRL_C)
    assert "never sent" not in "\n".join(terminal.wait_for(lambda rows: LEAVE in rows and rows[-1:] == ["you>"]))
    terminal.press("quit", ENTER)
    assert terminal.end() == 0


@pytest.mark.parametrize("keys", [(CTRL_D,), ("quit", ENTER), ("Exit", ENTER), ("/quit", ENTER)])
def test_it_is_left_by_a_key_or_a_word_and_not_by_an_empty_line(chat: Chat, keys: tuple[str, ...]) -> None:
    terminal = chat()
    terminal.press(ENTER)
    terminal.wait_for(prompts(2))
    terminal.press(*keys)
    assert terminal.end() == 0


def test_a_number_picks_what_was_offered(chat: Chat) -> None:
    terminal = chat()
    terminal.press("hello", ENTER)
    rows = terminal.wait_for(prompts(2))
    second = next(row for row in rows if row.startswith("2. "))
    terminal.press("2", ENTER)
    rows = terminal.wait_for(prompts(3))
    assert f"→ {second.removeprefix('2. ')}" in rows


def test_nothing_that_is_typed_is_written_to_a_file(chat: Chat, tmp_path: Path) -> None:
    home = tmp_path / "home"
    terminal = chat(HOME=str(home), XDG_STATE_HOME=str(home / "state"), XDG_CACHE_HOME=str(home / "cache"))
    terminal.press("reading room xyzzy", ENTER)
    terminal.wait_for(prompts(2))
    terminal.press(CTRL_D)
    terminal.end()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"xyzzy" in path.read_bytes()] == []


def test_ctrl_c_gives_an_answer_up_and_the_chat_goes_on(cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(self: Conversation, message: str) -> Shown:
        if message == "slow":
            raise KeyboardInterrupt
        return real(self, message)

    real, out = Conversation.take, Terminal()
    monkeypatch.setattr(Conversation, "take", take)
    monkeypatch.setattr("bot.cli.chat._typed", lambda *_: iter(["slow", "reading room"]))
    monkeypatch.setattr(sys, "stdout", out)
    assert cli("chat", "--pack", tiny_folder, stdin=Terminal()).status == 0
    assert "\nInterrupted.\n\n" in out.getvalue()
    assert "The reading room will finally be full again." in out.getvalue()


def test_output_into_a_pipe_has_no_prompt_even_where_somebody_types(cli: Cli, tiny_folder: Path) -> None:
    out = cli("chat", "--pack", tiny_folder, stdin=Terminal("reading room\n")).out
    assert out.startswith("Anna Kovacs, Head librarian:\n“The reading room")
