"""What somebody types at a terminal, with line editing, history and completion, by prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.formatted_text import ANSI, to_formatted_text
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window

from bot.browse.paging import Option
from bot.cli.conversation import HOW_TO_LEAVE, MOST_OFFERED


def typed(prompt: str, complete: Callable[[str], Iterable[Option]]) -> Iterator[str]:
    """The lines that somebody types, up to Ctrl-D on an empty one. `complete` has what a line can become.

    The history is kept in memory alone: a file would store questions.
    """
    session: PromptSession[str] = PromptSession(
        ANSI(prompt),
        completer=_Whole(complete),
        complete_while_typing=False,
        reserve_space_for_menu=MOST_OFFERED,
        history=InMemoryHistory(),
        key_bindings=_keys(),
    )
    while True:
        try:
            yield session.prompt()
        except EOFError:
            return


def pressed(prompt: str, keys: str) -> str:
    """The one of the keys that somebody presses, each a character; Enter need not be. Raises KeyboardInterrupt and EOFError."""
    bindings, shown = KeyBindings(), ""

    def ends(event: KeyPressEvent) -> None:
        nonlocal shown
        shown = event.data
        event.app.exit(result=event.data)

    for key in keys:
        bindings.add(key)(ends)
    bindings.add("c-d")(lambda event: event.app.exit(exception=EOFError))
    bindings.add("c-c")(lambda event: event.app.exit(exception=KeyboardInterrupt))
    # Without a line to edit, no other key does anything, and nothing that is pasted.
    row = FormattedTextControl(lambda: [*to_formatted_text(ANSI(prompt)), ("", shown), ("[SetCursorPosition]", "")])
    application: Application[str] = Application(Layout(Window(row, dont_extend_height=True)), key_bindings=bindings)
    return application.run()


def typed_line(prompt: str) -> str:
    """A line that somebody types. Raises KeyboardInterrupt and EOFError."""
    session: PromptSession[str] = PromptSession(ANSI(prompt), history=DummyHistory(), reserve_space_for_menu=0)
    return session.prompt()


class _Whole(Completer):
    """Completes a line as a whole, up to where the cursor stands."""

    def __init__(self, complete: Callable[[str], Iterable[Option]]) -> None:
        self._complete = complete

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        for option in self._complete(before):
            yield Completion(option.value, start_position=-len(before), display=option.label)


def _keys() -> KeyBindings:
    """Ctrl-C: clears the line; twice on an empty one, it says how to leave."""
    keys, presses = KeyBindings(), 0

    @keys.add("c-c", filter=has_focus(DEFAULT_BUFFER))
    def clear(event: KeyPressEvent) -> None:
        nonlocal presses
        line = event.current_buffer
        presses = 0 if line.text else presses + 1
        line.reset()
        if presses == 2:
            presses = 0
            run_in_terminal(lambda: print(HOW_TO_LEAVE))

    return keys
