"""What every form reads and refuses alike: days, ids, choices; found by fuzzing."""

import pytest
from flask import Flask
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.web.forms import AppForm, ViDateField


class _Form(AppForm):
    day = ViDateField("Ngày", [InputRequired("Hãy nhập ngày.")])
    unit = SelectField("Đơn vị", coerce=int, choices=[SelectChoice(1, "A")])
    number = IntegerField("Số")


def errors(app: Flask, **typed: str) -> dict[str, list[str]]:
    """Return what a form says of what was typed."""
    with app.test_request_context(
        method="POST", data={"day": "16/11/2026", "unit": "1", "number": "2", **typed}
    ):
        form = _Form()
        form.validate()
        return {name: [str(one) for one in said] for name, said in form.errors.items()}


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\r\n"])
def test_a_day_of_spaces_alone_is_no_day(app: Flask, blank: str) -> None:
    """It passed as typed, and the service was given no day: 500."""
    assert errors(app, day=blank) == {"day": ["Hãy nhập ngày."]}


@pytest.mark.parametrize("wrong", ["2147483648", "9" * 30, "-1", "x", "2"])
def test_an_id_that_no_record_can_have_is_a_wrong_choice_in_the_readers_language(
    app: Flask, wrong: str
) -> None:
    """The database was asked for it, and refused: 500. WTForms itself knows no Vietnamese."""
    assert errors(app, unit=wrong) == {"unit": ["Chọn một giá trị trong danh sách."]}


def test_a_number_that_is_none_is_told_in_the_readers_language(app: Flask) -> None:
    assert errors(app, number="mười") == {"number": ["Ghi bằng chữ số, ví dụ 12."]}
