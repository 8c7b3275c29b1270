"""The emotion labels of FER2013 and FER+, and the one mapping between them.

The only place where a class order is written down. FER2013: Goodfellow et al. 2013, section 2.
FER+: Barsoum et al. 2016, section 3.
"""

#: The 7 emotion labels of FER2013; a label's number is its position here.
EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

#: The 8 emotion labels of FER+, in the order of the columns of ``fer2013new.csv``.
FERPLUS_EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")

#: The 10 columns FER+ taggers could vote for: the 8 labels, "unknown" and "NF" (not a face).
FERPLUS_VOTES = (*FERPLUS_EMOTIONS, "unknown", "NF")

#: For each FER+ label, the number of the FER2013 label that means the same. Contempt has none: -1.
FERPLUS_TO_FER2013 = tuple(
    EMOTIONS.index(name) if name else -1
    for name in ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", None)
)
