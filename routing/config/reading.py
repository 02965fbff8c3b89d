"""The bytes of a configuration file as text; what is no text is explained with its line and the way to mend it."""

from __future__ import annotations

import codecs
import errno
import re
import unicodedata
from pathlib import Path

from routing.config.faults import ConfigFaults, Fault

LARGEST_FILE_BYTES = 2_000_000

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_UTF8 = "lưu lại với bảng mã UTF-8 (trong Notepad: Lưu thành, Mã hoá: UTF-8)"
# What no writing holds: a picture, a spreadsheet or a program under the name of a configuration.
_NO_WRITING = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOST_LETTER = "\ufffd"


def read_text(path: Path, name: str = "") -> str:
    """The text of a file, as `decoded` gives it; `name` is how its faults call it.

    Raises ConfigFaults, also when the file is missing, a folder or may not be read.
    """
    name = name or str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigFaults([Fault(name, 0, "", f"không đọc được tệp: {why(error)}")]) from None
    return decoded(content, name)


def decoded(content: bytes, name: str) -> str:
    """A text in composed letters and with plain ends of lines, without the mark that some editors put before it.

    Windows and macOS write the same letters otherwise; they are one text here. Raises ConfigFaults.
    """
    if len(content) > LARGEST_FILE_BYTES:
        wanted = f"không quá {LARGEST_FILE_BYTES // 1_000_000} MB; config.yaml chỉ khoảng 0,1 MB"
        raise ConfigFaults([Fault(name, 0, "", "tệp quá lớn", wanted)])
    if content.startswith(_UTF16):
        raise ConfigFaults([Fault(name, 1, "", "không đọc được tệp: lưu theo bảng mã UTF-16", _AS_UTF8)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigFaults([_undecodable(content, error.start, name)]) from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _LOST_LETTER in text:
        line = text.count("\n", 0, text.index(_LOST_LETTER)) + 1
        message = f"có chữ đã hỏng (hiện thành {_LOST_LETTER}) do lưu sai bảng mã"
        raise ConfigFaults([Fault(name, line, "", message, "lấy lại bản trước khi hỏng, rồi lưu theo UTF-8")])
    return text


def _undecodable(content: bytes, start: int, name: str) -> Fault:
    if _NO_WRITING.search(content):
        return Fault(name, 0, "", "không đọc được tệp: đây không phải tệp chữ (ảnh, bảng tính?)", "tệp config.yaml")
    line = content.count(b"\n", 0, start) + 1
    message = "chữ ở dòng này không theo bảng mã UTF-8 (có thể là windows-1258 hoặc bảng mã cũ)"
    return Fault(name, line, "", message, _AS_UTF8)


_WHY = {
    errno.ENOENT: "không có tệp này, hoặc thư mục của nó",
    errno.EISDIR: "đây là một thư mục",
    errno.ENOTDIR: "có tệp đứng chỗ của thư mục",
    errno.EEXIST: "đã có tệp hay thư mục tên này",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.ENOSPC: "hết chỗ trên đĩa",
    errno.EDQUOT: "hết chỗ được cấp trên đĩa",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EIO: "ổ đĩa trục trặc",
    errno.ELOOP: "đường dẫn vòng về chính nó",
}


def why(error: OSError | ValueError) -> str:
    """Why something cannot be read or written, in words."""
    code = getattr(error, "errno", None)
    return _WHY.get(code or 0) or str(getattr(error, "strerror", None) or error)
