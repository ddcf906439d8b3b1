"""The leak check: any spelling of a sealed name, number, telephone or house is found; ordinary words are not."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.core.text import fold
from complaints.leaks import LeakKind, leaks_of, masked


@dataclass(frozen=True)
class Somebody:
    """Whoever is sealed."""

    full_name: str = ""
    identity_number: str = ""
    phone: str = ""
    address: str = ""


WHO = Somebody("Đặng Thị Bích Hoà", "001190012347", "0912345678", "Số 12 ngõ 34 Hàng Bột, Đống Đa")


def kinds(text: str, who: Somebody = WHO) -> list[str]:
    return [leak.kind.value for leak in leaks_of([who], text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Đặng Thị Bích Hoà tố cáo", "name"),
        ("DANG THI BICH HOA to cao", "name"),
        ("đặng-thị_bích.hòa", "name"),
        ("Đặng Thị\nBích Hoà", "name"),
        ("thư dangthibichhoa1990@example.vn", "name"),
        ("Đ ặ n g T h ị B í c h H o à", "name"),
        ("có Bích Hoà ở đó", "part"),
        ("tên Đặng Hoà", "part"),
        ("tên Hoà Đặng", "part"),
        ("tên Hoà, Đặng Thị Bích", "part"),
        ("chị Đặng Thị Bích có nói", "part"),
        ("bà Hoà nói", "part"),
        ("ba Hoa noi", "part"),
        ("số 001190012347", "number"),
        ("số 001 190 012 347.", "number"),
        ("0.0.1.1-9 0 0/1 2 3 4 7", "number"),
        ("gọi +84 912 345 678", "number"),
        ("gọi (0912).345.678", "number"),
        ("số đuôi 5678", "number"),
        ("số xxxx2347", "number"),
        ("số 345678", "number"),
        ("nhà 12 ngõ 34, Hàng Bột", "address"),
        ("12 NGO 34 HANG BOT", "address"),
    ],
)
def test_every_way_to_give_somebody_away_is_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]
    assert kinds(unicodedata.normalize("NFD", text)) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Người tố cáo cho rằng hoà giải chưa xong, bích báo bị hỏng, thị trường và đặng cấp.",
        "Đặng Thị Lan và Đặng Thị Bích Ngọc ở thôn khác.",
        "bà Hoa, ông Hoá và bà con; hoà bình",
        "Ngày 16/11/2026 thu 120.000.000 đồng theo Quyết định số 2347/QĐ-UBND, điện thoại 5678.",
        "thửa 34 tờ 12 phường Hàng Bột, Đống Đa",
        "",
    ],
)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (Somebody("Hà"), "tỉnh Hà Nam"),
        (
            Somebody("Nguyễn Văn An", address="Thôn 3, xã Đông Anh"),
            "đường ở thôn 3, xã Đông Anh chưa bình an.",
        ),
        (Somebody("Nguyễn Văn An"), "Bình an. Nguyễn là họ lớn."),
        (Somebody(""), "không ai"),
    ],
)
def test_what_everybody_shares_is_nobodys(who: Somebody, text: str) -> None:
    assert kinds(text, who) == []


def test_a_passport_and_a_name_without_diacritics_are_found() -> None:
    assert kinds("hộ chiếu c1234567", Somebody(identity_number="C1234567")) == ["number"]
    assert kinds("hộ chiếu AB12C34", Somebody(identity_number="AB12C34")) == ["number"]
    assert kinds("ông Thử", Somebody("Nguyen Van Thu")) == ["part"]


def test_a_leak_is_told_by_line_and_masked_without_a_rest() -> None:
    text = "Dòng một.\nĐặng Thị Bích Hoà, số 0912 345 678, ở 12 ngõ 34 Hàng Bột."
    leaks = leaks_of([WHO], text)
    assert [(leak.kind, leak.line(text)) for leak in leaks] == [
        (LeakKind.NAME, 2), (LeakKind.NUMBER, 2), (LeakKind.ADDRESS, 2),
    ]  # fmt: skip
    clean = masked(text, leaks, name="[người tố cáo]", other="[đã che]")
    assert clean == "Dòng một.\n[người tố cáo], số [đã che], ở [đã che]."
    assert leaks_of([WHO], clean) == []


SYLLABLES = st.sampled_from(
    [
        "An",
        "Bình",
        "Chiến",
        "Dũng",
        "Đức",
        "Giang",
        "Hà",
        "Hương",
        "Khoẻ",
        "Lý",
        "Mỹ",
        "Nguyễn",
        "Phượng",
        "Quý",
        "Sơn",
        "Thuỷ",
        "Trần",
        "Vượng",
        "Yến",
    ]
)
NAMES = st.lists(SYLLABLES, min_size=2, max_size=5).map(" ".join)
GAPS = st.sampled_from([" ", "  ", "-", ".", "_", ", ", "\n", "\u00a0", " - "])
CASES = st.sampled_from([str.lower, str.upper, str.title, fold, lambda s: unicodedata.normalize("NFD", s)])
FILLER = st.sampled_from(["", "Theo đơn, ", "ngày 5 thì ", "(", "…"])


@settings(max_examples=150, deadline=None)
@given(NAMES, GAPS, CASES, FILLER, st.booleans())
def test_any_spelling_of_a_name_is_found(
    name: str, gap: str, spell: Callable[[str], str], before: str, turned: bool
) -> None:
    words = name.split()
    written = spell(gap.join([words[-1], words[0]] if turned else words))
    a_sentence_may_end_there = turned and gap in (".", "\n")
    assert a_sentence_may_end_there or kinds(f"{before}{written} đã nói", Somebody(name))


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", ".", "-", " . "]), min_size=11, max_size=11),
    st.integers(0, 6),
)
def test_a_number_is_found_however_it_is_broken_up_and_by_its_last_digits(
    number: str, gaps: list[str], cut: int
) -> None:
    shown, between = number[cut:], gaps[cut:]
    written = shown[0] + "".join(gap + digit for gap, digit in zip(between, shown[1:], strict=True))
    assert kinds(f"số {written} nhé", Somebody(identity_number=number))


@settings(max_examples=150, deadline=None)
@given(
    NAMES,
    st.lists(
        st.sampled_from(["đất", "nhà", "phường", "kết", "luận", "người", "tố", "cáo", "thu", "tiền", "sai"]),
        max_size=9,
    ),
    SYLLABLES,
)
def test_one_common_syllable_alone_raises_no_alarm(name: str, words: list[str], one: str) -> None:
    assume(
        not set(fold(name).split()) & {fold(word) for word in words}
    )  # 'phường an' is Phượng An to who folds
    text = " ".join([*words[:4], one.lower(), *words[4:]])
    assert kinds(text, Somebody(name)) == []
