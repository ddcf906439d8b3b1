"""The sentences of a clock: the whole in one, in Vietnamese and in English, days off told so that they can be read."""

import re
from dataclasses import replace

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clock_words import _PHRASES, Words, english_citation
from complaints.clocks import ClockEvent, Reading, Verb, read_clock
from complaints.rulebook.loader import Layer, Unit, load_rulebook
from tests.law.test_clocks import CALENDAR, at, day, read, rule_of, sentences

ACCEPTED = at(Verb.START, "12/11")


def in_english(code: str, *events: ClockEvent) -> Reading:
    """Read a clock of a code in English."""
    return read_clock(rule_of(code), events, CALENDAR, lang="en")


def test_the_whole_explanation_reads_as_the_sentence_of_the_issue() -> None:
    assert read("KN_ACCEPT", ACCEPTED).sentence == (
        "Nhận khiếu nại thứ Năm 12/11/2026, không tính ngày nhận; 7 ngày làm việc, bỏ thứ Bảy 14/11, Chủ nhật 15/11, thứ "
        "Bảy 21/11, Chủ nhật 22/11; hạn cuối thứ Hai 23/11/2026 (Luật Khiếu nại Điều 27, sửa bởi Luật 136/2025 Điều 2 "
        "khoản 15)."
    )
    assert in_english("KN_ACCEPT", ACCEPTED).sentence == (
        "Accepting a complaint: the period begins with Thursday 12/11/2026, which is not counted; 7 working days, skipping "
        "Saturday 14/11, Sunday 15/11, Saturday 21/11, Sunday 22/11; due Monday 23/11/2026 (Law on Complaints Article 27, "
        "as amended by Law 136/2025 Article 2 clause 15)."
    )


def test_a_tet_week_is_told_as_one_span() -> None:
    newer = load_rulebook().by_version("KN_ACCEPT@2026-07-01")
    received = [at(Verb.START, "11/02")]
    assert "bỏ thứ Bảy 14/02, Chủ nhật 15/02, từ thứ Hai 16/02 đến thứ Sáu 20/02 (Tết), thứ Bảy 21/02" in (
        read_clock(newer, received, CALENDAR).sentence
    )
    assert "Sunday 15/02, from Monday 16/02 to Friday 20/02 (Tết), Saturday 21/02" in (
        read_clock(newer, received, CALENDAR, lang="en").sentence
    )


def test_the_days_before_and_after_the_new_year_of_2027_are_one_tet_as_computed() -> None:
    """Each has a name of its own in the provisional calendar: 29 Tết, the eve, the first to the fifth day."""
    for lang, span in (
        ("vi", "từ thứ Năm 04/02 đến thứ Tư 10/02 (Tết)"),
        ("en", "from Thursday 04/02 to Wednesday 10/02 (Tết)"),
    ):
        reading = read_clock(rule_of("KN1_SEND"), [at(Verb.START, "03/02/2027")], CALENDAR, lang=lang)
        assert f" {span}, " in reading.sentence


def test_closures_in_a_row_are_one_span_by_their_own_reason_and_two_days_are_named_each() -> None:
    closed = [Adjustment(day(f"{n}/11"), False, "Bão số 12") for n in (17, 18, 19)]
    off = [Adjustment(day("23/11"), False, "Mất điện")]
    reading = read_clock(rule_of("KN_ACCEPT"), [at(Verb.START, "16/11")], WorkCalendar([*closed, *off]))
    assert (
        "bỏ từ thứ Ba 17/11 đến thứ Năm 19/11 (Bão số 12), thứ Bảy 21/11, Chủ nhật 22/11, thứ Hai 23/11 (Mất điện), thứ "
        "Ba 24/11 (Ngày Văn hóa Việt Nam), thứ Bảy 28/11, Chủ nhật 29/11; hạn cuối thứ Tư 02/12/2026"
    ) in reading.sentence
    english = read_clock(
        rule_of("KN_ACCEPT"), [at(Verb.START, "16/11")], WorkCalendar([*closed, *off]), lang="en"
    )
    assert "from Tuesday 17/11 to Thursday 19/11 (Bão số 12)" in english.sentence
    assert "Tuesday 24/11 (Vietnam Cultural Day)" in english.sentence


def test_two_closures_around_a_weekend_are_two() -> None:
    closed = [Adjustment(day(text), False, "Bão") for text in ("20/11", "23/11")]
    reading = read_clock(rule_of("KN1_SEND"), [at(Verb.START, "19/11")], WorkCalendar(closed))
    assert "thứ Sáu 20/11 (Bão), thứ Bảy 21/11, Chủ nhật 22/11, thứ Hai 23/11 (Bão), " in reading.sentence


def test_every_event_has_its_part_in_the_sentence() -> None:
    reading = read(
        "KN1_RESOLVE", at(Verb.START, "31/07", remote=True), at(Verb.EXTEND, "05/08", complex=True),
        at(Verb.PAUSE, "06/08"), at(Verb.RESUME, "10/08"), at(Verb.STOP, "06/10"),
    )  # fmt: skip
    assert reading.sentence == (
        "Thụ lý thứ Sáu 31/07/2026, không tính ngày này; 45 ngày liên tục, tính cả ngày nghỉ (vùng sâu, vùng xa đi lại khó "
        "khăn); xác định vụ việc phức tạp thứ Tư 05/08/2026: thời hạn thành 60 ngày tính từ ngày thụ lý; tạm dừng thứ Năm "
        "06/08/2026, còn 54 ngày; tiếp tục thứ Hai 10/08/2026: 54 ngày liên tục, tính cả ngày nghỉ; ngày cuối thứ Bảy "
        "03/10/2026 là ngày nghỉ nên hạn cuối chuyển sang thứ Hai 05/10/2026 (Luật Khiếu nại Điều 28); hoàn thành thứ Ba "
        "06/10/2026, quá hạn."
    )


def test_an_extended_limit_cites_both_articles_and_an_early_end_says_so() -> None:
    events = [at(Verb.START, "27/10"), at(Verb.EXTEND, "20/11")]
    assert read("TC_RESOLVE", *events).sentence.endswith(
        "; gia hạn thứ Sáu 20/11/2026: thêm 30 ngày liên tục, tính cả ngày nghỉ; ngày cuối thứ Bảy 26/12/2026 là ngày nghỉ "
        "nên hạn cuối chuyển sang thứ Hai 28/12/2026 (Luật Tố cáo Điều 30 khoản 1; Luật Tố cáo Điều 30 khoản 2, 3)."
    )
    assert read("TC_RESOLVE", *events, at(Verb.STOP, "28/12")).sentence.endswith(
        "khoản 2, 3); hoàn thành thứ Hai 28/12/2026, đúng hạn."
    )
    assert read("TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.CANCEL, "28/10")).sentence.endswith(
        "hạn cuối thứ Năm 26/11/2026 (Luật Tố cáo Điều 30 khoản 1); thôi tính từ thứ Tư 28/10/2026."
    )


def test_a_complex_case_from_its_first_day_says_why_it_is_longer() -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "16/11", complex=True, remote=True))
    assert (reading.length, reading.due_on) == ("60 ngày", day("15/01/2027"))
    assert reading.steps[1].why == (
        "Luật Khiếu nại Điều 28; vùng sâu, vùng xa đi lại khó khăn; vụ việc phức tạp"
    )
    assert "(vùng sâu, vùng xa đi lại khó khăn, vụ việc phức tạp)" in reading.sentence
    assert "complex case" not in in_english("TC_NOTIFY", at(Verb.START, "16/11", complex=True)).sentence


def test_a_paused_clock_names_no_due_date_in_its_sentence() -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "02/11"), at(Verb.PAUSE, "12/11"))
    assert reading.sentence == (
        "Thụ lý thứ Hai 02/11/2026, không tính ngày này; 30 ngày liên tục, tính cả ngày nghỉ; tạm dừng thứ Năm 12/11/2026, "
        "còn 20 ngày (Luật Khiếu nại Điều 28)."
    )


def test_a_restart_and_a_resumption_too_late_have_their_words_in_the_sentence() -> None:
    again = read("TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.RESTART, "20/11"))
    assert (
        "; tính lại từ đầu thứ Sáu 20/11/2026, không tính ngày này; 30 ngày liên tục, tính cả ngày nghỉ; "
        in again.sentence
    )
    missed = read("KN1_RESOLVE", at(Verb.START, "23/10"), at(Verb.PAUSE, "25/11"), at(Verb.RESUME, "07/12"))
    assert (
        "; tạm dừng thứ Tư 25/11/2026, thời hạn đã hết từ thứ Hai 23/11/2026; tiếp tục thứ Hai 07/12/2026; "
    ) in missed.sentence


def test_the_steps_in_english_say_the_same() -> None:
    said = sentences(
        in_english("TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.EXTEND, "20/11", document="01/TC"),
                   at(Verb.PAUSE, "30/11"), at(Verb.RESUME, "02/12"))
    )  # fmt: skip
    assert said == [
        "Resolving a denunciation: the period begins with Tuesday 27/10/2026, which is not counted (Civil Code Article 147)",
        "30 days in a row, days off included; the last day is Thursday 26/11/2026 (Law on Denunciations Article 30 clause 1)",
        (
            "Extended on Friday 20/11/2026 by 30 days in a row, days off included; the last day is Saturday 26/12/2026 "
            "(01/TC; Law on Denunciations Article 30 clause 2, 3)"
        ),
        "Suspended on Monday 30/11/2026 with 26 days left (the time of a suspension is not counted)",
        (
            "Resumed on Wednesday 02/12/2026: 26 days in a row, days off included; the last day is Monday 28/12/2026 (what "
            "was left of the period goes on from this day)"
        ),
        "Due: Monday 28/12/2026 (until 24:00 of this day, Civil Code Article 148)",
    ]


def test_every_article_and_every_name_can_be_said_in_english() -> None:
    """The name of an instrument is translated, not left in Vietnamese; days off too."""
    vietnamese = re.compile(
        r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
    )
    for rule in load_rulebook().rules():
        words = Words(rule, CALENDAR, "en")
        said = [
            words.basis,
            words.started(day("16/11")),
            words.counting(3, day("13/02"), day("25/02"), rule.unit),
        ]
        if rule.extension is not None:
            said.append(words.citation(rule.extension.article))
        assert not [text for text in said if vietnamese.search(text.replace("Tết", ""))], rule.version
    local = replace(rule_of("KN1_SEND"), layer=Layer.LOCAL, article="")
    assert Words(local, CALENDAR, "en").basis == "a local regulation, no time limit of the law"
    assert Words(local, CALENDAR).basis == "quy định của địa phương, không phải thời hạn theo luật"


def test_one_day_is_one_day_in_english() -> None:
    one = replace(rule_of("KN1_SEND"), number=1)
    assert read_clock(one, [at(Verb.START, "16/11")], CALENDAR, lang="en").length == "1 working day"
    assert read_clock(one, [at(Verb.START, "16/11")], CALENDAR).length == "1 ngày làm việc"
    assert "1 year" in in_english("PETITION_RETENTION", at(Verb.START, "16/11")).sentence
    assert Words(one, CALENDAR, "en").count(2, Unit.HOUR) == "2 hours"


def test_every_phrase_stands_in_both_languages_and_english_needs_no_more_than_is_given() -> None:
    for key, said in _PHRASES.items():
        assert len(said) == 2, key
        vietnamese, english = (set(re.findall(r"{(\w+)}", text)) for text in said)
        assert english <= vietnamese, key


def test_an_article_is_cited_in_english_with_the_kind_of_its_instrument() -> None:
    cited = {
        "Bộ luật Dân sự Điều 148 khoản 5": "Civil Code Article 148 clause 5",
        "Bộ luật Lao động Điều 112": "Labour Code Article 112",
        "Luật Tiếp công dân Điều 28": "Law on Citizen Reception Article 28",
        "NĐ 155/2026 Điều 11 khoản 2 điểm b": "Decree 155/2026 Article 11 clause 2 point b",
        "Nghị định 31/2019 Điều 3": "Decree 31/2019 Article 3",
        "TT 05/2021 Điều 28": "Circular 05/2021 Article 28",
        "Thông tư 05/2021 Điều 8": "Circular 05/2021 Article 8",
        "Quyết định 10/2026 Điều 1": "Decision 10/2026 Article 1",
        "Nghị quyết 20/2026 Điều 2": "Resolution 20/2026 Article 2",
        "Suy ra từ Luật Tố cáo Điều 30": "Inferred from Law on Denunciations Article 30",
    }
    assert {article: english_citation(article) for article in cited} == cited


def test_words_are_vietnamese_unless_asked_otherwise_and_call_a_day_of_receipt_so() -> None:
    taken_in = Words(replace(rule_of("KN_ACCEPT"), starts="tiếp nhận đơn"), CALENDAR)
    assert taken_in.lang == "vi"
    assert taken_in.started(day("16/11")) == "Tiếp nhận đơn thứ Hai 16/11/2026, không tính ngày nhận"


def test_days_off_for_one_reason_with_a_working_day_between_are_no_span() -> None:
    closed = [Adjustment(day(text), False, "Bão") for text in ("17/11", "19/11", "20/11")]
    said = Words(rule_of("KN1_SEND"), WorkCalendar(closed)).days_off(day("17/11"), day("20/11"))
    assert said == "thứ Ba 17/11 (Bão), thứ Năm 19/11 (Bão), thứ Sáu 20/11 (Bão)"
