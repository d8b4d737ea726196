import segno


def qr_code(text: str) -> str:
    """A QR code of this text as a data URI of an SVG, made here: no other host learns of the payment."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4, xmldecl=False, svgns=True)
