"""Faces with emotion labels: `load` reads FER2013 from every form it is found in, and draws synthetic faces."""

from fer_lib.data.faceset import SIZE, SPLITS, FaceSet, FaceSplits

__all__ = ["SIZE", "SPLITS", "FaceSet", "FaceSplits"]
