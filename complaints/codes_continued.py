"""The code lists of continued denunciations (law.md TC22 to TC24, TC33), each value with its article. Pure."""

from complaints.codes import Code


class ReResolveGround(Code):
    """Why the superior resolves a concluded denunciation again (TC33, T-30): the grounds of Art 37(3)."""

    INACCURATE = (
        "inaccurate",
        "Kết quả xác minh hoặc kết luận thiếu chính xác, thiếu khách quan",
        "Findings or conclusion inaccurate or not impartial",
        "Luật Tố cáo Điều 37 khoản 3 điểm a",
    )
    EVIDENCE_MISSED = (
        "evidence_missed",
        "Bỏ sót, bỏ lọt thông tin, tài liệu, chứng cứ quan trọng",
        "Important information, papers or evidence missed",
        "Luật Tố cáo Điều 37 khoản 3 điểm b",
    )
    LAW_MISAPPLIED = (
        "law_misapplied",
        "Áp dụng không đúng pháp luật khi xác minh hoặc kết luận",
        "Law applied wrongly in verifying or concluding",
        "Luật Tố cáo Điều 37 khoản 3 điểm c",
    )


class TakeOverGround(Code):
    """Why the superior takes an overdue denunciation over (TC24, T-26): the cases of Decree 31/2019 Art 5."""

    PROCEDURE = (
        "procedure",
        "Vi phạm trình tự, thủ tục làm kết luận không chính xác, khách quan hoặc sai lệch hồ sơ",
        "Procedure broken so that the conclusion or the file is distorted",
        "NĐ 31/2019 Điều 5 khoản 1 điểm a",
    )
    RE_RESOLVE = (
        "re_resolve",
        "Có căn cứ giải quyết lại của Luật Tố cáo Điều 37 khoản 3",
        "A ground for resolving again (Art 37(3))",
        "NĐ 31/2019 Điều 5 khoản 1 điểm b",
    )
    RELATIVE = (
        "relative",
        "Người bị tố cáo là người thân thích của người xác minh, người giải quyết",
        "The denounced is a relative of the verifier or resolver",
        "NĐ 31/2019 Điều 5 khoản 2 điểm a",
    )
    RELATIVE_CONCERNED = (
        "relative_concerned",
        "Nội dung tố cáo liên quan trực tiếp đến người thân thích của người xác minh, người giải quyết",
        "The content directly concerns such a relative",
        "NĐ 31/2019 Điều 5 khoản 2 điểm b",
    )
    INTEREST = (
        "interest",
        "Người xác minh, người giải quyết có lợi ích liên quan trực tiếp với người bị tố cáo",
        "The verifier or resolver has a direct interest with the denounced",
        "NĐ 31/2019 Điều 5 khoản 2 điểm c",
    )
