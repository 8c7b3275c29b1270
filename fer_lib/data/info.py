"""What a source holds, in one small table."""

from dataclasses import dataclass

from fer_lib.data.faceset import FaceSplits
from fer_lib.data.find import find
from fer_lib.data.loading import load


@dataclass(frozen=True)
class Info:
    """What `info` found; prints as a table.

    Attributes
    ----------
    form : str
        The form, as in `fer_lib.data.forms.FORMS`, or ``"synthetic"``.
    where : str
        File or folder.
    splits : FaceSplits
        What was loaded.
    """

    form: str
    where: str
    splits: FaceSplits

    def __str__(self):
        names = self.splits.train.names
        facts = {
            "form": self.form,
            "where": self.where,
            "digest": self.splits.digest(),
            "official": "yes" if self.splits.official else "no",
            "votes": "no" if self.splits.train.votes is None else "yes",
        }
        rows = [["", *names, "all"]]
        rows += [[part.split, *(f"{count:,}" for count in part.counts()), f"{len(part):,}"] for part in self.splits]
        lines = [f"{name:<10}{fact}" for name, fact in facts.items()]
        lines += [f"{row[0]:<10}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows]
        return "\n".join(line.rstrip() for line in lines)


def info(source="auto"):
    """Tell what a source holds: form, place, faces by part and label, digest, and whether votes come with it.

    Parameters
    ----------
    source : str or pathlib.Path
        As in `load`.

    Returns
    -------
    Info
        Print it.

    Raises
    ------
    DataError
        As `load`.

    Examples
    --------
    >>> print(str(Info("synthetic", "drawn here", load("synthetic", n=50))).splitlines()[0])
    form      synthetic
    """
    if source == "synthetic":
        return Info("synthetic", "drawn here", load(source))
    found = find(source)
    return Info(found.form.name, str(found.path), load(source))
