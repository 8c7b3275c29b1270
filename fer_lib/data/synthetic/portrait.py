"""`paint`: a batch of portraits, from back to front."""

import torch

from fer_lib.data.faceset import SIZE
from fer_lib.data.synthetic import eyes, head, mouth
from fer_lib.data.synthetic.action_units import ACTION_UNITS
from fer_lib.data.synthetic.camera import light, paint_hand, photograph
from fer_lib.data.synthetic.canvas import Canvas
from fer_lib.data.synthetic.geometry import LANDMARKS, SIDES, landmarks, sided, sine_and_cosine

#: The row on which the eyes of a face lie that is not shifted.
_EYE_LINE = 19.5

_BOTTOM = torch.full((1, 1, 1), 2.0 * SIZE)


def paint(person, picture, strengths, grain):
    """Paint a batch of portraits and photograph them.

    Parameters
    ----------
    person, picture : SimpleNamespace
        From `throw_person` and `throw_picture`.
    strengths : torch.Tensor of float32, shape [B, A]
        Action units, 0 to 1.
    grain : torch.Tensor of float32, shape [B, 48, 48]
        Noise from -1 to 1.

    Returns
    -------
    images : torch.Tensor of uint8, shape [B, 48, 48]
    points : torch.Tensor of float32, shape [B, P, 2]
        `LANDMARKS` as (x, y) in pixels, (0, 0) at the centre of the first pixel.
    """
    units = {name: column[:, None, None] for name, column in zip(ACTION_UNITS, strengths.T, strict=True)}
    own = sided(units, person.skew)
    points = landmarks(person, units, picture)
    canvas = _new_canvas(picture)

    def window(point, height, width):
        x, y = _pixel(point, picture)
        return canvas.window(2 * y, 2 * x, height, width)  # the canvas has two pixels for one of the photograph

    head.paint_background(canvas, picture)
    hair = head.comb(canvas, person, points)
    head.paint_hair_behind(canvas, person, *hair)
    with canvas.window(_BOTTOM, _BOTTOM, 48, 2 * SIZE) as small:
        head.paint_neck(small, person, points)
    for sign in SIDES.values():
        ear = (sign * (person.half_width + 0.6), 3.5)
        with window(ear, 30, 16) as small:
            head.paint_ear(small, person, ear)
    head.paint_head(canvas, person, points, units)
    with window(points["lower_lip_top"], 52, 84) as small:
        head.paint_beard(small, person, points)
    nose_u, nose_v = points["nose_tip"]
    with window((0 * nose_u, -8.0), 44, 64) as small:
        head.paint_forehead(small, person, points, units)
    for side in SIDES:
        with window(points[f"{side}_nostril"], 44, 44) as small:
            head.paint_folds(small, person, points, own[side], side)
    with window((nose_u, nose_v - 3), 40, 28) as small:
        head.paint_nose(small, person, points, units)
    for side in SIDES:
        with window(points[f"{side}_brow_middle"], 28, 40) as small:
            eyes.paint_brow(small, person, points, own[side], side)
        with window(points[f"{side}_pupil"], 28, 32) as small:
            eyes.paint_eye(small, person, points, own[side], side)
    with window((points["upper_lip_bottom"][0], points["lower_lip_top"][1]), 40, 48) as small:
        mouth.paint_mouth(small, person, points, units)
    with window((nose_u, 0.8), 36, 80) as small:
        eyes.paint_glasses(small, person, points)
    head.paint_hair(canvas, person, *hair)
    with canvas.window(_BOTTOM, _BOTTOM, 48, 2 * SIZE) as small:
        paint_hand(small, person, picture)

    places = [torch.cat(_pixel(points[name], picture), 2)[:, 0] - 0.5 for name in LANDMARKS]
    return photograph(light(canvas, picture), picture, grain), torch.stack(places, 1)


def _new_canvas(picture):
    """Return an empty canvas of 96x96 pixels that knows where each of them lies on its face."""
    centre = (torch.arange(2 * SIZE) + 0.5) / 2
    x = centre[None, None, :] - SIZE / 2 - picture.shift_x
    y = centre[None, :, None] - _EYE_LINE - picture.shift_y
    sin, cos = sine_and_cosine(picture.roll)
    u, v = (cos * x + sin * y) / picture.scale, (cos * y - sin * x) / picture.scale
    return Canvas(u, v, torch.zeros_like(u), torch.zeros_like(u))


def _pixel(point, picture):
    """Return where a point of the face lies in the photograph, in pixels from its upper left corner."""
    u, v = point
    sin, cos = sine_and_cosine(picture.roll)
    x = SIZE / 2 + picture.shift_x + picture.scale * (cos * u - sin * v)
    y = _EYE_LINE + picture.shift_y + picture.scale * (sin * u + cos * v)
    return x, y
