"""Synthetic faces."""

import numpy as np
import torch

from fer_lib.data.faceset import SIZE, FaceSet
from fer_lib.data.synthetic.action_units import ACTION_UNITS, PROTOTYPES, express
from fer_lib.data.synthetic.camera import light, paint_hand, photograph
from fer_lib.data.synthetic.canvas import Canvas
from fer_lib.data.synthetic import eyes, head, mouth
from fer_lib.data.synthetic.dice import THROWS, Dice
from fer_lib.data.synthetic.geometry import LANDMARKS, landmarks, sided, sine_and_cosine
from fer_lib.data.synthetic.person import throw_person, throw_picture
from fer_lib.labels import EMOTIONS

COUNTS = (3995, 436, 4097, 7215, 4830, 3171, 4965)
_CHUNK = 64
EYE_LINE = 19.5


def draw(n, seed=0, *, labels=None, wrong_labels=0.1, variation=1.0, action_units=None):
    generator = torch.Generator().manual_seed(seed)
    out = []
    for start in range(0, n, _CHUNK):
        rows = torch.rand(min(_CHUNK, n - start), THROWS + 2 + SIZE * SIZE, generator=generator)
        shown = None if labels is None else torch.as_tensor(labels[start : start + _CHUNK])
        out.append(_draw(rows, shown, wrong_labels, variation, action_units))
    images, labels, units, points = (torch.cat(x).numpy() for x in zip(*out))
    return FaceSet(images, labels, "train", action_units=units, landmarks=points)


def _draw(rows, labels, wrong, variation, units):
    dice = Dice(rows)
    cum = torch.tensor(COUNTS).cumsum(0) / sum(COUNTS)
    pick = (rows[:, -1:] > cum).sum(1)
    if labels is None:
        labels = pick
    person, picture = throw_person(dice), throw_picture(dice, variation)
    strengths = (
        express(labels, dice) if units is None else torch.as_tensor(units, dtype=torch.float32).expand(len(rows), -1)
    )
    au = {name: strengths[:, i, None, None] for i, name in enumerate(ACTION_UNITS)}
    own = sided(au, person.skew)
    points = landmarks(person, au, picture)

    sin, cos = sine_and_cosine(picture.roll)
    axis = (torch.arange(2 * SIZE) + 0.5) / 2
    x, y = axis[None, None] - 24 - picture.shift_x, axis[None, :, None] - EYE_LINE - picture.shift_y
    u, v = (cos * x + sin * y) / picture.scale, (cos * y - sin * x) / picture.scale
    canvas = Canvas(u, v, torch.zeros_like(u), torch.zeros_like(u))

    def pixel(pu, pv):
        return (
            24 + picture.shift_x + picture.scale * (cos * pu - sin * pv),
            EYE_LINE + picture.shift_y + picture.scale * (sin * pu + cos * pv),
        )

    def window(pu, pv, h, w):
        px, py = pixel(pu, pv)
        return canvas.window(2 * py, 2 * px, h, w)

    head.paint_background(canvas, picture)
    head.paint_hair_behind(canvas, person, points)
    head.paint_neck(canvas, person, points)
    cover = head.paint_head(canvas, person, points, au)
    head.paint_beard(canvas, person, points, cover)
    with window(0 * person.skin, -8.0, 44, 64) as w:
        head.paint_forehead(w, points, person, au)
    for side in ("left", "right"):
        with window(*points[f"{side}_nostril"], 44, 44) as w:
            head.paint_folds(w, points, person, own[side], side)
    with window(points["nose_tip"][0], points["nose_tip"][1] - 3, 40, 28) as w:
        head.paint_nose(w, person, points, au)
    for side in ("left", "right"):
        with window(*points[f"{side}_brow_middle"], 28, 40) as w:
            eyes.paint_brow(w, person, points, own[side], side)
        with window(*points[f"{side}_pupil"], 28, 32) as w:
            eyes.paint_eye(w, person, points, own[side], side)
    with window(points["upper_lip_bottom"][0], points["lower_lip_top"][1] + 0, 40, 48) as w:
        mouth.paint_mouth(w, person, points, au)
    with window(points["nose_tip"][0], 0.8 + 0 * person.skin, 36, 80) as w:
        eyes.paint_glasses(w, person, points)
    head.paint_hair(canvas, person, points)
    paint_hand(canvas, person, picture)
    bright = light(canvas, picture)
    grain = rows[:, THROWS + 2 :].reshape(-1, SIZE, SIZE) * 2 - 1
    images = photograph(bright, picture, grain)
    pts = torch.stack([torch.cat(pixel(*points[n]), 2)[:, 0] - 0.5 for n in LANDMARKS], 1)
    return images, labels, strengths, pts
