"""Where an id comes in other than in an address's path: fields of forms and of steps, filters, hand-written inputs."""

import re
from collections.abc import Iterator
from pathlib import Path

from wtforms import Form
from wtforms.fields.core import UnboundField

from app.tables import every_workflow
from app.web.forms import record_id
from complaints.workflow.base import FieldKind

OF_STEPS = {FieldKind.CASE, FieldKind.PETITION, FieldKind.PARTIES, FieldKind.UNIT, FieldKind.PERSON}
ROOT = Path(__file__).parents[2]
_READ = re.compile(r'\b(args|form)\.(?:get|getlist)\("(\w+)"[^)]*type=(?:int|record_id)')
_INPUT = re.compile(r'<(?:input|select|button)\b[^>]*\bname="(\w+)"[^>]*')
_ID_IN_VALUE = re.compile(r'value="{{[^}]*(?:\.id\b|_id\b)')


def form_classes(base: type[Form] = Form) -> Iterator[type[Form]]:
    """Yield our own classes of forms, deepest ones too."""
    for one in base.__subclasses__():
        made_up = one.__name__ == "StepForm"  # made anew for each step: those are found in the tables
        if one.__module__.startswith(("app.", "complaints.", "reception.", "notifications.")) and not made_up:
            yield one
        yield from form_classes(one)


def of_forms() -> set[str]:
    """Return the fields of classes of forms that carry an id: what becomes a whole number of a list, or is called one."""
    found = set()
    for form in form_classes():
        for name, made in vars(form).items():
            if isinstance(made, UnboundField) and (
                made.kwargs.get("coerce") in (int, record_id) or re.search(r"(^|_)ids?$", name)
            ):
                found.add(f"{form.__name__}.{name}")
    return found


def of_steps() -> set[str]:
    """Return the fields of steps that name a case, a petition, a unit, a person or those who take part."""
    return {
        f"{table.name}.{step.action}.{field.name}"
        for table in every_workflow()
        for step in table.transitions
        for field in step.fields
        if field.kind in OF_STEPS
    }


def of_views() -> set[str]:
    """Return the numbers that views read from an address's filters or from a form that has no class."""
    found = set()
    for folder in ("app", "complaints", "reception", "notifications"):
        for path in (ROOT / folder).rglob("views/*.py"):
            found |= {f"{path.stem}.{where}.{name}" for where, name in _READ.findall(path.read_text("utf-8"))}
        for path in (ROOT / folder).glob("views.py"):
            found |= {f"{folder}.{where}.{name}" for where, name in _READ.findall(path.read_text("utf-8"))}
    return found


def of_templates() -> set[str]:
    """Return the inputs written by hand into templates whose value is an id, and which no class of form reads."""
    found = set()
    for folder in ("app", "complaints", "reception", "notifications"):
        for path in (ROOT / folder).rglob("*.html"):
            for one in _INPUT.finditer(path.read_text("utf-8")):
                if _ID_IN_VALUE.search(one[0]) or re.search(r"(^|_)ids?$", one[1]):
                    found.add(f"{path.stem}: {one[1]}")
    return found
