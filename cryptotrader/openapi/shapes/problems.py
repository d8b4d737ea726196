"""Problem documents (RFC 9457)."""

from cryptotrader.openapi.words import about, many, nullable, record, text, whole

PROBLEM = record(
    type=text(about="the address of its description"),
    title=text(about="in the reader's language"),
    status=whole(least=400, most=599),
    code=text(about="stable and English: programs read this"),
    detail=text(about="the particulars, in English; may be empty"),
    request_id=nullable(text(about="names the request in the server's logs")),
)
PROBLEM["properties"]["errors"] = about(
    many(record(field=text(), code=text(), message=text())), "the faulty fields, if there are any"
)
PROBLEM["additionalProperties"] = True
SHAPES = {"Problem": PROBLEM}
