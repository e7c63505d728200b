"""A specimen of a form: looks like a printed one and can never count.

Its codes are signed with a key that is thrown away at once, under a key id that no keyring
has; its serial has no number, and nothing is written into the ledger.
"""

from __future__ import annotations

import io
import secrets

from forms.draw import FormsPdf
from forms.prose import NUMBER
from forms.typeset import Typeset
from omr.codes import SPECIMEN_KEY_ID, CodeBody, campaign_key, sign
from omr.geometry import PagePoint
from omr.keys import MASTER_LENGTH

SPECIMEN = "MẪU"
_CODE_DIGITS = 6  # of the layout id, in the QR code


def specimen_pdf(typeset: Typeset, unit: str, year: int) -> bytes:
    """A PDF with one specimen sheet.

    Args:
        typeset: The form.
        unit: Words for the unit's place.
        year: Of the serial that stands there in part.
    """
    layout = typeset.layout
    body = CodeBody(
        key_id=SPECIMEN_KEY_ID,
        campaign=year,
        unit=0,
        domain=0,
        number=0,
        layout=layout.layout_id[:_CODE_DIGITS],
    )
    code = sign(body, campaign_key(secrets.token_bytes(MASTER_LENGTH), year))
    out = io.BytesIO()
    pdf = FormsPdf(
        out,
        typeset,
        unit=unit if typeset.unit.holds(unit) else "",
        page_width_mm=layout.width_mm,
        page_height_mm=layout.height_mm,
        title=f"{SPECIMEN} {layout.survey} {layout.revision} {layout.domain}",
    )
    pdf.sheet(_serial_words(typeset, year), code, PagePoint(0.0, 0.0))
    pdf.end_page()
    pdf.save()
    return out.getvalue()


def _serial_words(typeset: Typeset, year: int) -> str:
    """What stands in the serial's place: never anything that parses as a serial."""
    whole = f"{NUMBER} {typeset.layout.domain}-{year % 100:02d}-{SPECIMEN}"
    return whole if typeset.serial.holds(whole) else SPECIMEN
