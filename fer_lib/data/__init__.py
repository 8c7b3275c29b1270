"""Faces with emotion labels: `load` reads FER2013 from every form it is found in, and draws synthetic faces."""

from fer_lib.data.faceset import SIZE, SPLITS, FaceSet, FaceSplits
from fer_lib.data.loading import load

__all__ = ["SIZE", "SPLITS", "FaceSet", "FaceSplits", "load"]
