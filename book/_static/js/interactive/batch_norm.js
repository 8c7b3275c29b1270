// One channel of a batch before and after batch norm, and one activation of one face in it.
"use strict";

fer.register("batch_norm", (root, data) => {
  const [channels, faces, positions] = data.activations.shape;
  const middle = data.middle; // the activation that is watched: this position of face 0
  const state = { channel: 0, power: 3, first: 0, gamma: 1, beta: 0, evaluation: false };
  const two = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2); // never -0.00

  const controls = fer.controls(root);
  const names = Array.from({ length: channels }, (_, i) => data.names[i]);
  fer.choice(controls, { label: "Channel", options: names }, (channel) => update({ channel }));
  // Powers of two, as the difference between 1 and 2 faces matters more than that between 63 and 64.
  const size = { label: "Faces in the batch", min: 0, max: Math.log2(faces), value: state.power, format: (power) => String(2 ** power) };
  fer.slider(controls, size, (power) => update({ power }));
  fer.slider(controls, { label: "Neighbours from face", min: 1, max: faces - 1, value: 1 }, (face) => update({ first: face - 1 }));
  fer.slider(controls, { label: "Gamma (scale)", min: -2, max: 3, step: 0.25, value: 1, format: two }, (gamma) => update({ gamma }));
  fer.slider(controls, { label: "Beta (shift)", min: -3, max: 3, step: 0.25, value: 0, format: two }, (beta) => update({ beta }));
  fer.tick(controls, { label: "Evaluation mode" }, (evaluation) => update({ evaluation }));

  const stage = fer.stage(root);
  const BINS = 48;
  const [low, high] = [-6, 6]; // the same for both charts, so that the change can be seen
  const axes = {
    x: { label: "activation (ends: and beyond)", low, high, ticks: [-6, -4, -2, 0, 2, 4, 6] },
    y: { label: "share, % (cut at 25)", low: 0, high: 25, ticks: [0, 5, 10, 15, 20, 25] },
    width: 380,
    height: 220,
  };
  const drawBefore = fer.chart(stage, { caption: "Before batch norm; the line is the watched activation", ...axes });
  const drawAfter = fer.chart(stage, { caption: "After batch norm; the line is the watched activation", ...axes });
  const say = fer.status(root);

  /** Face 0, and as many neighbours as the batch has room for; after the last face comes face 1 again. */
  function chosen() {
    const neighbours = Array.from({ length: 2 ** state.power - 1 }, (_, i) => 1 + ((state.first + i) % (faces - 1)));
    return [0, ...neighbours];
  }

  function statistics(values) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, variance };
  }

  /** Bars of a histogram; what lies beyond an end is counted in the last bar there. */
  function histogram(values, colour) {
    const counts = new Array(BINS).fill(0);
    const step = (high - low) / BINS;
    for (const value of values) counts[Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / step)))] += 1;
    return counts.map((count, i) => ({
      x: low + (i + 0.5) * step,
      y: Math.min(axes.y.high, (100 * count) / values.length),
      width: 6,
      colour,
    }));
  }

  function draw(onto, name, values, watched, colour) {
    const { mean, variance } = statistics(values);
    const place = Math.min(high, Math.max(low, watched));
    const lines = [{ name: "", points: [[place, 0], [place, axes.y.high]], dashed: true, colour: 2 }];
    const spread = Math.sqrt(variance);
    const below = Math.round((100 * values.filter((value) => value < 0).length) / values.length);
    const text = `mean ${two(mean)}, spread ${two(spread)}, ${below} % below 0`;
    onto({ lines, bars: histogram(values, colour), label: `${name}: ${text}` });
    return text;
  }

  function update(change) {
    Object.assign(state, change);
    const start = state.channel * faces * positions;
    const before = chosen().flatMap((face) => [
      ...data.activations.values.subarray(start + face * positions, start + (face + 1) * positions),
    ]);
    const used = state.evaluation
      ? { mean: data.running_mean.values[state.channel], variance: data.running_var.values[state.channel] }
      : statistics(before);
    const after = before.map((value) => (state.gamma * (value - used.mean)) / Math.sqrt(used.variance + data.eps) + state.beta);

    const was = draw(drawBefore, "Before", before, before[middle], 0);
    const is = draw(drawAfter, "After", after, after[middle], 1);
    const count = 2 ** state.power;
    const mode = state.evaluation ? "Evaluation mode" : "Training mode";
    const watched = `The watched activation of face 0 goes from ${two(before[middle])} to ${after[middle].toFixed(3)}.`;
    say(`${mode}, ${count} face${count > 1 ? "s" : ""}. Before: ${was}. After: ${is}. ${watched}`);
    root.dataset.value = after[middle].toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
