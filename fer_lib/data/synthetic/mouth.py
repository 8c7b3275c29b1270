"""The mouth: lips, teeth, tongue."""

from fer_lib.data.synthetic.canvas import bump, inside, mix, smooth, square_root, wave


def paint_mouth(canvas, person, points, units):
    """Paint a mouth between its six landmarks."""
    u, v = canvas.u, canvas.v
    left, right = points["left_mouth_corner"], points["right_mouth_corner"]
    middle_u = points["upper_lip_bottom"][0]
    # From -1 at the left corner over 0 in the middle to 1 at the right corner.
    half = (right[0] - middle_u).where(u > middle_u, middle_u - left[0])
    across = ((u - middle_u) / half).clamp(-1, 1)
    square = across * across
    corner = right[1].where(u > middle_u, left[1])
    between = ((u - middle_u).abs() < half).float()

    # A closed mouth is a parabola from corner to corner; a dropped jaw rounds it.
    round_ = square_root(1 - square)
    flat = 1 - square
    lid = mix(flat, round_, 0.25 + 0.6 * units["AU26"])
    tops = mix(flat, round_, 0.35)
    bow = 0.45 * smooth(1 - across.abs() * 4) - 0.25 * smooth(1 - (across.abs() - 0.3).abs() * 4)
    arches = {"upper_lip_top": tops, "upper_lip_bottom": lid, "lower_lip_top": lid, "lower_lip_bottom": tops}
    curve = {name: corner + (points[name][1] - corner) * arch for name, arch in arches.items()}
    top, seam = curve["upper_lip_top"] + bow * person.upper_lip * 0.5, curve["upper_lip_bottom"]
    seam_low, bottom = curve["lower_lip_top"], curve["lower_lip_bottom"]

    # Lips stand out; a groove runs below the lower one.
    low_u, low_v = points["lower_lip_bottom"]
    canvas.raise_(-1.5 * bump(u, v, (low_u, low_v + 1.6), 5.5, 2.2))
    canvas.raise_(-0.5 * bump(u, v, (middle_u, points["upper_lip_top"][1] - 2.0), 1.3, 2.6))
    upper_lip = inside((top - v).maximum(v - seam)) * between
    lower_lip = inside((seam_low - v).maximum(v - bottom)) * between
    canvas.paint(person.lips * 0.86, upper_lip)
    canvas.paint(person.lips, lower_lip)
    swell = (1 - (v - (seam_low + bottom) / 2) * (v - (seam_low + bottom) / 2) / 2.2).clamp(min=0) * flat
    canvas.raise_(1.2 * swell * (1 - 0.6 * units["AU24"]))
    swell = (1 - (v - (top + seam) / 2) * (v - (top + seam) / 2) / 1.6).clamp(min=0) * flat
    canvas.raise_(0.8 * swell * (1 - 0.6 * units["AU24"]))

    gap = points["lower_lip_top"][1] - points["upper_lip_bottom"][1]
    hole = inside((seam - v).maximum(v - seam_low)) * between * smooth(gap * 1.5)
    canvas.paint(0.05, hole)
    tongue = bump(u, v, (middle_u, points["lower_lip_top"][1] + 0.5), half * 0.75, gap * 0.55 + 0.1)
    canvas.paint(person.lips * 0.55, hole * smooth(tongue * 2) * smooth(gap / 2 - 1))
    # AU12, AU10 and AU20 bare the upper teeth; AU20 and a dropped jaw show some of the lower ones.
    bare = (0.45 + 0.8 * units["AU12"] + 0.5 * units["AU10"] + 0.4 * units["AU20"]).clamp(max=1)
    teeth = inside(v - seam - 1.9 * bare, 0.7) * smooth((0.92 - across.abs()) * 4)
    enamel = 0.95 - 0.3 * square - 0.05 * wave(u * 0.5)
    canvas.paint(enamel, hole * teeth * bare)
    teeth = inside(seam_low - 1.0 - v, 0.7) * smooth((0.7 - across.abs()) * 4)
    canvas.paint(enamel * 0.85, hole * teeth * (0.7 * units["AU20"] + 0.25 * units["AU26"]).clamp(max=1))

    # Where the lips meet it is dark, most at the corners.
    line = smooth(1.2 - (v - (seam + seam_low) / 2).abs() / 0.62) * between * (1 - smooth(gap * 1.5))
    canvas.paint(person.lips * 0.3, 0.85 * line)
    for corner_u, corner_v in (left, right):
        canvas.paint(person.lips * 0.35, 0.7 * smooth(1.8 * bump(u, v, (corner_u, corner_v), 1.4, 1.2)))
        canvas.raise_(-0.9 * bump(u, v, (corner_u, corner_v), 1.8, 1.6))
