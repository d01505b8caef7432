"""Discord: the only importer of its library. In the order in which a question meets them:

state (what a button knows), outgoing (what leaves, clamped), pages (answers and pages with their buttons), cooldown, items (what can be pressed),
commands, app (the bot), running (`verbatim run`); preview and pictures (`verbatim preview`), which need an extra.
"""
