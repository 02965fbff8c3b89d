"""Where a text stops being YAML, in the words of somebody who writes it by hand."""

from __future__ import annotations

import re
import unicodedata

import yaml

from routing.config.faults import Fault

LOOKED_BACK_LINES = 3
LOOKED_BACK_FOR_QUOTES = 60
MOST_STRANGE = 20

# A key and something behind it, without a colon and a space between them: "triage triage", "within:8".
_COLONLESS = re.compile(r"\s*[a-z][a-z0-9_-]*(?::(?=\S)|\s+)[^\s#:\[\]{},\"'-][^:\[\]{},]*")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Spaces of word processors and chats: they look like an indentation and are none.
_FALSE_INDENT = re.compile(r"[ \t]*[\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_MERGED = ("<<<<<<<", "=======", ">>>>>>>")
_USUAL = "thụt lề bằng dấu cách, có dấu hai chấm và dấu cách sau mỗi khoá, đóng đủ ngoặc và nháy"

_NEVER_CLOSED = "found unexpected end of stream"
# A sentence that begins with a place to fill, or holds quotes within its quotes.
_BRACE_FIRST = re.compile(r"\s*(?:- )?[a-z][\w.-]*: +\{[a-z_]+\}.*\w")
_QUOTES_INSIDE = re.compile(r'\s*(?:- )?[a-z][\w.-]*: +"(?:[^"\\]|\\.)*"[ ]*[^\s#"].*"\s*')

_IN_WORDS = {
    "found character that cannot start any token": "có ký tự không đặt được ở đầu giá trị; cần thì để trong nháy",
    "could not find expected ':'": "thiếu dấu hai chấm, hoặc sau dấu hai chấm thiếu dấu cách",
    "did not find expected key": "thiếu dấu hai chấm, thụt lề lệch, hoặc nháy mở mà chưa đóng",
    "did not find expected '-' indicator": "dòng bắt đầu bằng “-” thụt lề lệch với các dòng “-” khác",
    "did not find expected ',' or ']'": "ngoặc vuông mở mà chưa đóng, hoặc thiếu dấu phẩy",
    "did not find expected ',' or '}'": "ngoặc nhọn mở mà chưa đóng, hoặc thiếu dấu phẩy",
    "did not find expected node content": "có hai dấu phẩy liền nhau, hoặc thiếu giá trị",
    "found unexpected end of stream": "nháy hoặc ngoặc mở mà chưa đóng đến hết tệp",
    "found unexpected document indicator": "nháy mở mà chưa đóng",
    "mapping values are not allowed in this context": "thụt lề lệch, hoặc có hai dấu hai chấm trên một dòng",
    "block sequence entries are not allowed in this context": "dấu “-” đặt sai chỗ; nó phải đứng đầu dòng",
    "mapping keys are not allowed in this context": "dấu “?” đặt sai chỗ; cần thì để cả giá trị trong nháy",
    "found undefined alias": "dấu * ở đầu giá trị là bí danh; muốn viết dấu * thì để trong nháy",
    "did not find expected alphabetic or numeric character": "dấu & hoặc * ở đầu giá trị; cần thì để trong nháy",
    "found duplicate anchor; first occurrence": "dùng bí danh (&, *); hãy viết thẳng giá trị",
    "found unknown escape character": "dấu \\ trong nháy kép có nghĩa riêng; hãy dùng nháy đơn '…'",
    "found invalid Unicode character escape code": "mã ký tự sau \\u không có thật",
    "did not find expected hexdecimal number": "mã ký tự sau \\u hoặc \\x viết sai",
    "but found another document": "có dòng “---” ở giữa tệp; hãy xoá dòng đó",
    "did not find expected <document start>": "có dấu đặt sai chỗ ở cột đầu tiên, hoặc thụt lề lệch",
    "found unknown directive name": "dòng bắt đầu bằng dấu %; cần thì để trong nháy",
    "found undefined tag handle": "dấu ! ở đầu giá trị có nghĩa riêng; cần thì để trong nháy",
    "found a tab character that violates indentation": "có phím Tab trong phần thụt lề",
    "found a tab character where an indentation space is expected": "có phím Tab trong phần thụt lề",
    "did not find expected comment or line break": "sau dấu | hoặc > phải xuống dòng",
}


def strange_letters(text: str, file: str) -> list[Fault]:
    """Letters that cannot be seen and that no configuration needs: a fault for each line that has one."""
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.isascii() and line.isprintable():
            continue
        if found := _INVISIBLE.search(line):
            message = f"có ký tự điều khiển không nhìn thấy ({_named(found.group())})"
            faults.append(Fault(file, number, "", message, "xoá ký tự đó"))
        elif found := _FALSE_INDENT.match(line):
            message = f"thụt lề bằng ký tự trông như dấu cách ({_named(found.group()[-1])})"
            faults.append(Fault(file, number, "", message, "xoá phần thụt lề rồi gõ lại bằng dấu cách"))
        if len(faults) == MOST_STRANGE:
            break
    return faults


def syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Where the text stops being YAML, in words; the reader notices a missing colon only some lines later."""
    problem = getattr(error, "problem", None) or ""
    # An open bracket is named where it stands, not where it is missed.
    is_open = "," in problem or problem == _NEVER_CLOSED
    mark = (getattr(error, "context_mark", None) if is_open else None) or getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    lines = text.split("\n")
    for number in range(min(line, len(lines)), max(0, line - LOOKED_BACK_LINES - 1), -1):
        if slip := _slip(lines[number - 1]):
            return Fault(file, number, "", f"sai cú pháp YAML: {slip[0]}", slip[1])
    if open_quote := _open_quote(lines, line):
        return Fault(file, open_quote, "", "sai cú pháp YAML: nháy kép mở mà chưa đóng", 'nháy đủ cặp: "…"')
    words = _two_colons(problem, lines, line) or _shifted(problem, lines, line)
    words = words or _IN_WORDS.get(problem, "dòng này hoặc dòng trên viết sai")
    return Fault(file, line, "", f"sai cú pháp YAML: {words} (xem cả dòng trên)", _USUAL)


def _slip(written: str) -> tuple[str, str] | None:
    """The usual slip of the pen in one line: what it is and what to write instead."""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "thụt lề bằng phím Tab", "thụt lề bằng dấu cách"
    if written.startswith(_MERGED):
        return f"dòng “{written[:7]}” do phần mềm trộn hai bản sửa để lại", "giữ một bản, xoá các dòng đánh dấu"
    if "\uff1a" in written.split(" #")[0]:
        return "dùng dấu hai chấm rộng “\uff1a”", "dấu hai chấm thường “:” và một dấu cách"
    if _BRACE_FIRST.match(written):
        return "lời bắt đầu bằng dấu { mà không để trong nháy", 'cả lời trong nháy: "{don_vi} …"'
    if _QUOTES_INSIDE.fullmatch(written):
        return (
            "có nháy kép ở giữa lời đã để trong nháy kép",
            "ở giữa dùng nháy cong “ ”, hoặc để cả lời trong nháy đơn '…'",
        )
    if _COLONLESS.fullmatch(written):
        said = written.split(" #")[0].strip()[:40]
        return f"“{said}” thiếu dấu hai chấm và dấu cách sau khoá", "khoá: giá trị"
    return None


def _open_quote(lines: list[str], line: int) -> int | None:
    """The nearest line, this one or above, that opens a double quote and does not close it."""
    for number in range(min(line, len(lines)), max(0, line - LOOKED_BACK_FOR_QUOTES), -1):
        if lines[number - 1].split(" #")[0].replace('\\"', "").count('"') % 2:
            return number
    return None


def _two_colons(problem: str, lines: list[str], line: int) -> str | None:
    if not problem.startswith("mapping values") or line > len(lines) or lines[line - 1].count(": ") < 2:
        return None
    return "có hai dấu hai chấm trên một dòng; hãy để cả câu trong nháy"


def _shifted(problem: str, lines: list[str], line: int) -> str | None:
    """Whether the line begins at a column where no line above it does."""
    if problem not in ("did not find expected key", "mapping values are not allowed in this context"):
        return None
    above = [_indent(each) for each in lines[max(0, line - LOOKED_BACK_FOR_QUOTES) : line - 1] if _says_something(each)]
    here = _indent(lines[line - 1]) if line <= len(lines) else 0
    if not above or here in above:
        return None
    return f"thụt lề lệch: dòng này thụt {here} dấu cách, dòng trên thụt {above[-1]}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X}" + (f", {name}" if (name := unicodedata.name(letter, "")) else "")
