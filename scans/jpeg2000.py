"""JPEG 2000 data -> grey pixels, of a huge image no more than are needed (OpenJPEG by Pillow).

The format keeps an image at several sizes, each half of the next; a smaller one is ready in a
quarter of the time.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, UnidentifiedImageError
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from omr.fiducials import GreyImage
from scans.decode import grey_of, quiet_pillow
from scans.faults import PageFault, too_large

# A4 at 600 dpi is read at 300; the next smaller usual size, A3 at 300 dpi, has 4,961.
_HUGE_PX = 5000
_PLAIN = ("L", "RGB")


def decode_jpeg2000(data: bytes) -> GreyImage | PageFault | None:
    """The image in grey, a huge one at half its size; ``None`` if another decoder has to do it.

    Args:
        data: A whole file or a bare codestream; what is cut off gives ``None``. It says its
            own size, whatever the PDF around it says.
    """
    try:
        with quiet_pillow(), Image.open(BytesIO(data), formats=("JPEG2000",)) as image:
            if not isinstance(image, Jpeg2KImageFile) or image.mode not in _PLAIN:
                return None
            refused = too_large(*image.size)
            if refused is not None:
                return refused
            if max(image.size) > _HUGE_PX:
                image.reduce = 1  # of the sizes in the file, the second largest
            return grey_of(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
