"""The page 'Quy định' and that the three layers are never mixed on any page that shows a date."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.rulebook.loader import Extension, Layer, Unit, load_rulebook
from complaints.rulebook.overview import SUBJECTS, cards, counting_rules, subject_of
from complaints.services.assignment import assign
from complaints.services.local_rules import NewRule, set_local_rule
from complaints.services.perform import perform
from complaints.views import rules as view
from tests.conftest import TODAY
from tests.factories import World, build_petition

LOGIN = Callable[[Person], FlaskClient]
D = date
RULES = load_rulebook().rules()


# ---------------------------------------------------------------------------------------------------------- the overview


def test_every_rule_has_a_subject_and_none_is_left_over():
    assert "other" not in {subject_of(code) for code in load_rulebook().codes()}
    found = cards(RULES, as_of=TODAY)
    assert list(found) == [subject for subject in SUBJECTS if subject != "other"]
    assert sum(len(c.versions) for of_subject in found.values() for c in of_subject) == len(RULES)
    assert subject_of("NO_SUCH") == "other"


def test_versions_stand_in_order_with_what_changed_between_them():
    (card,) = cards(RULES, as_of=TODAY, wanted="KN_ACCEPT")["complaints"]
    assert [(v.rule.number, v.standing) for v in card.versions] == [(10, "over"), (7, "now")]
    assert card.versions[0].changed == frozenset()
    assert card.versions[1].changed == {"number", "article"}
    assert card.shown.number == 7
    (before,) = cards(RULES, as_of=D(2026, 6, 30), wanted="KN_ACCEPT")["complaints"]
    assert [v.standing for v in before.versions] == ["now", "coming"] and before.shown.number == 10
    (never,) = cards(RULES, as_of=D(2000, 1, 1), wanted="KN_ACCEPT")["complaints"]
    assert never.shown.number == 7


@pytest.mark.parametrize(
    "wanted", ["thu ly khieu nai", "THỤ LÝ khiếu nại", "dieu 27 khieu nai", "C04", "accepting a complaint"]
)
def test_search_needs_no_diacritics(wanted: str):
    codes = {
        card.code for of_subject in cards(RULES, as_of=TODAY, wanted=wanted).values() for card in of_subject
    }
    assert "KN_ACCEPT" in codes and len(codes) < 8


def test_counting_rules_are_those_of_the_specification_in_order():
    assert [row.code for row in counting_rules()] == [f"T{n:02}" for n in range(1, 13)]
    assert all(row.name_vi and row.name_en and row.article for row in counting_rules())


def test_numbers_stand_in_words_with_their_unit(session: Session):
    rule = load_rulebook().rule("KN1_RESOLVE", TODAY)
    said = view.number_words(rule)
    assert said[0] == "30 ngày"
    assert {"vụ việc phức tạp: 45 ngày", "vùng sâu, vùng xa và phức tạp: 60 ngày"} <= set(said)
    assert view.number_words(load_rulebook().rule("KN_DIALOGUE_NOTICE", TODAY)) == ["ít nhất 5 ngày trước"]
    assert [view.amount(unit, 2) for unit in Unit] == ["2 ngày", "2 ngày làm việc", "2 năm", "2 giờ"]
    assert "tổng cộng không quá 10 ngày làm việc" in view.extension_words(
        load_rulebook().rule("TC_INIT", TODAY)
    )
    assert "nhiều nhất 2 lần" in view.extension_words(load_rulebook().rule("TC_RESOLVE", TODAY))
    longer = replace(rule, lengths={}, extension=Extension("add", 5, 1, "Điều 1"))
    assert "mỗi lần không quá 5 ngày" in view.extension_words(longer)
    assert view.extension_words(rule) == ""


# -------------------------------------------------------------------------------------------------------------- the page


@pytest.mark.parametrize(
    "username", ["tiepdan.lb", "donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb", "thanhtra", "quantri"]
)
def test_everyone_signed_in_reads_every_rule(world: World, login_as: LOGIN, username: str):
    page = login_as(world.person(username)).get("/rules/")
    assert page.status_code == 200
    for rule in RULES:
        assert f'id="{rule.code}"' in page.text
    assert "Luật Khiếu nại Điều 27, sửa bởi Luật 136/2025 Điều 2 khoản 15" in page.text
    assert "chưa chắc chắn" in page.text and "Từ 01/07/2026" in page.text
    assert 'href="/rules/"' in page.text, "in the menu"


def test_changes_and_confidence_are_said_in_words(world: World, login_as: LOGIN):
    page = login_as(world.person("thuly.lb")).get("/rules/?q=KN_ACCEPT").text
    assert page.count("changed-mark") == 2  # the number and the article
    assert re.search(r"changed-mark.*?thay đổi", page, re.DOTALL)
    assert "đã hết hiệu lực" in page and "đang áp dụng" in page


def test_the_page_counts_only_what_the_reader_sees(world: World, login_as: LOGIN):
    build_petition(world, kind="complaint")
    build_petition(world, kind="complaint")
    seen = login_as(world.person("donthu.lb")).get("/rules/?q=KN_ACCEPT").text
    assert "2 thời hạn đang chạy" in seen


def test_a_reader_of_another_office_counts_nothing_of_it(world: World, login_as: LOGIN):
    build_petition(world, kind="complaint")
    assert (
        "thời hạn đang chạy</span>" not in login_as(world.person("donthu.bd")).get("/rules/?q=KN_ACCEPT").text
    )


def test_the_page_stands_as_of_a_day_and_says_what_it_could_not_read(world: World, login_as: LOGIN):
    client = login_as(world.person("thuly.lb"))
    assert "chưa bắt đầu" in client.get("/rules/?q=KN_ACCEPT&as_of=30/06/2026").text
    assert "chưa bắt đầu" in client.get("/rules/?q=KN_ACCEPT&as_of=2026-06-30").text
    wrong = client.get("/rules/?as_of=31/02/2026")
    assert wrong.status_code == 422
    assert "Ghi ngày theo dạng ngày/tháng/năm" in wrong.text and 'value="31/02/2026"' in wrong.text
    assert "Không có quy định nào như vậy" in client.get("/rules/?q=xyzzy").text


def test_the_page_speaks_english_and_keeps_the_law_in_its_words(world: World, login_as: LOGIN):
    client = login_as(world.person("thuly.lb"))
    client.post("/locale", data={"locale": "en"})
    page = client.get("/rules/").text
    assert "Accepting a complaint" in page and "7 working days" in page and "not certain" in page
    assert "a complaint is received" in page and "the dialogue" in page
    assert "Law on Complaints Article 27" in page
    events = {
        word for rule in RULES for word in (rule.starts, rule.stops) if len(word) > len("thụ lý tố cáo")
    }
    assert not {word for word in {*events, "Luật Khiếu nại", "Nghị định"} if word in page}, (
        "forms alone keep their names"
    )
    assert client.get("/rules/?q=complaint+received").text.count("<article") >= 1


def test_only_the_first_layer_is_called_law_on_the_page(world: World, login_as: LOGIN):
    page = login_as(world.person("quantri")).get("/rules/").text
    for rule in RULES:
        versions = [r for r in RULES if r.code == rule.code]
        if any(r.is_law for r in versions):
            continue
        article = page[page.index(f'id="{rule.code}"') :].partition("</article>")[0]
        assert "theo luật" not in article and "mục tiêu nội bộ" in article, rule.code


# --------------------------------------------------------------------------------- three layers on pages that show dates


def proposal(world: World) -> Case:
    petition = build_petition(world, kind="proposal")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
        case = petition.case
        assert case is not None
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
        perform(case, "study", actor=world.principal("chutich.lb"), data={"on": TODAY})
    return case


@pytest.mark.parametrize("path", ["/", "/cases/", "/cases/{case}"])
def test_a_proposal_is_due_by_an_internal_target_and_every_page_says_so(
    world: World, login_as: LOGIN, path: str
):
    case = proposal(world)
    page = login_as(world.person("chutich.lb")).get(path.format(case=case.id)).text
    assert "(mục tiêu nội bộ)" in page


def test_supervision_says_by_what_a_late_proposal_is_late(world: World, login_as: LOGIN):
    proposal(world)
    with frozen(D(2027, 1, 20)):
        page = login_as(world.person("thanhtra")).get("/supervision/").text
    assert "(mục tiêu nội bộ)" in page
    assert "Kiến nghị, phản ánh tính theo mục tiêu nội bộ" in page


def test_a_proposal_whose_reply_is_due_by_law_is_not_called_internal(world: World, login_as: LOGIN):
    """Brought in person: the ten working days of R09 come before the target."""
    petition = build_petition(world, kind="proposal", in_person=True)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    assert "(mục tiêu nội bộ)" not in login_as(world.person("chutich.lb")).get("/cases/").text


def test_a_complaint_is_due_by_law_and_its_own_target_never_says_on_time(world: World, login_as: LOGIN):
    with unit_of_work():
        set_local_rule(
            NewRule(
                world.unit("LB").id,
                Layer.INTERNAL,
                "KN_ACCEPT",
                Unit.WORKING,
                3,
                TODAY,
                None,
                "Sớm hơn",
                "KH 1",
            ),
            actor=world.principal("quantri"),
        )
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    case = petition.case
    assert case is not None
    with frozen(D(2026, 11, 20)):
        with unit_of_work():
            perform(
                case,
                "accept",
                actor=world.principal("chutich.lb"),
                data={"on": D(2026, 11, 20), "document_no": "1", "contested": "act"},
            )
        page = login_as(world.person("chutich.lb")).get(f"/cases/{case.id}").text
    own = page[page.index("Thụ lý khiếu nại (mục tiêu nội bộ)") :].partition("</details>")[0]
    assert "xong, quá mục tiêu" in own and "mục tiêu nội bộ, không phải thời hạn theo luật" in own
    assert "đúng hạn" not in own and "quá hạn" not in own
    assert "xong, đúng hạn" in page, "the seven days of the law were kept"
