"""Changes the tables and guards in every small way and tells which changes no test notices: `make mutation`.

mutmut itself tries a mutant in a process that has imported everything before, and changes functions only: of a table it
sees nothing. Here its operators, and a few of the tables' own, are put to every line of a module, also to what is built
while it is imported, and each mutant is imported afresh in a process of its own. No file is changed: the changed text is
handed to the import.
"""
