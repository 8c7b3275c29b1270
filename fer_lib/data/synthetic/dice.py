"""`Dice`: the random numbers of a batch of faces, the same on every platform and for every batch size."""

#: Throws kept ready for each face. More than are used, so that a new feature at the end changes no older number.
THROWS = 256


class Dice:
    """One row of uniform random numbers a face, handed out column by column.

    A face is drawn from its own row and nothing else. So face 7 of a seed is the same in a batch of 8 and of 5,000.

    Parameters
    ----------
    rows : torch.Tensor of float32, shape [B, >= THROWS]
        Uniform numbers from 0 to 1.

    Examples
    --------
    >>> import torch
    >>> dice = Dice(torch.rand(4, THROWS, generator=torch.Generator().manual_seed(0)))
    >>> dice.uniform(2, 3).shape
    torch.Size([4, 1, 1])
    """

    def __init__(self, rows):
        self._columns = iter(rows[:, :THROWS].T)

    def uniform(self, low=0.0, high=1.0):
        """Return numbers from `low` to `high`, float32 of shape [B, 1, 1]: one a face, ready to meet its pixels."""
        return next(self._columns)[:, None, None] * (high - low) + low

    def bell(self, spread):
        """Return numbers around 0 with standard deviation `spread`: sums of three uniform ones, never past 3 spreads.

        PyTorch's own normal numbers need logarithms and cosines, whose last bit differs between machines.
        """
        return (self.uniform() + self.uniform() + self.uniform() - 1.5) * (2 * spread)

    def chance(self, share):
        """Return 1.0 for about a `share` of the faces and 0.0 for the rest."""
        return (self.uniform() < share).float()
