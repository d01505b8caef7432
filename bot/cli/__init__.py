"""The command line, a file a command: main parses and dispatches; ask, chat, check, evaluate, calibrate, bench_load, preview and run are the
commands.

settings (from options to an engine), record and reports (the objects of --json), colours and messages are what several of them
need. A chat is conversation (what is typed -> what is shown, as values), prompt (line editing) and page (wrapping).
"""
