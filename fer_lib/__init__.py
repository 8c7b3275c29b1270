"""Facial expression recognition with convolutional networks: the library of *From Pixels to Expressions*."""

__version__ = "0.1.0"
