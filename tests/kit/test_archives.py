"""What is wrong with an archive from a stranger: I12, I13, I14 and F2, for every room that opens one."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from app.kit.archives import BadArchive, Bounds, Fault, names_programs, opened

BOUNDS = Bounds(parts=10, unpacked=1_000_000, ratio=20, ratio_counts_from=100_000)


def packed(*names: str, content: bytes = b"x", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return written.getvalue()


def fault_of(raw: bytes) -> Fault:
    with pytest.raises(BadArchive) as refused, opened(raw, BOUNDS) as archive:
        for name in archive.namelist():
            archive.read(name)
    return refused.value.fault


def with_link() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return written.getvalue()


def locked() -> bytes:
    """Set the bit that says: encrypted, in both headers of the part."""
    whole = bytearray(packed("a.xml"))
    whole[6] |= 1
    whole[whole.find(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def liar() -> bytes:
    """Say in the directory that a part is shorter than it is."""
    size = (90_000).to_bytes(4, "little")
    return packed("a.xml", content=b"a" * 90_000).replace(size, (10).to_bytes(4, "little"))


def test_an_archive_that_is_in_order_is_opened() -> None:
    with opened(packed("a.xml", "b/c.xml"), BOUNDS) as archive:
        assert archive.namelist() == ["a.xml", "b/c.xml"]


@pytest.mark.parametrize(
    "raw",
    [
        packed(*(f"{number}.xml" for number in range(11))),
        packed("a.bin", content=b"0" * 1_000_001, method=zipfile.ZIP_STORED),
        packed("a.xml", content=b"0" * 500_000),
    ],
    ids=["parts", "bytes", "ratio"],
)
def test_what_unpacks_to_more_than_the_bounds_is_too_large(raw: bytes) -> None:
    assert fault_of(raw) is Fault.TOO_LARGE


def test_bytes_that_belong_to_no_part_do_not_lower_the_ratio() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"0" * 500_000)
        written.seek(archive.start_dir)
        written.write(bytes(range(256)) * 400)
        archive.start_dir = written.tell()

    assert fault_of(written.getvalue()) is Fault.TOO_LARGE


def test_a_ratio_counts_from_some_bytes_on() -> None:
    with opened(packed("a.xml", content=b"0" * 100_000), BOUNDS) as archive:
        assert len(archive.read("a.xml")) == 100_000


def test_what_is_encrypted_is_locked() -> None:
    assert fault_of(locked()) is Fault.LOCKED


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.xml", "a/../../up.xml", "a\\b.xml", "C:a.xml", "a\tb.xml", "a" * 201])
def test_a_name_that_leads_elsewhere_or_cannot_be_read_is_damage(name: str) -> None:
    assert fault_of(packed("a.xml", name)) is Fault.DAMAGED


@pytest.mark.parametrize(
    "raw",
    [
        packed("a.xml", "A.xml"),
        with_link(),
        liar(),
        packed("a.xml", method=zipfile.ZIP_BZIP2),
        packed("a.xml")[:-30],
        b"no archive",
    ],
    ids=["twice", "link", "liar", "method", "cut", "none"],
)
def test_what_deceives_or_is_broken_is_damage(raw: bytes) -> None:
    assert fault_of(raw) is Fault.DAMAGED


@pytest.mark.parametrize(
    "name",
    ["xl/vbaProject.bin", "word/_rels/vbaProject.bin.rels", "xl/macrosheets/a.xml", "word/activeX/a.xml", "Basic/a.xml", "a.EXE"],
)
def test_macros_and_programs_are_known_by_their_names(name: str) -> None:
    assert fault_of(packed("a.xml", name)) is Fault.PROGRAMS


@pytest.mark.parametrize("kind", [b"sheet.macroEnabled.main+xml", b"vnd.ms-office.vbaProject", b"vnd.ms-excel.intlmacrosheet"])
def test_macros_are_known_by_their_content_types(kind: bytes) -> None:
    assert names_programs(b'<Types><Override ContentType="application/' + kind + b'"/></Types>')
    assert not names_programs(b'<Types><Override ContentType="application/xml"/></Types>')


@pytest.mark.parametrize(
    "raw",
    [b"#" + packed("a.xml"), b"PK\x03\x04" + packed("a.xml"), packed("a.xml") + b"more", packed()],
    ids=["before", "zip-before", "after", "empty"],
)
def test_what_stands_around_an_archive_is_found(raw: bytes) -> None:
    assert fault_of(raw) in {Fault.NOT_ALONE, Fault.DAMAGED}


def test_a_comment_is_something_beside_the_archive() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.xml", "x")
        archive.comment = b"%PDF-1.7"

    assert fault_of(written.getvalue()) is Fault.NOT_ALONE
