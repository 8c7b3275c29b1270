"""One face as a picture file: decoded strictly, encoded without loss."""

import io

import numpy as np
from PIL import Image

from fer_lib.data.faceset import SIZE
from fer_lib.errors import DataError


def decode(file, name):
    """Read one grey 48x48 picture.

    Size and mode are read from the header and checked before any pixel is decoded, so a small file that would unpack
    to a huge picture costs nothing.

    Parameters
    ----------
    file : str, pathlib.Path or binary file
        A PNG or JPEG.
    name : str or pathlib.Path
        What to call it in an error.

    Returns
    -------
    numpy.ndarray of uint8, shape [48, 48]
        Grey values, 0 to 255.

    Raises
    ------
    DataError
        If it is no PNG or JPEG, is damaged, or is not 8-bit grey of 48x48 pixels.

    Examples
    --------
    >>> int(decode(io.BytesIO(encode(np.zeros((48, 48), np.uint8))), "black.png").max())
    0
    """
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            if picture.size != (SIZE, SIZE):
                raise DataError(f"{name}: {picture.width}x{picture.height} pixels, expected {SIZE}x{SIZE}")
            if picture.mode != "L":
                raise DataError(f"{name}: a picture of mode {picture.mode}, expected 8-bit grey (L)")
            return np.array(picture)
    except (FileNotFoundError, PermissionError, DataError):
        raise
    except Image.DecompressionBombError as error:
        raise DataError(f"{name}: far more than the expected {SIZE}x{SIZE} pixels") from error
    except (OSError, ValueError, SyntaxError) as error:  # what pillow raises on damaged files, by kind of damage
        raise DataError(f"{name}: not a whole PNG or JPEG picture") from error


def encode(image, form="PNG", **options):
    """Return one face as the bytes of a picture file.

    Parameters
    ----------
    image : numpy.ndarray of uint8, shape [48, 48]
        Grey values.
    form : str
        ``"PNG"`` keeps every pixel; ``"JPEG"`` does not.
    **options
        For pillow, such as ``quality`` of a JPEG.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> encode(np.zeros((48, 48), np.uint8))[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, form, **options)
    return buffer.getvalue()
