"""Background, hair, neck, head and nose: all but what moves most."""

from fer_lib.data.synthetic.canvas import bump, inside, mix, segment, smooth, square_root, wave


def paint_background(canvas, picture):
    """Paint a wall that fades across the picture, and something out of focus before it."""
    u, v = canvas.u, canvas.v
    canvas.paint(picture.wall + picture.wall_slope_x * u + picture.wall_slope_y * v, 1.0)
    thing = bump(u, v, (picture.thing_x, picture.thing_y), picture.thing_size, picture.thing_size * 1.6)
    canvas.paint(picture.thing_tone, smooth(thing * 3))


def egg(canvas, person, points, grow=0.0):
    """Return how far each pixel is from the middle of the head, as a share of the way to its outline (1: on it)."""
    chin_u, chin_v = points["chin"]
    down = (canvas.v / chin_v).clamp(0, 1)
    up = (canvas.v / person.crown).clamp(min=0) * (1 - grow * 0.045)
    # The chin goes with the turned face, the skull stays.
    u = canvas.u - chin_u * down * down * 0.7
    width = (person.half_width + grow) * (1 - person.jaw * down * down)
    x = u / width
    below = (canvas.v / (chin_v + grow)).clamp(min=0)
    below = below * below
    return square_root(x * x + up * up + below * below * smooth(canvas.v * 10))


def comb(canvas, person, points):
    """Return the tone of the hair, and how much of each pixel the head with its hair covers."""
    return _strands(canvas, person), inside((egg(canvas, person, points, person.hair_volume) - 1) * 16)


def paint_hair_behind(canvas, person, strands, outline):
    """Paint what hair is seen beside and behind the head; `strands` and `outline` come from `comb`."""
    u, v = canvas.u, canvas.v
    volume = person.hair_volume
    cap = outline * (v < 4 - 3 * person.bald).float()
    sides = inside(u.abs() - person.half_width - volume * 0.8 - 0.04 * v) * (v > -4).float() * inside(v - 24, 3.0)
    cover = mix(cap, cap + sides, person.long_hair).clamp(0, 1) * (1 - person.bald)
    canvas.paint(strands * 0.8, cover)
    canvas.raise_(cover * 1.5)


def _strands(canvas, person):
    u, v = canvas.u - person.parting * 20, canvas.v
    fall = u * (1 + 0.012 * v)
    streak = wave(fall * 0.31 + wave(v * 0.07) * 0.2) + 0.6 * wave(fall * 0.83 + v * 0.05)
    shine = bump(u, v, (0.0, -15.0), 14.0, 5.0)
    return person.hair * (1 + 0.22 * streak + 0.7 * shine) + 0.05 * shine


def paint_neck(canvas, person, points):
    """Paint neck, shadow of the chin, and clothes."""
    u, v = canvas.u, canvas.v
    neck = inside(u.abs() - person.half_width * 0.62) * (v > 12).float()
    shadow = 1 - 0.45 * smooth((points["chin"][1] + 7 - v) / 9)
    canvas.paint(person.skin * shadow, neck)
    canvas.raise_(neck * 3 * (1 - (u / 12) * (u / 12)).clamp(min=0))
    shirt = inside((person.chin + 8 - v) - 0.028 * (14 * 14 - u * u).clamp(max=120), 1.0)
    canvas.paint(person.clothes, shirt)


def paint_ear(canvas, person, centre):
    """Paint an ear, unless long hair hides it."""
    ear = inside(1.0 - bump(canvas.u, canvas.v, centre, 2.3, 5.0) * 4, 1.0)
    canvas.paint(person.skin * 0.82, ear * (1 - person.long_hair))


def paint_head(canvas, person, points, units):
    """Paint the skin of the face, and raise the forms of the skull: brow ridge and chin."""
    u, v = canvas.u, canvas.v
    radius = egg(canvas, person, points)
    cover = inside((radius - 1) * 15)
    canvas.paint(person.skin, cover)
    canvas.relief = mix(canvas.relief, 15 * square_root((1 - radius * radius * 0.97).clamp(min=0)), cover)
    chin_u, chin_v = points["chin"]
    # AU17 pushes the boss of the chin up and makes it bulge.
    canvas.raise_((1.3 + 1.0 * units["AU17"]) * bump(u, v, (chin_u, chin_v - 4.2), 5.0, 3.6))
    canvas.raise_(1.0 * bump(u, v, (points["nose_tip"][0] * 0.6, -9.5), 13.0, 8.0))


def paint_nose(canvas, person, points, units):
    """Raise bridge, tip and wings of the nose; darken the nostrils; AU9 wrinkles the bridge."""
    u, v = canvas.u, canvas.v
    tip_u, tip_v = points["nose_tip"]
    root = tip_u * 0.55
    along = (v + 3.0) / (tip_v + 3.0)
    # The ridge climbs from root to tip and breaks off under it: light from above leaves the shadow that says "nose".
    climb = smooth(along * 0.85) * inside(v - tip_v - 1.0, 2.4)
    middle = mix(root, tip_u, along.clamp(0, 1))
    breadth = mix(1.9, person.nose_width * 0.95, smooth(along))
    across = (1 - (u - middle) * (u - middle) / (breadth * breadth)).clamp(min=0)
    canvas.raise_(person.nose_height * climb * smooth(across))
    canvas.raise_(1.2 * bump(u, v, (tip_u, tip_v), 2.6, 2.3))
    for side in ("left", "right"):
        wing_u, wing_v = points[f"{side}_nostril"]
        canvas.raise_(1.9 * bump(u, v, (wing_u * 0.9 + tip_u * 0.1, wing_v - 0.6), 2.0, 2.0))
        hole = bump(u, v, (mix(tip_u, wing_u, 0.52), wing_v + 0.55), 1.5, 0.95)
        canvas.paint(person.skin * 0.25, 0.85 * smooth(hole * 1.6))
    wrinkle = (wave(v * 0.42) + 0.2).clamp(min=0) * bump(u, v, (root, 0.5), 4.2, 4.2)
    canvas.raise_(-1.5 * units["AU9"] * wrinkle)


def paint_folds(canvas, person, points, own, side):
    """Press in the fold from nose to mouth and raise the cheek: AU6, AU9, AU10 and AU12 deepen them."""
    u, v = canvas.u, canvas.v
    sign = -1 if side == "left" else 1
    wing_u, wing_v = points[f"{side}_nostril"]
    mouth_u, mouth_v = points[f"{side}_mouth_corner"]
    depth = (
        0.12
        + 0.35 * person.age
        + 1.1 * own["AU12"]
        + 0.8 * own["AU10"]
        + 0.7 * own["AU9"]
        + 0.3 * own["AU6"]
        + 0.3 * own["AU20"]
    )
    start, end = (wing_u + sign * 0.6, wing_v - 0.8), (mouth_u + sign * 1.4, mouth_v - 0.4)
    distance, along = segment(u, v, start, end)
    fade = smooth(along * 3 + 0.3) * (1 - 0.6 * smooth(along * 2 - 1))
    canvas.raise_(-depth * fade * smooth(1 - distance / 1.5))
    lift = 0.8 * own["AU6"] + 0.7 * own["AU12"] + 0.4 * own["AU9"]
    cheek = (wing_u + sign * 6.2, wing_v - 1.6 - 2.0 * lift)
    canvas.raise_((1.2 + 1.7 * lift) * bump(u, v, cheek, 6.0, 5.0 - 0.6 * lift))
    # AU15 leaves a short crease under the corner.
    distance, _ = segment(u, v, (mouth_u + sign * 0.5, mouth_v + 0.6), (mouth_u + sign * 1.0, mouth_v + 3.0))
    canvas.raise_(-(0.9 * own["AU15"] + 0.15 * person.age) * smooth(1 - distance / 1.3))


def paint_forehead(canvas, person, points, units):
    """Crease the forehead: AU1 and AU2 lay wrinkles across it, AU4 presses furrows between the brows."""
    u, v = canvas.u, canvas.v
    raised = 0.5 * (units["AU1"] + units["AU2"])
    middle = points["nose_tip"][0] * 0.6
    lines = (wave((v + 0.012 * (u - middle) * (u - middle)) * 0.34) - 0.1).clamp(min=0)
    reach = mix(6.0, 13.0, units["AU2"])
    canvas.raise_(
        -(1.1 * raised * (0.5 + 0.8 * person.age)) * lines * smooth(2 * bump(u, v, (middle, -11.5), reach, 5.0))
    )
    for side in ("left", "right"):
        inner_u, inner_v = points[f"{side}_brow_inner"]
        near = mix(middle, inner_u, 0.55)
        distance, _ = segment(u, v, (near, inner_v - 1.8), (near, inner_v + 2.2))
        canvas.raise_(-(1.5 * units["AU4"]) * smooth(1 - distance / 1.1))
    canvas.raise_(0.8 * units["AU4"] * bump(u, v, (middle, points["left_brow_inner"][1] + 0.5), 2.4, 3.0))


def paint_hair(canvas, person, strands, outline):
    """Paint the hair that falls before the head: above the hairline, at the temples, a fringe."""
    u, v = canvas.u, canvas.v
    x = u / person.half_width
    square = x * x
    line = person.hairline + person.fringe * 4.5 - person.parting * u + square * (5.0 + 16 * square * square)
    line = line + 0.5 * wave(u * 0.29)
    above = inside(v - line, 1.4) * outline * (v < 10).float()
    curtain = inside(person.half_width * 0.9 - u.abs() - 0.03 * v, 1.2) * inside(v - 25, 3.0) * (v > -8).float()
    curtain = curtain * inside(u.abs() - person.half_width - person.hair_volume)
    cover = (above + curtain * person.long_hair).clamp(0, 1) * (1 - person.bald)
    canvas.paint(strands, cover)
    canvas.raise_(cover * 1.2)


def paint_beard(canvas, person, points):
    """Paint beard and moustache around the mouth."""
    u, v = canvas.u, canvas.v
    cover = inside((egg(canvas, person, points) - 1) * 15)
    lip_u, lip_v = points["upper_lip_top"]
    corner_v = points["left_mouth_corner"][1]
    cheek_line = smooth((v - corner_v + 4.5 - 4.5 * smooth(u.abs() / 14)) / 4 + 0.2)
    canvas.paint(person.hair * 1.2, cover * person.beard * cheek_line * smooth((v - lip_v - 1) / 2 + u.abs() / 9 - 0.4))
    moustache = bump(u, v, (lip_u, lip_v - 0.8), 7.0, 2.6)
    canvas.paint(person.hair * 1.1, person.moustache * smooth(moustache * 2.2))
