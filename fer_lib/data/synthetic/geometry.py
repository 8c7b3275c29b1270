"""Where the parts of a face are, and how action units move them.

Directions of movement: the FACS manual (Ekman, Friesen and Hager 2002). Distances are ours, in face units (about a
pixel): `u` to the right and `v` down, from the point between the eyes.
"""

from fer_lib.data.synthetic.canvas import mix, square_root

#: The points marked on every face, in the order of `FaceSet.landmarks`. Left and right are those of the image.
LANDMARKS = (
    *(f"{side}_brow_{part}" for side in ("left", "right") for part in ("inner", "middle", "outer")),
    *(f"{side}_eye_{part}" for side in ("left", "right") for part in ("inner", "outer", "upper", "lower")),
    "left_pupil",
    "right_pupil",
    "nose_tip",
    "left_nostril",
    "right_nostril",
    "left_mouth_corner",
    "right_mouth_corner",
    "upper_lip_top",
    "upper_lip_bottom",
    "lower_lip_top",
    "lower_lip_bottom",
    "chin",
)

#: The sides of a face and the sign of their `u`.
SIDES = {"left": -1, "right": 1}


def sided(units, skew):
    """Return the action units of each side: one is a little stronger than the other, as on real faces."""
    return {
        side: {name: (value * (1 + sign * skew)).clamp(0, 1) for name, value in units.items()}
        for side, sign in SIDES.items()
    }


def landmarks(person, units, picture):
    """Place the points of `LANDMARKS`.

    Parameters
    ----------
    person, picture : SimpleNamespace
        From `throw_person` and `throw_picture`.
    units : dict of str to torch.Tensor of float32, shape [B, 1, 1]
        Strengths of the action units.

    Returns
    -------
    dict of str to tuple of torch.Tensor
        Face coordinates (u, v), each of shape [B, 1, 1], by name, turned by yaw and pitch.
    """
    points = {}
    for side, own in sided(units, person.skew).items():
        sign = SIDES[side]
        for name, (u, v) in {**_brow(person, own), **_eye(person, own), **_sides_of_mouth(person, own)}.items():
            points[f"{side}_{name}"] = (sign * u, v)
    points |= _middle(person, units)
    turned = {name: _turn(point, name, picture) for name, point in points.items()}
    return {name: turned[name] for name in LANDMARKS}


def _brow(person, au):
    y, arch = person.brow_y, person.brow_arch
    return {
        # AU4 pulls the inner end down, but not against AU1: together they give the slanted brow of grief.
        "brow_inner": (
            3.3 - 1.3 * au["AU4"],
            y + 0.4 - 3.0 * au["AU1"] + 2.4 * au["AU4"] * (1 - 0.75 * au["AU1"]) + 1.0 * au["AU9"],
        ),
        "brow_middle": (
            8.3 - 0.6 * au["AU4"],
            y - arch - 1.3 * au["AU1"] - 2.2 * au["AU2"] + 1.8 * au["AU4"] * (1 - 0.5 * au["AU1"]) + 0.4 * au["AU9"],
        ),
        "brow_outer": (13.0 - 0.4 * au["AU4"], y + 0.9 - 2.8 * au["AU2"] + 0.7 * au["AU4"]),
    }


def _eye(person, au):
    centre, half = person.eye_x, person.eye_width / 2
    below = person.eye_open * 0.42 - 0.75 * au["AU6"] - 0.75 * au["AU7"]
    above = person.eye_open * 0.58 + 1.5 * au["AU5"] - 0.45 * au["AU7"] - 0.3 * au["AU6"] - 0.3 * au["AU9"]
    below = below.clamp(min=0.15)
    above = mix(above.clamp(min=0.35), -below + 0.15, au["AU43"])
    return {
        "eye_inner": (centre - half, 0.3 + 0 * half),
        "eye_outer": (centre + half, -0.1 - person.eye_tilt),
        "eye_upper": (centre, 0.1 - person.eye_tilt / 2 - above),
        "eye_lower": (centre, 0.1 - person.eye_tilt / 2 + below),
    }


def _sides_of_mouth(person, au):
    return {
        "nostril": (
            person.nose_width + 0.5 * au["AU9"] + 0.4 * au["AU12"],
            person.nose_length + 0.4 - 1.3 * au["AU9"] - 0.5 * au["AU10"],
        ),
        "mouth_corner": (
            person.mouth_width
            + 2.3 * au["AU12"]
            + 2.4 * au["AU20"]
            + 0.4 * au["AU15"]
            - 0.9 * au["AU23"]
            - 0.5 * au["AU24"]
            - 1.2 * au["AU26"],
            person.mouth_y
            - 3.0 * au["AU12"]
            + 2.5 * au["AU15"]
            + 0.7 * au["AU20"]
            + 1.3 * au["AU26"]
            - 0.5 * au["AU17"],
        ),
    }


def _middle(person, au):
    thin = (1 - 0.4 * au["AU23"]) * (1 - 0.6 * au["AU24"]) * (1 - 0.25 * au["AU12"]) * (1 - 0.2 * au["AU20"])
    gap = (1.5 * au["AU25"] + 5.2 * au["AU26"]) * (1 - 0.9 * au["AU24"])
    lift = 0.7 * au["AU9"] + 1.0 * au["AU10"] + 0.8 * au["AU17"]
    seam = person.mouth_y - lift - 0.2 * gap
    seam_low = person.mouth_y - 0.6 * lift - 0.4 * lift * (1 - au["AU25"]) + 0.8 * gap
    middle = 0 * seam
    return {
        "left_pupil": (-person.eye_x + person.gaze_x, 0.1 + person.gaze_y),
        "right_pupil": (person.eye_x + person.gaze_x, 0.1 + person.gaze_y),
        "nose_tip": (middle, person.nose_length - 1.2 - 0.5 * au["AU9"]),
        "upper_lip_top": (middle, seam - person.upper_lip * thin - 0.4 * au["AU10"]),
        "upper_lip_bottom": (middle, seam),
        "lower_lip_top": (middle, seam_low),
        "lower_lip_bottom": (middle, seam_low + person.lower_lip * thin),
        "chin": (middle, person.chin + 4.0 * au["AU26"] - 0.9 * au["AU17"]),
    }


def _turn(point, name, picture):
    """Turn a point of the head, taken as an egg, by yaw and pitch."""
    u, v = point
    depth = 13 * square_root((1 - u * u / 420 - v * v / 1300).clamp(min=0)) + (3.5 if name == "nose_tip" else 0.0)
    sin, cos = sine_and_cosine(picture.yaw)
    u, depth = u * cos + depth * sin, depth * cos - u * sin
    sin, cos = sine_and_cosine(picture.pitch)
    return u, v * cos + depth * sin - 13 * sin


def sine_and_cosine(tangent):
    """Return sine and cosine of an angle, given the tangent of its half: fractions, so exactly rounded."""
    square = tangent * tangent
    return 2 * tangent / (1 + square), (1 - square) / (1 + square)
