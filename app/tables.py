"""Every workflow table of the system, those of complaints and those of the desk, found without a list to forget."""

import importlib
import pkgutil
from functools import lru_cache

import complaints.workflow
import reception.workflow
from complaints.review import require_law
from complaints.workflow.base import Workflow


@lru_cache(maxsize=1)
def every_workflow() -> tuple[Workflow, ...]:
    """Return every table, whoever added it, by name."""
    tables: dict[str, Workflow] = {}
    for package in (complaints.workflow, reception.workflow):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(found.name)).values():
                if isinstance(value, Workflow):
                    tables[value.name] = value
    return tuple(tables[name] for name in sorted(tables))


@lru_cache(maxsize=1)
def law_holds() -> bool:
    """Return True, once and for all, when rules, tables and forms hold together. Raises RulebookError with findings."""
    require_law(every_workflow())
    return True
