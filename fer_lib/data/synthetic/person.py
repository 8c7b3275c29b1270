"""Who is drawn and how the picture is taken: everything about a face but its expression."""

from types import SimpleNamespace


def throw_person(dice):
    """Throw the bones, skin and hair of a batch of people; lengths in face units, tones from 0 (black) to 1 (white)."""
    skin = dice.uniform(0.38, 0.92)
    return SimpleNamespace(
        # bones
        half_width=16.4 + dice.bell(0.9),
        crown=-20.5 + dice.bell(1.2),
        chin=25.5 + dice.bell(1.2),
        jaw=dice.uniform(0.05, 0.34),
        # eyes and brows
        eye_x=7.7 + dice.bell(0.4),
        eye_width=6.8 + dice.bell(0.45),
        eye_open=3.0 + dice.bell(0.38),
        eye_tilt=dice.bell(0.35),
        iris=dice.uniform(0.08, 0.4),
        gaze_x=dice.bell(0.45),
        gaze_y=dice.bell(0.2),
        brow_y=-5.4 + dice.bell(0.5),
        brow_arch=1.1 + dice.bell(0.45),
        brow_thick=dice.uniform(1.0, 2.2),
        # nose and mouth
        nose_length=9.6 + dice.bell(0.6),
        nose_width=3.4 + dice.bell(0.35),
        nose_height=4.2 + dice.bell(0.6),
        mouth_y=16.6 + dice.bell(0.5),
        mouth_width=6.0 + dice.bell(0.45),
        upper_lip=1.5 + dice.bell(0.28),
        lower_lip=2.1 + dice.bell(0.32),
        # skin and hair
        skin=skin,
        lips=skin * dice.uniform(0.6, 0.86),
        age=dice.uniform(0.0, 1.0),
        hair=dice.uniform(0.03, 0.3) + dice.chance(0.22) * dice.uniform(0.1, 0.45),
        hairline=-14.0 + dice.bell(1.3),
        parting=dice.bell(0.16),
        bald=dice.chance(0.08),
        fringe=dice.chance(0.2),
        long_hair=dice.chance(0.42),
        hair_volume=dice.uniform(1.0, 4.5),
        beard=dice.chance(0.12) * dice.uniform(0.25, 0.8),
        moustache=dice.chance(0.12) * dice.uniform(0.3, 0.9),
        glasses=dice.chance(0.12),
        glasses_round=dice.uniform(0.0, 1.0),
        glasses_tone=dice.uniform(0.02, 0.3),
        clothes=dice.uniform(0.05, 0.85),
        # no face is the same on both sides
        skew=dice.bell(0.1),
    )


def throw_picture(dice, variation):
    """Throw pose, light and what spoils a picture; with a `variation` of 0 every picture is frontal, even and clean."""
    return SimpleNamespace(
        # pose: tangents of half the angles, so that sine and cosine are fractions of them
        roll=dice.bell(0.045) * variation,
        yaw=dice.bell(0.085) * variation,
        pitch=dice.bell(0.05) * variation,
        scale=1 + dice.bell(0.05) * variation,
        shift_x=dice.bell(1.1) * variation,
        shift_y=dice.bell(1.1) * variation,
        # light: where it comes from, how soft it is
        light_x=dice.bell(0.5) * variation,
        light_y=-0.35 + dice.bell(0.25) * variation,
        ambient=0.36 + dice.bell(0.07) * variation,
        exposure=1 + dice.bell(0.1) * variation,
        contrast=1 + dice.bell(0.1) * variation,
        # background
        wall=dice.uniform(0.05, 0.95),
        wall_slope_x=dice.bell(0.008),
        wall_slope_y=dice.bell(0.008),
        thing_x=dice.uniform(-30.0, 30.0),
        thing_y=dice.uniform(-25.0, 25.0),
        thing_size=dice.uniform(6.0, 16.0),
        thing_tone=dice.uniform(0.0, 1.0),
        # a hand in front of the face
        hand=dice.chance(0.1 * variation),
        hand_x=dice.uniform(-13.0, 13.0),
        hand_y=dice.uniform(12.0, 21.0),
        hand_lean=dice.bell(0.5),
        # camera
        blur=(dice.uniform(-0.15, 0.2) * variation).clamp(min=0),
        noise=dice.uniform(0.0, 0.055) * variation,
    )
