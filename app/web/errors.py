"""One table from errors to pages: domain errors and HTTP errors alike, never a stack trace."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.db import db
from app.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from app.web import limits, trail
from app.web.told import told

log = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
_TEXTS = {
    400: (_l("Yêu cầu không đọc được"), _l("Trang gửi lên bị thiếu dữ liệu. Quay lại và thử lần nữa.")),
    401: (_l("Cần đăng nhập"), _l("Phiên làm việc đã hết. Đăng nhập lại để tiếp tục.")),
    403: (_l("Không được phép"), _l("Bạn không có quyền thực hiện việc này.")),
    404: (_l("Không tìm thấy"), _l("Trang hoặc hồ sơ này không có, hoặc bạn không có quyền xem.")),
    405: (_l("Không dùng được cách này"), _l("Địa chỉ này chỉ dùng từ một nút trên trang.")),
    409: (_l("Hồ sơ đã thay đổi"), _l("Người khác vừa cập nhật hồ sơ này. Xem lại rồi thực hiện tiếp.")),
    413: (
        _l("Gửi lên quá nhiều"),
        _l(
            "Tệp hoặc đoạn chữ gửi lên lớn quá giới hạn nên chưa ghi gì. Bấm nút Quay lại của trình duyệt: "
            "nội dung đã gõ vẫn còn. Bỏ tệp lớn hoặc rút ngắn đoạn chữ rồi gửi lại."
        ),
    ),
    422: (_l("Dữ liệu chưa đúng"), _l("Kiểm tra lại các ô đã nhập.")),
    429: (_l("Thử quá nhiều lần"), _l("Chờ một phút rồi thử lại.")),
    500: (_l("Có lỗi ở phía phần mềm"), _l("Lỗi đã được ghi lại. Dữ liệu chưa lưu không bị ghi nửa chừng.")),
}


def init_app(app: Flask) -> None:
    """Register the table."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def _domain(error: DomainError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    if status in (403, 404):
        trail.note_refusal()
    return _answer(401 if error.code == "signed_out" else status, told(error.message))


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return _answer(400, _("Trang đã mở quá lâu hoặc phiên làm việc đã đổi. Mở lại trang và gửi lần nữa."))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # Sent to a host that is not ours: there is no address of our own to make a page's links from.
        return Response("400\n", status=400, mimetype="text/plain")
    if error.code == 429:
        seconds = limits.seconds_to_wait(error)
        answer = make_response(_answer(429, _wait_words(seconds)))
        answer.headers["Retry-After"] = str(seconds)
        return answer
    return _answer(error.code or 500, "")


def _wait_words(seconds: int) -> str:
    if seconds < 120:
        wait = _("Chờ %(n)s giây rồi thử lại.", n=seconds)
    else:
        wait = _("Chờ %(n)s phút rồi thử lại.", n=-(-seconds // 60))
    return _("Yêu cầu này đến quá dồn dập nên chưa được thực hiện; chưa ghi gì.") + " " + wait


def _unknown(error: Exception) -> ResponseReturnValue:
    # The message of an unknown error may quote what was typed, so only its kind and place are logged.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    log.error("unexpected %s at %s on %s", type(error).__name__, where, request.endpoint)
    db.session.rollback()
    return _answer(500, "")


def _answer(status: int, detail: str) -> ResponseReturnValue:
    title, text = _TEXTS.get(status, _TEXTS[500 if status >= 500 else 400])
    if _wants_json():
        body = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail or text)}
        return jsonify(body), status, {"Content-Type": "application/problem+json"}
    return render_template("errors/error.html", status=status, title=title, text=detail or text), status


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.path.endswith(".json")
