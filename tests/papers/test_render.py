"""Forms become PDF: literal user text, Vietnamese letters, our own fonts, the page of Nghị định 30/2020."""

import io
import re
import threading
import time
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.papers.render import COVERAGE, ROOT, PaperError, render_pdf
from tests.papers.receipts import GIVER, RECEIPT, pages_of, paper, receipt, sources, text_of

MM = 72 / 25.4


def test_the_receipt_says_what_mau_02_tcd_asks() -> None:
    text = text_of(render_pdf(RECEIPT, receipt()))
    for part in [
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG LONG BIÊN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Long Biên, ngày 05 tháng 11 năm 2026",
        "Mẫu số 02/TCD",
        "GIẤY BIÊN NHẬN",
        "Vào 08 giờ 05 phút, ngày 05 tháng 11 năm 2026, tại: Nơi tiếp công dân",
        "Tôi là: Nguyễn Thị Ngọc Ánh. Chức vụ: Công chức tiếp công dân",
        "Đã nhận của ông (bà): Trần Văn Bưởi",
        "999087001234",
        "nơi cấp: Bộ Công an",
        "Quyết định số 1234/QĐ-UBND",
        "bản chính",
        "Cộng: 2 tài liệu",
        "lập thành 02 bản",
        "NGƯỜI CUNG CẤP",
        "NGƯỜI NHẬN",
        "A3F7K9QWEX",
        "Đ-12/2026/LB",
        "Cơ quan trả lời chậm nhất ngày 19/11/2026.",
    ]:
        assert part in text, part


def test_an_ordinary_receipt_fits_one_a4_page_with_the_margins_of_the_decree() -> None:
    lines = ["Cơ quan trả lời kết quả xử lý chậm nhất ngày 19/11/2026 (Luật Tiếp công dân, Điều 28)."] * 2
    data = receipt(papers=[paper(f"Giấy tờ số {n}") for n in range(7)], follow_up=lines)
    reader = PdfReader(io.BytesIO(render_pdf(RECEIPT, data)))
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((210 * MM, 297 * MM), abs=1)
    left: list[float] = []
    reader.pages[0].extract_text(
        visitor_text=lambda text, cm, tm, *_: text.strip() and left.append(tm[4] + cm[4])
    )
    assert min(left) >= 30 * MM - 0.5
    assert max(left) <= 195 * MM


def test_pages_after_the_first_carry_their_number_and_repeat_the_heads_of_the_table() -> None:
    pages = pages_of(render_pdf(RECEIPT, receipt(papers=[paper(f"Giấy tờ số {n}") for n in range(60)])))
    assert len(pages) > 1
    assert not pages[0].startswith("1")
    assert pages[1].startswith("2 ")
    assert "Tên thông tin, tài liệu" in pages[1]


def test_a_signature_never_stands_on_a_page_alone() -> None:
    for count in range(1, 45):
        pages = pages_of(
            render_pdf(RECEIPT, receipt(papers=[paper(f"Giấy tờ số {n}") for n in range(count)]))
        )
        signed = next(page for page in pages if "NGƯỜI NHẬN" in page)
        assert "Giấy biên nhận thông tin, tài liệu được lập thành" in signed, count


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        "*đậm* _nghiêng_ $x^2$ `mã` = đề mục",
        "@tham-chieu <nhan> https://example.vn // ghi chú /* ẩn */",
        "\"ngoặc kép\" và 'ngoặc đơn'",
        "\\u{41} \\n ~ -- --- ... - + / [ngoặc] {khối}",
        '"}); #panic("x") //',
        "#let x = 1; #sys.inputs.data",
    ],
)
def test_what_people_type_is_printed_and_never_run(typed: str) -> None:
    data = receipt(
        papers=[paper(typed)], givers=[{**GIVER, "name": typed, "address": typed}], received_where=typed,
        follow_up=[typed], number=typed, officer={"name": typed, "position": typed},
    )  # fmt: skip
    text = text_of(render_pdf(RECEIPT, data)).replace(" ", "")
    assert text.count(typed.replace(" ", "")) >= 6


def test_what_no_font_has_is_printed_as_a_box_and_nothing_is_lost_around_it() -> None:
    """The wheel's fonts have no emoji; the record keeps what was typed."""
    assert "Xin cảm ơn □□□ nhé" in text_of(
        render_pdf(RECEIPT, receipt(papers=[paper("Xin cảm ơn 😀🙏🏠 nhé")]))
    )


def test_text_in_nfd_is_printed_in_nfc() -> None:
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Ưởng, Đặng Xuân Khuể")
    assert "Nguyễn Thị Ưởng, Đặng Xuân Khuể" in text_of(render_pdf(RECEIPT, receipt(papers=[paper(typed)])))


def test_every_vietnamese_letter_is_printed() -> None:
    vowels = "aăâeêioôơuưy"
    marks = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
    letters = [unicodedata.normalize("NFC", v + m) for v in vowels for m in marks] + ["đ"]
    line = "".join(letters) + "".join(letters).upper()
    assert line in text_of(render_pdf(RECEIPT, receipt(papers=[paper(line)]))).replace(" ", "")


def test_a_letter_that_no_font_has_leaves_a_visible_gap() -> None:
    assert "Công ty □□ (Lào □)" in text_of(
        render_pdf(RECEIPT, receipt(papers=[paper("Công ty 现代 (Lào ລ)")]))
    )


def test_control_characters_and_tabs_leave_no_trace() -> None:
    assert "Đơn kiến nghị" in text_of(
        render_pdf(RECEIPT, receipt(papers=[paper("Đơn\tki\u202eến\x00 nghị")]))
    )


def test_unknown_things_are_dotted_lines_for_the_pen() -> None:
    unknown = {"name": "Lê Thị Sen", "identity_number": "", "issued_on": "", "issued_by": "", "address": ""}
    data = receipt(givers=[unknown], received_where="", officer={"name": "Nguyễn An", "position": ""})
    text = text_of(render_pdf(RECEIPT, data))
    for label in ["tại:", "Chức vụ:", "tùy thân):", "ngày cấp:", "nơi cấp:", "Địa chỉ:"]:
        assert re.search(re.escape(label) + r" ?\.( ?\.){5}", text), label


def test_a_copy_that_may_not_name_the_giver_names_nobody() -> None:
    text = text_of(render_pdf(RECEIPT, receipt(givers=[])))
    assert "Người nộp đơn" in text
    assert "CCCD" not in text
    assert "Địa chỉ" not in text


def test_a_receipt_without_papers_and_without_a_code_says_so() -> None:
    text = text_of(render_pdf(RECEIPT, receipt(papers=[], tracking_code="")))
    assert "Không có tài liệu kèm theo" in text
    assert "Mã tra cứu" not in text


def test_pages_are_summed_only_when_all_are_known() -> None:
    known = render_pdf(RECEIPT, receipt(papers=[paper("A", pages=40), paper("B", pages=2)]))
    partly = render_pdf(RECEIPT, receipt(papers=[paper("A", pages=40), paper("B", pages=None)]))
    assert "Cộng: 2 tài liệu 42" in text_of(known)
    assert "Cộng: 2 tài liệu Giấy biên nhận" in text_of(partly)


def test_only_our_own_fonts_are_used_and_embedded() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(RECEIPT, receipt(papers=[paper("😀")]))))
    fonts = {str(font["/BaseFont"]).split("+")[1] for font in _fonts(reader)}
    assert fonts
    assert all(name.startswith(("LibertinusSerif", "NewCM", "DejaVuSansMono")) for name in fonts), fonts


def _fonts(reader: PdfReader) -> list[Any]:
    found = []
    for page in reader.pages:
        resources: Any = page["/Resources"]
        found += [font.get_object() for font in resources["/Font"].values()]
    return found


def test_every_character_said_to_be_covered_is_printed() -> None:
    covered: list[str] = []
    for line in COVERAGE.read_text().split():
        first, _, last = line.partition("-")
        covered += map(chr, range(int(first, 16), int(last or first, 16) + 1))
    # Marks join the letter before, blanks are joined by the reader, and two signs with one shape are read as one.
    whole = [
        c for c in covered if unicodedata.category(c)[0] in "LNPS" and unicodedata.is_normalized("NFKC", c)
    ]
    plain = [c for c in whole if c not in "↚↛↮⇔"]
    text = text_of(render_pdf(RECEIPT, receipt(papers=[paper(" ".join(plain), pages=None)])))
    missing = [c for c in plain if c not in text]
    assert len(plain) > 2000
    assert not missing, [hex(ord(c)) for c in missing]


def test_the_pdf_says_its_language_and_title_and_is_tagged_for_screen_readers() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(RECEIPT, receipt())))
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert reader.metadata is not None
    assert reader.metadata.title == "Giấy biên nhận thông tin, tài liệu"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_the_same_data_at_the_same_instant_give_the_same_bytes() -> None:
    assert render_pdf(RECEIPT, receipt()) == render_pdf(RECEIPT, receipt())


def test_a_receipt_takes_well_under_300_milliseconds() -> None:
    render_pdf(RECEIPT, receipt())
    started = time.perf_counter()
    render_pdf(RECEIPT, receipt(number="Đ-13/2026/LB"))
    assert time.perf_counter() - started < 0.3


def test_desks_print_at_the_same_time() -> None:
    made: list[str] = []
    desks = [
        threading.Thread(
            target=lambda n=n: made.append(text_of(render_pdf(RECEIPT, receipt(number=f"Đ-{n}/2026/LB"))))
        )
        for n in range(100, 108)
    ]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(n for n in range(100, 108) for text in made if f"Đ-{n}/2026/LB" in text) == list(
        range(100, 108)
    )


def test_a_missing_key_is_named_without_any_value() -> None:
    data = receipt()
    del data["copies"]
    with pytest.raises(PaperError) as error:
        render_pdf(RECEIPT, data)
    assert "copies" in str(error.value)
    assert "Bưởi" not in str(error.value)


def test_days_come_as_words_not_as_dates() -> None:
    with pytest.raises(TypeError):
        render_pdf(RECEIPT, receipt(received_at=date(2026, 11, 5)))


def test_a_form_outside_the_product_is_refused(tmp_path: Path) -> None:
    (tmp_path / "form.typ").write_text("Xin chào")
    with pytest.raises(PaperError):
        render_pdf(tmp_path / "form.typ", {})


def test_no_form_runs_text_or_reads_files() -> None:
    assert RECEIPT in sources()
    for source in sources():
        code = re.sub(r"//.*", "", source.read_text(encoding="utf-8"))
        assert not re.search(r"\b(eval|read|plugin|include)\b|@preview|@local", code), source


def test_every_form_takes_its_layout_from_one_place() -> None:
    for source in sources():
        if "layouts" not in source.parts:
            assert '#import "/app/papers/layouts/official.typ"' in source.read_text(encoding="utf-8"), source


def test_the_layout_is_where_the_package_says_and_no_font_is_ours() -> None:
    assert (ROOT / "app" / "papers" / "layouts" / "official.typ").is_file()
    assert not list((ROOT / "app").rglob("*.ttf"))
