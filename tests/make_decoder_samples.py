"""Makes the pages by which ``omr doctor`` tries the decoders: python tests/make_decoder_samples.py.

Each is the same picture, a QR code, as one kind of scan file. They are kept with the program,
so that a decoder is tried on what another one wrote, not on its own twin's work.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import segno
from make_jbig2 import jbig2_data
from make_scans import Grey, image_bytes, raw_pdf
from make_tiff import fax_code
from PIL import Image

from scans.decoder_check import FOLDER, SAMPLES, TEXT

_PX_PER_MODULE = 8
_PAGE = "/MediaBox [0 0 120 120]"
_COVER = b"q 120 0 0 120 0 0 cm /Im0 Do Q"


def code_picture() -> Grey:
    """The code in black on white, with its quiet zone."""
    modules = np.array(list(segno.make(TEXT, micro=False).matrix_iter(border=4)), np.uint8)
    return np.kron(np.where(modules, 0, 255).astype(np.uint8), np.ones((8, 8), np.uint8))


def made_samples(folder: Path) -> None:
    """Write every sample to *folder*."""
    grey = code_picture()
    page = Image.fromarray(grey)
    bilevel = page.convert("1", dither=Image.Dither.NONE)
    size = {"Width": str(page.width), "Height": str(page.height)}
    deep = size | {"ColorSpace": "/DeviceGray", "BitsPerComponent": "8"}
    flat = size | {"ColorSpace": "/DeviceGray", "BitsPerComponent": "1"}
    fax = f"<< /K -1 /Columns {page.width} /Rows {page.height} >>"

    def pdf(name: str, data: bytes, **keys: str) -> None:
        raw_pdf(folder / name, page=_PAGE, content=_COVER, image=data, **keys)

    files = {
        "grey.jpg": image_bytes(page, "JPEG", quality=85),
        "colour.jpg": image_bytes(page.convert("RGB"), "JPEG", quality=85, progressive=True),
        "grey.png": image_bytes(page, "PNG", optimize=True),
        "fax.tif": image_bytes(bilevel, "TIFF", compression="group4"),
        "lzw.tif": image_bytes(page, "TIFF", compression="tiff_lzw"),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    pdf("jpeg.pdf", files["grey.jpg"], Filter="/DCTDecode", **deep)
    jpeg2000 = image_bytes(page, "JPEG2000", quality_mode="rates", quality_layers=[20])
    pdf("jpeg2000.pdf", jpeg2000, Filter="/JPXDecode", **deep)
    pdf("fax.pdf", fax_code(bilevel), Filter="/CCITTFaxDecode", DecodeParms=fax, **flat)
    pdf("jbig2.pdf", jbig2_data(grey, arithmetic=True), Filter="/JBIG2Decode", **flat)
    segno.make(TEXT, micro=False).save(drawn := io.BytesIO(), kind="pdf", scale=5, border=4)
    (folder / "drawn.pdf").write_bytes(drawn.getvalue())
    assert {path.name for path in folder.iterdir()} == {sample.name for sample in SAMPLES}


if __name__ == "__main__":
    made_samples(FOLDER)
