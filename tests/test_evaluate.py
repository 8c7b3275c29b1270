"""The measures agree with libraries that others trust, and keep what a measure must keep."""

import numpy as np
import pytest
import sklearn.metrics
import torch
import torchmetrics.functional.classification as torchmetrics
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from fer_lib.errors import FerError
from fer_lib.evaluate import (
    accuracy,
    calibration,
    compare,
    confusion,
    majority_baseline,
    measure,
    per_class,
    predictions,
    softmax,
    wilson,
)
from fer_lib.labels import EMOTIONS


def answers(seed, count=300, classes=7):
    """Logits that are right more often than not, and labels of which some are rare."""
    dice = np.random.default_rng(seed)
    labels = np.minimum(dice.geometric(0.3, count) - 1, classes - 1)
    logits = dice.normal(size=(count, classes)) + 2 * np.eye(classes)[labels]
    return logits, labels


seeds = st.integers(0, 10_000)
few_examples = settings(max_examples=25, deadline=None)


# --- oracles ----------------------------------------------------------------------------------------------------------


@given(seed=seeds)
@few_examples
def test_accuracy_and_confusion_agree_with_torchmetrics(seed):
    logits, labels = answers(seed)
    tensors = torch.tensor(logits), torch.tensor(labels)
    assert accuracy(logits, labels).value == pytest.approx(
        float(torchmetrics.multiclass_accuracy(*tensors, 7, "micro"))
    )
    assert confusion(logits, labels).tolist() == torchmetrics.multiclass_confusion_matrix(*tensors, 7).tolist()


@given(seed=seeds, count=st.integers(1, 60))
@few_examples
def test_recall_precision_and_f1_agree_with_scikit_learn_also_where_a_label_is_missing(seed, count):
    logits, labels = answers(seed, count)
    reference = sklearn.metrics.precision_recall_fscore_support(
        labels, predictions(logits), labels=range(7), zero_division=0
    )
    measured = per_class(logits, labels)
    np.testing.assert_allclose((measured.precision, measured.recall, measured.f1), reference[:3])
    assert measured.support.tolist() == reference[3].tolist()


@given(seed=seeds)
@few_examples
def test_the_calibration_error_agrees_with_torchmetrics(seed):
    logits, labels = answers(seed)
    reference = torchmetrics.multiclass_calibration_error(
        torch.tensor(softmax(logits)), torch.tensor(labels), 7, n_bins=15, norm="l1"
    )
    assert calibration(logits, labels).error == pytest.approx(float(reference), abs=1e-6)


@given(n=st.integers(1, 5000), data=st.data())
@few_examples
def test_the_interval_agrees_with_scipy(n, data):
    right = data.draw(st.integers(0, n))
    reference = binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right, n)[:3] == pytest.approx((right / n, reference.low, reference.high), abs=1e-7)


@given(seed=seeds, count=st.integers(1, 400))
@few_examples
def test_the_paired_test_agrees_with_scipy(seed, count):
    (first, labels), (second, _) = answers(seed, count), answers(seed + 1, count)
    found = compare(first, second, labels)
    differ = found.only_first + found.only_second
    assert found.p_value == pytest.approx(binomtest(found.only_first, differ).pvalue if differ else 1.0)
    assert found.difference == pytest.approx(accuracy(first, labels).value - accuracy(second, labels).value)


def test_the_interval_of_a_difference_is_that_of_the_mean_of_paired_differences():
    (first, labels), (second, _) = answers(0), answers(1)
    found = compare(first, second, labels)
    one_by_one = (predictions(first) == labels).astype(float) - (predictions(second) == labels)
    half = 1.959964 * one_by_one.std() / np.sqrt(len(labels))
    # Bonett and Price add two faces on which the two differ, one each way: of 300, that moves the ends a little.
    assert (found.low, found.high) == pytest.approx((one_by_one.mean() - half, one_by_one.mean() + half), abs=0.005)


def test_the_interval_of_a_difference_does_not_vanish_where_two_models_never_differ_or_always_do():
    right, wrong = np.tile([1.0, 0.0], (8, 1)), np.tile([0.0, 1.0], (8, 1))
    labels = np.zeros(8, int)
    same, apart = compare(right, right, labels), compare(right, wrong, labels)
    assert same.low < same.difference < same.high
    assert apart.low < 1
    assert apart.high == apart.difference == 1


# --- what a measure must keep -----------------------------------------------------------------------------------------


@given(n=st.integers(1, 10_000), data=st.data())
def test_the_interval_contains_the_share_and_stays_within_0_and_1(n, data):
    for right in (0, n, data.draw(st.integers(0, n))):
        score = wilson(right, n)
        assert 0 <= score.low <= score.value <= score.high <= 1
        assert score.high > score.low


def test_the_interval_covers_the_true_share_about_95_times_in_100():
    right = np.random.default_rng(0).binomial(55, 0.3, size=4000)  # as many faces as disgust has in the test part
    covered = [score.low <= 0.3 <= score.high for score in (wilson(int(count), 55) for count in right)]
    assert 0.935 < np.mean(covered) < 0.965


@given(seed=seeds)
@few_examples
def test_the_order_of_the_faces_changes_nothing(seed):
    logits, labels = answers(seed)
    order = np.random.default_rng(seed).permutation(len(labels))
    assert measure(logits[order], labels[order], EMOTIONS) == measure(logits, labels, EMOTIONS)


@given(seed=seeds)
@few_examples
def test_swapping_two_models_turns_the_comparison_round(seed):
    (first, labels), (second, _) = answers(seed), answers(seed + 1)
    there, back = compare(first, second, labels), compare(second, first, labels)
    assert (back.difference, back.low, back.high) == pytest.approx((-there.difference, -there.high, -there.low))
    assert (back.only_first, back.only_second, back.p_value) == (there.only_second, there.only_first, there.p_value)


def test_a_model_that_is_always_right_and_one_that_never_is():
    labels = np.arange(70) % 7
    right = measure(50.0 * np.eye(7)[labels], labels, EMOTIONS)
    assert (right["accuracy"], right["high"], right["ece"]) == (1.0, 1.0, 0.0)
    assert set(right["recall"].values()) == {1.0}
    wrong = measure(50.0 * np.eye(7)[(labels + 1) % 7], labels, EMOTIONS)
    assert (wrong["accuracy"], wrong["low"], wrong["ece"]) == (0.0, 0.0, 1.0)
    assert set(wrong["recall"].values()) == {0.0}


def test_one_face_is_enough():
    measured = measure([[0.0, 3.0]], [1], ("no", "yes"))
    assert (measured["accuracy"], measured["n"]) == (1.0, 1)
    assert measured["low"] == pytest.approx(0.2065, abs=1e-4)
    assert measured["recall"] == {"no": 0.0, "yes": 1.0}


def test_two_models_that_answer_alike_do_not_differ():
    logits, labels = answers(0)
    found = compare(logits, logits, labels)
    assert (found.difference, found.only_first, found.only_second, found.p_value) == (0.0, 0, 0, 1.0)
    assert found.low == pytest.approx(-found.high)


def test_the_interval_of_a_difference_stays_within_minus_1_and_1():
    labels = np.zeros(10, int)
    first, second = np.tile([1.0, 0.0], (10, 1)), np.tile([0.0, 1.0], (10, 1))
    second[0] = first[0]
    found = compare(first, second, labels)
    assert found.high == 1.0
    assert compare(second, first, labels).low == -1.0


def test_the_bins_of_calibration_hold_every_face_once():
    logits, labels = answers(0)
    bins = calibration(logits, labels)
    assert bins.count.sum() == len(labels)
    assert (bins.count * bins.accuracy).sum() == pytest.approx(accuracy(logits, labels).value * len(labels))
    full = bins.count > 0
    edges = np.arange(15) / 15
    assert (bins.confidence[full] >= edges[full]).all()
    assert (bins.confidence[full] <= edges[full] + 1 / 15).all()


def test_softmax_takes_logits_that_would_overflow():
    np.testing.assert_allclose(softmax([[1000.0, 1000.0], [-1000.0, 0.0]]), [[0.5, 0.5], [0.0, 1.0]])


def test_guessing_the_most_frequent_training_label_is_measured_on_the_other_part():
    assert majority_baseline([6, 3, 3, 0], [6, 6, 6, 3]).value == 0.25


def test_of_equal_logits_the_first_is_the_prediction():
    assert predictions([[1.0, 1.0, 0.0], [0.0, 2.0, 2.0]]).tolist() == [0, 1]


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure_of", [accuracy, calibration, confusion, per_class, lambda a, b: compare(a, a, b)])
@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.zeros((3, 7)), [0], r"logits are \[3, 7\] and labels \[1\]"),
        (np.zeros((0, 7)), [], "at least one face"),
        (np.zeros(7), [0], r"expected \[N, C\]"),
        ([[0.0, 1.0], [np.nan, 0.0]], [0, 1], "row 1: logits"),
        ([[0.0, 1.0], [np.inf, 0.0]], [0, 1], "row 1: logits"),
        ([[0.0, 1.0], [0.0, 1.0]], [0, 2], "row 1: label 2, expected 0 to 1"),
        ([[0.0, 1.0], [0.0, 1.0]], [-1, 0], "row 0: label -1"),
    ],
)
def test_logits_and_labels_that_do_not_belong_together_are_refused(measure_of, logits, labels, message):
    with pytest.raises(FerError, match=message) as refused:
        measure_of(logits, labels)
    assert "\n" not in str(refused.value)


def test_a_model_with_other_labels_is_refused():
    with pytest.raises(FerError, match="logits of 8 labels, expected 7: angry"):
        measure(np.zeros((3, 8)), [0, 1, 2], EMOTIONS)
