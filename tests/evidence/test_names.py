"""Names of files are data: F1."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.names import LONGEST_NAME, attachment, extension_of, harmless_name


@pytest.mark.abuse("F1")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("C:\\x\\plan.pdf", "plan.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        (".htaccess", "htaccess"),
        ("a.pdf.html", "a.pdf.html"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("plan\r\nSet-Cookie: a=b.pdf", "plan Set-Cookie_ a=b.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("Größe 報告.pdf", "Größe 報告.pdf"),
        ("a\u200bb.pdf", "a b.pdf"),
    ],
)
def test_a_name_keeps_what_can_be_seen_and_means_nothing_to_a_file_system(sent: str, kept: str) -> None:
    assert harmless_name(sent, ".pdf") == kept


@pytest.mark.abuse("F1")
def test_a_long_name_keeps_its_extension() -> None:
    name = harmless_name("x" * 5_000 + ".pdf")

    assert len(name) == LONGEST_NAME
    assert extension_of(name) == ".pdf"


@pytest.mark.abuse("F1", "X9")
@given(st.text(max_size=300))
def test_no_name_leaves_the_header_or_leads_anywhere(sent: str) -> None:
    name = harmless_name(sent.encode(errors="ignore").decode(), ".pdf")
    header = attachment(name)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
