"""Discord: the only importer of its library. In the order in which a question meets them:

state (what a button knows), outgoing (what leaves, clamped), pages (answers and pages with their buttons), claims, cooldown, items (what can be pressed),
commands, app (the bot), gateway (the connection), running (`verbatim run`); preview and pictures (`verbatim preview`), which need an extra.
"""
