"""FER+ votes become labels by Microsoft's own rule."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tiny import stand_alone, tiny, write_votes

from fer_lib.data import load, npz
from fer_lib.data.ferplus import MODES, ferplus_targets
from fer_lib.data.votes import read_votes
from fer_lib.labels import FERPLUS_EMOTIONS

votes_of_a_face = st.lists(st.integers(0, 10), min_size=10, max_size=10)


def oracle(votes, mode):
    """Return the target of one face, or None: the rule as Microsoft's loops apply it, a vote and a column at a time."""
    left = [vote if vote > 1 else 0 for vote in votes]
    total, used = sum(left), [0] * 10
    if mode == "majority":
        best = left.index(max(left))
        if left[best] > 0.5 * total:
            used[best] = left[best]
    elif mode == "multi-label":
        used = [vote if vote >= 0.3 * total else 0 for vote in left]
    else:
        seen, count, open_for_more = 0, 0, True
        while seen < 0.75 * total and count < 3 and open_for_more:
            peak = max(left)
            for column in range(10):
                if left[column] != peak:
                    continue
                used[column], left[column] = peak, 0
                seen, count = seen + peak, count + 1
                if column >= 8:
                    open_for_more = False
                    if sum(used) > peak:
                        used[column], count = 0, count - 1
                    break
        if count > 3:
            used = [0] * 10
    if sum(used) <= 0.5 * total or used.index(max(used)) >= 8:
        return None
    target = np.array(used[:8], float)
    return (target > 0) / (target > 0).sum() if mode == "multi-label" else target / target.sum()


@pytest.mark.parametrize("mode", MODES)
@given(faces=st.lists(votes_of_a_face, min_size=1, max_size=20))
@example(faces=[[0] * 10, [1] * 10, [10, *[0] * 9]])
@example(faces=[[3, 3, 2, 2, 0, 0, 0, 0, 0, 0], [3, 3, 4, 0, 0, 0, 0, 0, 0, 0], [2, 2, 2, 2, 2, 0, 0, 0, 0, 0]])
@example(faces=[[5, 0, 0, 0, 0, 0, 0, 0, 5, 0], [4, 4, 0, 0, 0, 0, 0, 0, 4, 0], [3, 3, 3, 0, 0, 0, 0, 0, 3, 3]])
@example(faces=[[0, 0, 0, 0, 0, 0, 0, 0, 10, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 10], [0, 0, 0, 0, 0, 0, 0, 0, 5, 5]])
@example(faces=[[6, 2, 0, 0, 0, 0, 0, 0, 2, 0], [4, 0, 0, 0, 0, 0, 0, 0, 6, 0], [6, 0, 0, 0, 0, 0, 0, 0, 3, 3]])
def test_the_rule_is_that_of_the_published_loops(mode, faces):
    compare_with_oracle(np.array(faces), mode)


@pytest.mark.fer2013
@pytest.mark.parametrize("mode", MODES)
def test_on_the_real_votes_too(mode, fer2013):
    for votes in read_votes(fer2013 / "fer2013new.csv").values():
        compare_with_oracle(np.unique(votes, axis=0), mode)


def compare_with_oracle(faces, mode):
    targets, labels = ferplus_targets(faces, mode)
    assert targets.dtype == np.float32
    assert labels.dtype == np.int64
    for votes, target, label in zip(faces, targets, labels, strict=True):
        expected = oracle(votes, mode)
        if expected is None:
            assert label == -1
            assert not target.any()
        else:
            np.testing.assert_allclose(target, expected, rtol=1e-6)
            assert label == np.argmax([vote if share else 0 for vote, share in zip(votes, target, strict=False)])


@given(faces=st.lists(votes_of_a_face, min_size=1, max_size=20))
def test_a_face_that_has_a_majority_has_the_same_label_in_every_mode_that_keeps_it(faces):
    of_mode = {mode: ferplus_targets(np.array(faces), mode)[1] for mode in MODES}
    for mode in ("probability", "multi-label"):
        both = (of_mode["majority"] >= 0) & (of_mode[mode] >= 0)
        np.testing.assert_array_equal(of_mode[mode][both], of_mode["majority"][both])


class TestLoad:
    pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")

    @pytest.fixture(autouse=True)
    def _alone(self, tmp_path, monkeypatch):
        stand_alone(tmp_path, monkeypatch)
        npz.write(tiny(), tmp_path)

    def test_faces_without_a_majority_are_left_out_and_rows_lead_back(self, tmp_path):
        votes = 10 * np.eye(10, dtype=int)[np.arange(56) % 8]
        votes[[2, 30, 31]] = [[5, 5, 0, 0, 0, 0, 0, 0, 0, 0], [0] * 8 + [9, 1], [2, 2, 2, 2, 2, 0, 0, 0, 0, 0]]
        write_votes(tmp_path, votes)
        train, validation, test = load(tmp_path, labels="majority")
        assert (len(train), len(validation), len(test)) == (27, 12, 14)
        np.testing.assert_array_equal(train.rows, np.delete(np.arange(28), 2))
        np.testing.assert_array_equal(validation.rows, np.delete(np.arange(14), [2, 3]))
        np.testing.assert_array_equal(train.images, tiny().train.images[train.rows])
        np.testing.assert_array_equal(train.votes, votes[:28][train.rows])
        np.testing.assert_array_equal(test.labels, np.arange(42, 56) % 8)
        assert test.names == FERPLUS_EMOTIONS

    @pytest.mark.parametrize("mode", MODES)
    def test_targets_are_distributions_that_peak_at_the_label(self, tmp_path, mode):
        votes = np.random.default_rng(1).multinomial(10, [0.3, 0.3, 0.1, 0.1, 0.05, 0.05, 0.02, 0.02, 0.04, 0.02], 56)
        write_votes(tmp_path, votes)
        splits = load(tmp_path, labels=mode)
        assert splits.source == f"fer2013.npz, FER+ {mode}"
        for part in splits:
            np.testing.assert_allclose(part.targets.sum(1), 1, rtol=1e-6)
            rows = np.arange(len(part))
            np.testing.assert_array_equal(part.targets[rows, part.labels], part.targets.max(1))

    def test_votes_are_found_in_fer_data_too(self, tmp_path, monkeypatch):
        (tmp_path / "named").mkdir()
        write_votes(tmp_path / "named")
        monkeypatch.setenv("FER_DATA", str(tmp_path / "named"))
        assert load(tmp_path, labels="majority").train.names == FERPLUS_EMOTIONS

    def test_with_the_labels_of_fer2013_faces_that_are_not_official_carry_no_votes(self, tmp_path):
        write_votes(tmp_path)
        assert load(tmp_path).train.votes is None
