"""Synthetic faces: drawn from action units, so that the true muscles and landmarks of each one are known.

Read in the order a face is made: `dice` throws random numbers; `person` turns them into somebody and into a way of
taking a picture; `action_units` says which muscles an emotion label moves; `geometry` says where everything is then;
`head`, `eyes` and `mouth` paint it on a `canvas`; `camera` takes the photograph. `portrait` does all of it for a batch,
`faces` for a data set.
"""

from fer_lib.data.synthetic.action_units import ACTION_UNITS, PROTOTYPES
from fer_lib.data.synthetic.faces import SHARES, draw, load_synthetic
from fer_lib.data.synthetic.geometry import LANDMARKS

__all__ = ["ACTION_UNITS", "LANDMARKS", "PROTOTYPES", "SHARES", "draw", "load_synthetic"]
