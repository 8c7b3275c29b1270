"""Which facial muscles move for which emotion label: action units of the Facial Action Coding System (FACS).

Action units: Ekman, Friesen and Hager 2002, *Facial Action Coding System*. Prototypes: EMFACS (Friesen and Ekman 1983)
and the FACS coding of 230 people by Du, Tao and Martinez 2014, "Compound facial expressions of emotion", table 1.
"""

from typing import NamedTuple

import torch

from fer_lib.labels import EMOTIONS

#: The action units drawn, in the order of the columns of `FaceSet.action_units`.
ACTION_UNITS = (
    "AU1",  # inner brow raiser
    "AU2",  # outer brow raiser
    "AU4",  # brow lowerer
    "AU5",  # upper lid raiser
    "AU6",  # cheek raiser
    "AU7",  # lid tightener
    "AU9",  # nose wrinkler
    "AU10",  # upper lip raiser
    "AU12",  # lip corner puller
    "AU15",  # lip corner depressor
    "AU17",  # chin raiser
    "AU20",  # lip stretcher
    "AU23",  # lip tightener
    "AU24",  # lip pressor
    "AU25",  # lips part
    "AU26",  # jaw drop
    "AU43",  # eyes closed
)


class Prototype(NamedTuple):
    """The action units of an emotion label: `core` ones most people show, `variants` only some do."""

    core: tuple
    variants: tuple = ()


#: The action units of each of the seven emotion labels.
PROTOTYPES = {
    "angry": Prototype(("AU4", "AU5", "AU7", "AU23"), ("AU10", "AU17", "AU24", "AU25")),
    "disgust": Prototype(("AU9", "AU10", "AU17"), ("AU4", "AU7", "AU15", "AU24")),
    "fear": Prototype(("AU1", "AU2", "AU4", "AU5", "AU20", "AU25"), ("AU7", "AU26")),
    "happy": Prototype(("AU6", "AU12"), ("AU7", "AU25", "AU26")),
    "sad": Prototype(("AU1", "AU4", "AU15"), ("AU6", "AU17", "AU43")),
    "surprise": Prototype(("AU1", "AU2", "AU5", "AU25", "AU26")),
    "neutral": Prototype(()),
}

# How often a core unit, a variant and a unit foreign to the label is shown, and how weak an expression can be.
_CORE, _VARIANT, _FOREIGN = 0.9, 0.4, 0.06
_WEAKEST = 0.55


def _shares():
    """Return how often a face of each label shows each action unit: float32, shape [7, A]."""
    shares = torch.full((len(EMOTIONS), len(ACTION_UNITS)), _FOREIGN)
    for row, name in enumerate(EMOTIONS):
        for unit in PROTOTYPES[name].core:
            shares[row, ACTION_UNITS.index(unit)] = _CORE
        for unit in PROTOTYPES[name].variants:
            shares[row, ACTION_UNITS.index(unit)] = _VARIANT
    return shares


def express(labels, dice):
    """Throw the action units of faces that show an emotion label.

    Parameters
    ----------
    labels : torch.Tensor of int64, shape [B]
        What each face shows, positions in `EMOTIONS`.
    dice : Dice
        The random numbers.

    Returns
    -------
    torch.Tensor of float32, shape [B, A]
        Strengths from 0 (at rest) to 1 (as strong as it gets).
    """
    shares = _shares()[labels]
    strength = dice.uniform(_WEAKEST, 1.0)
    units = []
    for share in shares.T:
        share = share[:, None, None]
        shown = dice.chance(share)
        # What does not belong to the label is a twitch: weak, whatever the strength of the expression.
        own = (share > _FOREIGN).float()
        units.append(shown * dice.uniform(0.6, 1.0) * (own * strength + (1 - own) * 0.4))
    return torch.cat(units, 2)[:, 0]
