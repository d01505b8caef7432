"""The command line, a file a command: main parses and dispatches; ask, chat, check, evaluate, calibrate, preview and run are the
commands.

settings (from options to an engine), record (the object of `ask --json`), colours and messages are what several of them need.
"""
