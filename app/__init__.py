"""The floor (core, web, organisation, papers, files) and the roof (factory, wiring, worker, commands) of Tiếp Dân."""
