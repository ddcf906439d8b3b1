"""Small files of every kind that is accepted, and of some that are not."""

import io
import struct
import zipfile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def archive(*names: str) -> bytes:
    """Return a zip file holding empty parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name in names:
            zipped.writestr(name, "")
    return out.getvalue()


def media(brand: bytes) -> bytes:
    """Return the head of an ISO media file."""
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0" + brand + b"isom" + b"\0" * 64


PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 64
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 64
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
DOCX = archive("_rels/.rels", "[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
GOOD: dict[str, bytes] = {
    "pdf": PDF,
    "jpg": JPG,
    "jpeg": JPG,
    "png": PNG,
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 32,
    "heic": media(b"heic"),
    "docx": DOCX,
    "xlsx": XLSX,
    "doc": OLE + "WordDocument".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"),
    "mp3": b"ID3\x03\0\0\0\0\0\0" + b"\0" * 32,
    "m4a": media(b"M4A "),
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 32,
    "mp4": media(b"isom"),
    "txt": "Đơn kiến nghị về tiếng ồn.\n".encode(),
}
