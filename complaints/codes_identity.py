"""For what a denouncer's identity may be opened: a list derived from duties (I12), each with its articles. Pure."""

from complaints.codes import Code


class OpeningPurpose(Code):
    """Why somebody must know. The law has no closed list (I12): these follow from the duties it gives by name."""

    CHECK = (
        "check",
        "Kiểm tra, xác minh nhân thân người tố cáo",
        "Checking who denounces",
        "NĐ 31/2019 Điều 9",
    )
    MEETING = (
        "meeting", "Làm việc trực tiếp với người tố cáo", "Working directly with the denouncer", "NĐ 31/2019 Điều 11",
    )  # fmt: skip
    RESOLVING = (
        "resolving",
        "Giải quyết tố cáo, giao xác minh",
        "Resolving and assigning",
        "Luật Tố cáo Điều 31, 56",
    )
    EXTRACT = (
        "extract", "Làm bản trích, lược bỏ thông tin nhận dạng", "Making the extract without identifying data",
        "Luật Tố cáo Điều 56 khoản 2",
    )  # fmt: skip
    LETTER = (
        "letter", "Gửi thông báo, giấy biên nhận cho người tố cáo", "Letters and receipts to the denouncer",
        "Luật Tố cáo Điều 30, 34",
    )  # fmt: skip
    TRANSFER = (
        "transfer",
        "Chuyển tố cáo đến nơi có thẩm quyền",
        "Transferring the denunciation",
        "Luật Tố cáo Điều 56",
    )
    PROTECTION = "protection", "Bảo vệ người tố cáo", "Protecting the denouncer", "Luật Tố cáo Điều 49, 56"
    KEEPING = (
        "keeping",
        "Lưu giữ hồ sơ theo chế độ mật",
        "Keeping the secret file",
        "Luật Tố cáo Điều 39 khoản 3, 56",
    )
