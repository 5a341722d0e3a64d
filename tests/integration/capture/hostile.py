"""Bodies that break systems like this one: each with the way it comes in."""

import gzip
from collections.abc import Iterator

from shared.room import RawInquiry
from tests.integration.capture.desk import FORM, raw

MULTIPART = "multipart/form-data; boundary=XX"

#: Name to dialect, source, content type and body.
BODIES: dict[str, tuple[str, str, str, bytes]] = {}


def _add(name: str, dialect: str, body: bytes, content_type: str = "") -> None:
    source = {
        "form": "website-contact",
        "adf": "autobase",
        "google_ads": "google-ads-dryers",
        "csv": "farm-progress-list",
    }.get(dialect, "partner-agrimag")
    BODIES[name] = (dialect, source, content_type, body)


def inquiries() -> Iterator[tuple[str, RawInquiry]]:
    """Every body, once, with a receipt of its own."""
    for name, (dialect, source, content_type, body) in BODIES.items():
        yield name, raw(body, dialect=dialect, source=source, content_type=content_type)


JSON = "application/json"
_add("nothing", "json", b"", JSON)
_add("white space", "json", b" \r\n\t", JSON)
_add("NUL alone", "json", b"\0\0\0", JSON)
_add("NUL in a value", "json", b'{"email": "nul@b.example", "message": "a\\u0000b", "x\\u0000y": "z"}', JSON)
_add("NUL raw in JSON", "json", b'{"email": "rawnul@b.example", "message": "a\0b"}', JSON)
_add("lone surrogates", "json", b'{"email": "sur@b.example", "name": "\\ud800 x", "\\udfff": "\\udc00"}', JSON)
_add("NaN and Infinity", "json", b'{"email": "nan@b.example", "acres": NaN, "budget": Infinity, "x": -Infinity}', JSON)
_add("100,000 nested lists", "json", b"[" * 100_000, JSON)
_add("100,000 nested and closed", "json", b"[" * 100_000 + b"]" * 100_000, JSON)
_add("nested objects", "json", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON)
_add("forty levels", "json", b'{"a":' * 40 + b"1" + b"}" * 40, JSON)
_add("a huge number", "json", b'{"email": "big@b.example", "acres": ' + b"9" * 10_000 + b"}", JSON)
_add("an exponent", "json", b'{"email": "exp@b.example", "budget": 1e400, "acres": "1e999999999"}', JSON)
_add("5 MB in one field", "json", b'{"email": "five@b.example", "message": "' + b"x" * 5_000_000 + b'"}', JSON)
_add("5 MB of a name", "json", b'{"email": "name@b.example", "name": "' + b"Ann " * 1_250_000 + b'"}', JSON)
_add("5 MB of an email", "json", b'{"phone": "515 555 0142", "email": "' + b"a" * 5_000_000 + b'@b.example"}', JSON)
_add("10,000 fields", "json", b"{" + b",".join(b'"f%d": "v"' % n for n in range(10_000)) + b"}", JSON)
_add("names of fields as long as books", "json", b'{"email": "k@b.example", "' + b"k" * 1_000_000 + b'": "v"}', JSON)
_add("wide characters in every key", "json",
     '{{"phone": "515 555 0142", "name": "{0} {0}", "street": "{0}", "city": "{0}", "zip": "{0}"}}'
     .format("\U0001f69c" * 300).encode(), JSON)  # fmt: skip
_add("a number", "json", b"42", JSON)
_add("a string", "json", b'"hello"', JSON)
_add("a list of numbers", "json", b"[1, 2, 3]", JSON)
_add("a list of nothing", "json", b"[]", JSON)
_add("types everywhere", "json", b'{"email": ["ty@b.example"], "name": {"a": 1}, "phone": true, "zip": 50010.0}', JSON)
_add("UTF-16 without mark", "json", '{"email": "utf16@b.example", "name": "Jörg"}'.encode("utf-16-le"), JSON)
_add("Windows encoding", "json", '{"email": "win@b.example", "name": "Jörg Müller"}'.encode("cp1252"), JSON)
_add("an encoding that lies", "json", '{"email": "lie@b.example", "name": "Jörg"}'.encode(), JSON + "; charset=utf-7")
_add("an encoding that does not exist", "json", b'{"email": "no@b.example", "n": "\xff"}', JSON + "; charset=klingon")
_add("an encoding that is a codec", "json", b'{"email": "zip@b.example", "n": "\xff"}', JSON + "; charset=zlib")
_add("compressed", "json", gzip.compress(b'{"email": "a@b.example"}'), JSON)
_add("random bytes", "json", bytes(range(256)) * 40, JSON)
_add("two documents", "json", b'{"email": "a@b.example"}{"email": "b@b.example"}', JSON)
_add("script in a name", "json", b'{"email": "s@b.example", "name": "<script>alert(1)</script>"}', JSON)
_add("SQL in a name", "json", b'{"email": "sql@b.example", "name": "Robert\'); DROP TABLE inquiry;--"}', JSON)
_add("template in a message", "json", b'{"email": "t@b.example", "message": "{{7*7}} ${jndi:ldap://x}"}', JSON)
_add("a formula", "json", b'{"email": "f@b.example", "company": "=HYPERLINK(\\"http://x\\")"}', JSON)
_add("header injection", "json", b'{"email": "a@b.example\\r\\nBcc: all@b.example", "name": "x\\r\\ny"}', JSON)
_add("two addresses in one", "json", b'{"email": "a@b.example, c@d.example"}', JSON)
_add("writing from right to left", "json", '{"email": "rtl@b.example", "name": "Ann\u202eeeL\u2066"}'.encode(), JSON)
_add("an unknown dialect", "carrier-pigeon", b"coo", "")

_add("form of nothing", "form", b"", FORM)
_add("form without names", "form", b"&&==&=x&", FORM)
_add("form of broken escapes", "form", b"your-email=bad%zz%4&your-name=%ff%fe%00", FORM)
_add("form with NUL", "form", b"your-email=form%40b.example&message=%00%01%02", FORM)
_add("form in Windows encoding", "form", b"your-email=fw%40b.example&your-name=J%F6rg", FORM)
_add("form of a million ampersands", "form", b"a=1&" * 1_000_000, FORM)
_add("multipart without boundary", "form", b"--XX\r\n\r\n", "multipart/form-data")
_add("multipart that never ends", "form",
     b'--XX\r\nContent-Disposition: form-data; name="your-email"\r\n\r\nmp@b.example\r\n', MULTIPART)  # fmt: skip
_add("multipart with another boundary", "form", b"--YY\r\n\r\nx\r\n--YY--", MULTIPART)
_add("multipart of garbage", "form", bytes(range(256)) * 10, MULTIPART)
_add("multipart with a broken header", "form", b"--XX\r\n\xff\xfe: x\r\nname\r\n\r\nv\r\n--XX--", MULTIPART)
_add("multipart in multipart", "form",
     b"--XX\r\nContent-Type: multipart/mixed; boundary=XX\r\n\r\n--XX\r\n\r\n--XX--" * 200, MULTIPART)  # fmt: skip
_add("multipart with a file", "form",
     b'--XX\r\nContent-Disposition: form-data; name="your-email"\r\n\r\nfile@b.example\r\n'
     b'--XX\r\nContent-Disposition: form-data; name="cv"; filename="a\0.exe"\r\n\r\n\0\0MZ\r\n--XX--',
     MULTIPART)  # fmt: skip

_add("laughing entities", "adf",
     b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
     b"<adf>&lol2;</adf>")  # fmt: skip
_add(
    "a file as entity",
    "adf",
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf><prospect>&x;</prospect></adf>',
)
_add("a foreign document type", "adf", b'<!DOCTYPE adf SYSTEM "http://127.0.0.1:1/x.dtd"><adf><prospect/></adf>')
_add("100,000 nested tags", "adf", b"<a>" * 100_000)
_add("100,000 nested and closed tags", "adf", b"<adf>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</adf>")
_add("XML cut in the middle", "adf", b"<adf><prospect><customer><contact><name>Ann")
_add("not XML", "adf", b"Hello, I want a tractor")
_add("a million open brackets", "adf", b"<" * 1_000_000)
_add("a million attributes", "adf", b"<adf " + b"a=b " * 300_000 + b">")
_add(
    "a NUL in XML",
    "adf",
    b"<adf><prospect><customer><contact><email>xn\0ul@b.example</email></contact></customer></prospect></adf>",
)
_add(
    "a character that XML forbids",
    "adf",
    b"<adf><prospect><customer><contact><name>&#0;&#x1f;</name></contact></customer></prospect></adf>",
)
_add("UTF-16 that says UTF-8", "adf", "<?xml version='1.0' encoding='UTF-8'?><adf><prospect/></adf>".encode("utf-16"))

_add("Google without columns", "google_ads", b'{"lead_id": "x"}', JSON)
_add("Google with odd columns", "google_ads",
     b'{"user_column_data": [1, null, {"column_id": 5}, {"string_value": {"a": 1}}], "lead_id": {"b": 2}}',
     JSON)  # fmt: skip

_add("an empty file", "csv", b"")
_add("a header alone", "csv", b"Name,Email\n")
_add("no header", "csv", b"1,2,3\n4,5,6\n")
_add("a quote that never closes", "csv", b'Name,Email\n"Ann,open@b.example\n' + b"Bob,b@b.example\n" * 300)
_add("NUL in a list", "csv", b"Name,Email\nAnn\0,nulcsv@b.example\n")
_add("a list in UTF-16", "csv", "Name\tEmail\nJörg\tcsv16@b.example\n".encode("utf-16"))
_add("100,000 columns", "csv", b"Email" + b",x" * 100_000 + b"\nwide@b.example" + b",1" * 100_000)
_add("a cell of 5 MB", "csv", b"Name,Email,Notes\nAnn,cell@b.example," + b"n" * 5_000_000)
_add("a spreadsheet that is none", "csv", b"PK\x03\x04" + bytes(range(256)) * 20)
