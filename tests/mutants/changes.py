"""Every small change of one module: mutmut's operators on all of its lines, and what a table of the law can lose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import EnumType

import libcst as cst
import libcst.matchers as m
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper
from mutmut.mutation import mutators

from app.core.permissions import Permission
from complaints import codes, codes_protection
from complaints.clocks import Verb
from reception import codes as codes_reception

# What is shown and not decided upon: where the words stand among the positional arguments, and their keywords. The
# references to the law are held by docs/law-coverage.md, which a test writes again.
WORDS_AT = {"Transition": (5, 6, 7), "State": (1, 2), "spec": (2, 3), "FieldSpec": (2, 3)}
WORDS_NAMED = {"label_vi", "label_en", "help_vi", "cites"}
LISTS = {
    "complaints.codes": codes,
    "complaints.codes_protection": codes_protection,
    "reception.codes": codes_reception,
}
A_CODE = re.compile(r"""^[rb]?["'][A-Za-z0-9_@/.-]+["']$""")
SKIPPED = (
    cst.Annotation,
    cst.Import,
    cst.ImportFrom,
    cst.Decorator,
    cst.FormattedString,
    cst.AssignTarget,
    cst.TypeAlias,
)
KINDS = {
    "LINE": "TEXT", "TEXT": "LINE", "DATE": "LINE", "CHOICE": "CHOICES", "CHOICES": "CHOICE", "INTEGER": "NUMBER",
    "NUMBER": "INTEGER", "YES_NO": "LINE", "UNIT": "PERSON", "PERSON": "UNIT", "CASE": "PETITION", "PETITION": "CASE",
    "PARTIES": "CHOICES",
}  # fmt: skip
# What by its own change becomes something else already.
OTHERWISE = (m.Name("None") | m.SimpleString() | m.Integer() | m.Tuple() | m.Attribute(value=m.Name("Verb"))
             | m.Attribute(value=m.Name("FieldKind")))  # fmt: skip
IN_FUNCTIONS = {mutators.operator_assignment, mutators.operator_augmented_assignment}
LEFT_OUT = {mutators.operator_string, mutators.operator_arg_removal, mutators.operator_dict_arguments}


@dataclass(frozen=True)
class Change:
    """One mutant: what stands where in the place of what."""

    scope: str
    old: cst.CSTNode
    new: cst.CSTNode
    words: str

    def __str__(self) -> str:
        return f"{self.scope}: {self.words}"


class Module:
    """The text of a module and all its changes."""

    def __init__(self, text: str) -> None:
        self.tree = cst.parse_module(text)
        self.text = text.encode()
        places = MetadataWrapper(self.tree, unsafe_skip_copy=True)
        self.places = places.resolve(ByteSpanPositionProvider)
        self.enums = _enums(self.tree)

    def changes(self) -> list[Change]:
        """Return every change, in the order of the lines."""
        return list(self._walk(self.tree, ""))

    def changed(self, change: Change) -> str:
        """Return the text of the module with one change."""
        place = self.places[change.old]
        before, after = self.text[: place.start], self.text[place.start + place.length :]
        return (before + _code(change.new).encode() + after).decode()

    def _walk(self, node: cst.CSTNode, scope: str) -> Iterator[Change]:
        if isinstance(node, SKIPPED) or _is_docstring(node):
            return
        for new, why in self._of(node, scope):
            yield Change(scope or "table", node, new, why or f"{self._show(node)} -> {self._show(new)}")
        if isinstance(node, (cst.If, cst.CompIf)):  # a condition that is always or never fulfilled
            for word in ("True", "False"):
                yield Change(
                    scope or "table", node.test, cst.Name(word), f"if {self._show(node.test)} -> {word}"
                )
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            scope = ".".join(filter(None, (scope, node.name.value))) + (
                "()" if isinstance(node, cst.FunctionDef) else ""
            )
        elif isinstance(node, cst.AnnAssign) and "(" not in scope:
            scope = f"{scope}.{_code(node.target)}"
        elif not scope and isinstance(node, cst.SimpleStatementLine):
            yield from self._named(node)
            return
        for child in _children(node):
            yield from self._walk(child, scope)

    def _named(self, line: cst.SimpleStatementLine) -> Iterator[Change]:
        """Name what stands at the top of the module after what it is assigned to."""
        for child in line.body:
            name = ""
            if isinstance(child, cst.Assign) and isinstance(child.targets[0].target, cst.Name):
                name = child.targets[0].target.value
            elif isinstance(child, cst.AnnAssign) and isinstance(child.target, cst.Name):
                name = child.target.value
            parts = (
                ()
                if isinstance(child, cst.Assign) and isinstance(child.value, cst.Subscript)
                else _children(child)
            )
            for part in parts:  # a subscript alone is the name of a type
                for change in self._walk(part, "table"):
                    yield Change(name or "table", change.old, change.new, change.words)

    def _of(self, node: cst.CSTNode, scope: str) -> Iterator[tuple[cst.CSTNode, str]]:
        for kind, operator in mutators.mutation_operators:
            if operator in LEFT_OUT or (operator in IN_FUNCTIONS and "(" not in scope):
                continue
            if isinstance(node, kind):
                for new in operator(node):
                    yield new, ""
        if isinstance(node, cst.SimpleString) and A_CODE.match(node.value):
            yield next(iter(mutators.operator_string(node))), ""
        yield from _arguments(node)
        yield from _elements(node)
        yield from _conditions(node)
        yield from _statements(node)
        yield from self._member(node)

    def _member(self, node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
        """Name another member of a code list of ours."""
        if not isinstance(node, cst.Attribute):
            return
        name, member = self._show(node.value), node.attr.value
        if name == "FieldKind":
            yield node.with_changes(attr=cst.Name(KINDS[member])), ""
        listed = self.enums.get(name)
        if listed is not None and member in listed.__members__:
            others = [*listed.__members__]
            yield node.with_changes(attr=cst.Name(others[others.index(member) - 1])), ""

    def _show(self, node: cst.CSTNode) -> str:
        return " ".join(self.tree.code_for_node(node).split())


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _children(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """Return what may be changed below a node: not the words, not what is assigned to."""
    if isinstance(node, cst.Call):
        words = WORDS_AT.get(node.func.value, ()) if isinstance(node.func, cst.Name) else ()
        shown = [
            arg for at, arg in enumerate(node.args) if at not in words and _keyword(arg) not in WORDS_NAMED
        ]
        return [node.func, *shown]
    if isinstance(node, (cst.For, cst.CompFor)):
        return [child for child in node.children if child is not node.target]
    if isinstance(node, cst.AnnAssign):
        return [node.value] if node.value else []
    return node.children


def _keyword(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword else ""


def _arguments(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
    """Leave out a named argument; give None for one by place. Those that are only shown stay."""
    if not isinstance(node, cst.Call) or m.matches(
        node.func, m.Name("super") | m.Name("isinstance") | m.Name("len")
    ):
        return
    name = node.func.value if isinstance(node.func, (cst.Name,)) else "call"
    shown = set(_children(node))
    for at, arg in enumerate(node.args):
        if arg not in shown or arg.star:
            continue
        before, after = node.args[:at], node.args[at + 1 :]
        if arg.keyword is not None:
            yield node.with_changes(args=[*before, *after]), f"{_first(node)} without {_keyword(arg)}"
        elif not m.matches(arg.value, OTHERWISE):
            empty = arg.with_changes(value=cst.Name("None"))
            yield (
                node.with_changes(args=[*before, empty, *after]),
                f"{_first(node) or name} argument {at} -> None",
            )


def _first(node: cst.Call) -> str:
    """Return how a call begins, by which a row of a table is known: Transition("C-1", "accept")."""
    parts = [_code(arg.value) for arg in node.args[:2]]
    begun = ", ".join(" ".join(part.split()) for part in parts)
    return f"{_code(node.func)}({begun[:70]})"


def _elements(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
    """Leave out one element of a tuple, list, set or mapping: a guard, an effect, a field, a state."""
    if not isinstance(node, (cst.Tuple, cst.List, cst.Set, cst.Dict)):
        return
    for at, element in enumerate(node.elements):
        rest = [*node.elements[:at], *node.elements[at + 1 :]]
        left: cst.CSTNode = (
            node.with_changes(elements=rest)
            if rest or not isinstance(node, cst.Set)
            else cst.parse_expression("set()")
        )
        if isinstance(node, cst.Tuple) and not node.lpar:
            left = node.with_changes(elements=rest, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        if isinstance(left, cst.Tuple) and len(rest) == 1:
            left = left.with_changes(elements=[rest[0].with_changes(comma=cst.Comma())])
        yield left, f"without {' '.join(_code(element).split())[:90]}"


def _conditions(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
    """Leave out one side of 'and', 'or' and of unions and differences."""
    if isinstance(node, cst.BooleanOperation):
        yield node.left, ""
        yield node.right, ""
    elif isinstance(node, cst.BinaryOperation) and isinstance(
        node.operator, (cst.BitOr, cst.BitAnd, cst.Subtract)
    ):
        yield node.left, ""
        if not isinstance(node.operator, cst.Subtract):
            yield node.right, ""


def _statements(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, str]]:
    """Allow what a guard refuses and refuse what it allows; leave out what is raised or only called."""
    if isinstance(node, cst.Return):
        nothing = node.value is None or m.matches(node.value, m.Name("None"))
        value = cst.SimpleString('"XX"') if nothing else cst.Name("None")
        yield node.with_changes(value=value, whitespace_after_return=cst.SimpleWhitespace(" ")), ""
    elif isinstance(node, (cst.Raise, cst.Expr)):
        yield cst.Pass(), ""


def _enums(tree: cst.Module) -> dict[str, EnumType]:
    """Return the code lists by the names that a module has for them: codes.Field, _K, Verb."""
    known: dict[str, EnumType] = {"Verb": Verb, "Permission": Permission}
    imported = [line for line in m.findall(tree, m.ImportFrom()) if isinstance(line, cst.ImportFrom)]
    for line in imported:
        source = _code(line.module) if line.module else ""
        for alias in line.names if isinstance(line.names, Sequence) else ():
            name, as_ = str(alias.evaluated_name), str(alias.evaluated_alias or alias.evaluated_name)
            if (source, name) in (("complaints", "codes"), ("complaints", "codes_protection")):
                lists = codes if name == "codes" else codes_protection
                known |= {
                    f"{as_}.{key}": value for key, value in vars(lists).items() if isinstance(value, EnumType)
                }
            elif isinstance(found := getattr(LISTS.get(source), name, None), EnumType):
                known[as_] = found
    for line in m.findall(tree, m.Assign()):
        assert isinstance(line, cst.Assign)
        names = line.targets[0].target
        pairs = ([(names, line.value)] if not isinstance(names, cst.Tuple) or not isinstance(line.value, cst.Tuple) else
                 [(a.value, b.value) for a, b in zip(names.elements, line.value.elements, strict=False)])  # fmt: skip
        for name_node, value in pairs:
            listed = known.get(_code(value))
            if listed is not None and isinstance(name_node, cst.Name):
                known[name_node.value] = listed
    return known
