"""Eyes, brows and glasses."""

from fer_lib.data.synthetic.canvas import bump, inside, mix, segment, smooth, square_root, wave


def paint_eye(canvas, person, points, own, side):
    """Paint an eye between its four landmarks: socket, eyeball, iris, lids, lashes and the creases around."""
    u, v = canvas.u, canvas.v
    inner, outer = points[f"{side}_eye_inner"], points[f"{side}_eye_outer"]
    upper_v, lower_v = points[f"{side}_eye_upper"][1], points[f"{side}_eye_lower"][1]
    length = outer[0] - inner[0]
    along = (u - inner[0]) / length
    arc = (4 * along * (1 - along)).clamp(min=0)
    # The upper lid rises steeply from the inner corner, the lower one is flatter.
    arc_up = arc * (1.25 - 0.25 * arc)
    base = mix(inner[1], outer[1], along.clamp(0, 1))
    middle = mix(inner[1], outer[1], 0.5)
    upper = base + (upper_v - middle) * arc_up
    lower = base + (lower_v - middle) * arc
    centre = points[f"{side}_pupil"]
    open_ = lower_v - upper_v

    # Sockets lie deep; the lid bulges over the eyeball.
    canvas.raise_(-1.9 * bump(u, v, (mix(inner[0], outer[0], 0.35), middle - 1.0), 6.6, 5.0))
    canvas.raise_(1.3 * bump(u, v, (mix(inner[0], outer[0], 0.5), middle), 4.2, 3.4))
    canvas.paint(canvas.tone * 0.8, 0.7 * bump(u, v, (inner[0], middle - 0.5), 3.4, 3.2))
    # AU6 and AU7 push up a pouch below the lower lid; age leaves one too.
    pouch = segment(u, v, (inner[0], lower_v + 1.5), (outer[0], lower_v + 1.1))[0]
    canvas.raise_(-(0.25 + 0.25 * person.age + 0.9 * own["AU6"] + 0.5 * own["AU7"]) * smooth(1 - pouch / 1.2))
    for spread in (-1.6, 0.2, 2.0):
        foot = segment(
            u,
            v,
            (outer[0] + length * 0.12, outer[1] + spread * 0.4),
            (outer[0] + length * 0.55, outer[1] + spread * 1.3),
        )[0]
        canvas.raise_(-0.8 * own["AU6"] * smooth(1 - foot / 0.8))

    # Crease of the upper lid, well above the lid when the eye is calm, hidden when AU5 pulls the lid up.
    crease = (v - (upper - 1.3 - 0.3 * own["AU43"])).abs()
    canvas.paint(canvas.tone * 0.62, 0.75 * arc * smooth(1.15 - crease / 1.0))

    within = inside((v - lower).maximum(upper - v)) * (arc > 0).float()
    white = 0.86 - 0.3 * smooth(1 - (v - upper) / 1.2) - 0.16 * (2 * along - 1) * (2 * along - 1)
    canvas.paint(white, within)
    x, y = u - centre[0], v - centre[1]
    radius = square_root(x * x + y * y)
    canvas.paint(person.iris * 0.55, within * inside(radius - 1.75))
    canvas.paint(person.iris, within * inside(radius - 1.4))
    canvas.paint(0.02, within * inside(radius - 0.75))
    # Lashes shade both lids, the upper one more.
    lash = smooth(1.25 - (v - upper + 0.15).abs() / 0.75) * (0.3 + 0.7 * smooth(arc * 3)) * (arc > 0).float()
    canvas.paint(0.06, 0.9 * lash)
    lash = smooth(1.05 - (v - lower).abs() / 0.6) * (arc > 0).float()
    canvas.paint(canvas.tone * 0.5, 0.6 * lash)
    glint = inside(square_root((x + 0.7) * (x + 0.7) + (y + 0.7) * (y + 0.7)) - 0.42)
    canvas.paint(1.25, within * glint * smooth(open_ - 0.8))


def paint_brow(canvas, person, points, own, side):
    """Paint a brow as a band of hair along its three landmarks."""
    u, v = canvas.u, canvas.v
    inner, middle, outer = (points[f"{side}_brow_{part}"] for part in ("inner", "middle", "outer"))
    along = (u - inner[0]) / (outer[0] - inner[0])
    knee = (middle[0] - inner[0]) / (outer[0] - inner[0])
    # The parabola through all three points.
    line = mix(inner[1], outer[1], along)
    rise = (middle[1] - mix(inner[1], outer[1], knee)) / (knee * (1 - knee))
    line = line + rise * along.clamp(-0.1, 1.1) * (1 - along.clamp(-0.1, 1.1))
    thick = person.brow_thick * (0.72 + 0.5 * smooth(along * 3) - 0.75 * smooth(along * 1.6 - 0.6))
    ends = smooth(along * 6 + 0.8) * smooth((1 - along) * 6 + 0.5)
    band = inside((v - line).abs() - thick / 2, 0.9) * ends
    canvas.paint(mix(person.hair, person.skin, 0.12) * (1 + 0.25 * wave(u * 0.7 + v * 0.35)), 0.88 * band)
    # The ridge under the brow: AU4 gathers it, AU1 and AU2 smooth it.
    ridge = (1 - (v - line - 0.6) * (v - line - 0.6) / 7).clamp(min=0) * ends
    canvas.raise_((0.7 + 0.9 * own["AU4"]) * ridge)


def paint_glasses(canvas, person, points):
    """Paint the frame of a pair of glasses, for those who wear one."""
    u, v = canvas.u, canvas.v
    rims = []
    for side in ("left", "right"):
        centre_u, centre_v = points[f"{side}_pupil"]
        x, y = (u - centre_u + person.gaze_x) / 6.4, (v - centre_v - 0.8) / mix(4.6, 6.0, person.glasses_round)
        x, y = x * x, y * y
        square = square_root(mix(x * x + y * y, x + y, person.glasses_round))
        rims.append(smooth(1.6 - (square - 1).abs() * 5.5))
        canvas.paint(1.0, person.glasses * 0.1 * inside((square - 1) * 5))
    left, right = points["left_eye_inner"], points["right_eye_inner"]
    bridge = smooth(1.4 - segment(u, v, (left[0] + 0.6, left[1] - 0.6), (right[0] - 0.6, right[1] - 0.6))[0] / 0.7)
    canvas.paint(person.glasses_tone, person.glasses * rims[0].maximum(rims[1]).maximum(bridge) * 0.92)
