"""Discord: the only folder that imports its library. In the order of their imports, which point one way:

limits (Discord's numbers); outgoing, custom_ids, typed_commands and pages (what is shown, as plain values without the library);
buttons (what can be pressed), permissions, translation, log;
pacing, seen_events, under_way, withdrawn, patient_store, personal_data and settings (what is kept while it runs);
delivery (sending), responses (to interactions, in time), answering (from a question to its message), asking (by interactions);
curating (what was asked in vain);
privacy, messages, presses, commands and admin (what people do); startup, shared (what the clients of a process share),
gateway (the connections), lifecycle (a client); keeping (one client connected), fleet (several), opening (the store),
metrics (which an extra writes) and endpoints (what is seen from outside);
running (`verbatim run`), preview (`verbatim preview`, which needs an extra).
"""
