"""What tables, guards and services say in Vietnamese is told in English to whoever reads English."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from app.tables import every_workflow
from app.web.locale import speaking
from app.web.told import told
from tests.web.test_languages import CATALOGUE, ROOT

VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
TABLES = (ROOT / "complaints" / "workflow", ROOT / "reception" / "workflow")
COMPETENCE = (ROOT / "complaints" / "routing.py", ROOT / "complaints" / "competence.py")


def helps() -> set[str]:
    """Return the help of every step and field of every table."""
    steps = [step for workflow in every_workflow() for step in workflow.transitions]
    return {step.help_vi for step in steps} | {f.help_vi for step in steps for f in step.fields if f.help_vi}


def reasons() -> set[str]:
    """Return every whole sentence that a guard returns, with %(1)s, %(2)s ... for what it fills in."""
    return {
        sentence
        for folder in TABLES
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Return) and node.value is not None
        for sentence in _sentences(node.value)
    }


def competence() -> set[str]:
    """Return every reason that a proposal of competence gives, and the words that fill in a reason."""
    said = set[str]()
    for path in COMPETENCE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                found = set(_sentences(node.args[0]))
                assert found, (
                    f"{path.name}:{node.lineno}: write the reason where it is made, so that it is found"
                )
                said |= found
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "what":
                parts = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
                said |= {text for text in parts if isinstance(text, str)}
    return said


def _sentences(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        holes = 0
        words = ""
        for part in parts:
            holes += not isinstance(part, ast.Constant)
            words += str(part.value) if isinstance(part, ast.Constant) else f"%({holes})s"
        if VIETNAMESE.search(words) and words.rstrip().endswith("."):
            yield words
        return
    for child in ast.iter_child_nodes(node):
        yield from _sentences(child)


def spoken() -> set[str]:
    """Return the sentences that the catalogue has in English."""
    with CATALOGUE.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id and message.string}


@pytest.mark.parametrize("said", [helps, reasons, competence])
def test_what_a_table_says_has_its_english(said: Callable[[], set[str]]) -> None:
    """Add what is missing to messages.po and compile; the failure prints it ready to be filled in."""
    sentences = said()
    missing = sorted(sentences - spoken())
    assert len(sentences) > 50
    assert not missing, "\n\n".join(f'msgid "{sentence}"\nmsgstr ""' for sentence in missing)


def test_days_and_numbers_keep_their_place(app: Flask) -> None:
    late = "Phải thông báo chậm nhất 23/11/2026; hãy hẹn buổi khác hoặc chuyển sang tiếp trực tiếp (NĐ 154/2026 Điều 23)."
    with app.test_request_context():
        assert told(late) == late
        with speaking("en"):
            assert told(late) == (
                "The notice must go out on 23/11/2026 at the latest; set another session or receive in person "
                "(Decree 154/2026 Art 23)."
            )
            assert told("Còn thời hạn có hiệu lực đến hết ngày 20/12/2026.") == (
                "Still running: the limit after which the decision takes effect, to the end of 20/12/2026."
            )


def test_a_length_of_time_inside_a_reason_is_told_in_english_too(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert told("Thuộc thẩm quyền: kiểm tra điều kiện thụ lý trong 7 ngày làm việc.") == (
            "Within competence: check the conditions for acceptance within 7 working days."
        )
        assert told("Không rõ người tố cáo: không giải quyết theo Luật Tố cáo.") == (
            "Nobody knows who denounces: not resolved under the Law on Denunciations."
        )


def test_what_has_no_english_stays_readable_and_percent_signs_are_no_places(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert told("Câu này chưa ai dịch: 100% đúng.") == "Câu này chưa ai dịch: 100% đúng."
        assert told("") == ""
