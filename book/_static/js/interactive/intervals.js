// Forty samples of faces, the interval that each gives, and how many of the intervals hold the truth.
"use strict";

fer.register("intervals", (root, data) => {
  const { sizes, seed } = data;
  const SAMPLES = 40;
  const Z = 1.959964;
  const FAR = 25; // points that the chart has room for
  const state = { size: data.start.size, accuracy: data.start.accuracy, wilson: true, round: 0 };

  const controls = fer.controls(root);
  const faces = (i) => sizes[i].toLocaleString("en");
  fer.slider(controls, { label: "Faces a sample", min: 0, max: sizes.length - 1, value: state.size, format: faces }, (size) => update({ size }));
  const truth = { label: "True accuracy", min: 1, max: 99, value: state.accuracy, format: (percent) => `${percent} %` };
  fer.slider(controls, truth, (accuracy) => update({ accuracy }));
  fer.choice(controls, { label: "Interval", options: ["Wilson", "textbook"] }, (kind) => update({ wilson: kind === 0 }));
  fer.button(controls, "Draw other faces", () => update({ round: state.round + 1 }));

  const draw = fer.chart(fer.stage(root), {
    caption: `The intervals of ${SAMPLES} samples, seen from the true accuracy (cut at ${FAR} points)`,
    x: { label: "sample", low: 0, high: SAMPLES + 1, ticks: [1, 10, 20, 30, 40] },
    y: { label: "points from the truth", low: -FAR, high: FAR, ticks: [-20, -10, 0, 10, 20] },
  });
  const say = fer.status(root);

  /** How many faces of each sample are right: each is a coin. The notebook has the same generator in Python. */
  function heads(count) {
    const next = fer.dice(seed + state.round);
    return Array.from({ length: SAMPLES }, () => {
      let right = 0;
      for (let i = 0; i < count; i += 1) right += next() < state.accuracy / 100;
      return right;
    });
  }

  function textbook(share, n) {
    const half = Z * Math.sqrt((share * (1 - share)) / n);
    return [share - half, share + half];
  }

  function update(change) {
    Object.assign(state, change);
    const [n, accuracy] = [sizes[state.size], state.accuracy];
    const interval = state.wilson ? fer.wilson : textbook;
    const intervals = heads(n).map((right) => interval(right / n, n).map((share) => 100 * share));
    const holds = intervals.map(([low, high]) => low <= accuracy && accuracy <= high);
    const held = holds.filter(Boolean).length;
    const width = intervals.reduce((sum, [low, high]) => sum + high - low, 0) / SAMPLES;

    // One name for each kind, so that the legend has two entries and not forty.
    const named = { true: "holds the truth", false: "misses it" };
    const lines = intervals.map(([low, high], i) => {
      const name = holds.indexOf(holds[i]) === i ? named[holds[i]] : "";
      const ends = [low, high].map((end) => Math.max(-FAR, Math.min(FAR, end - accuracy)));
      if (ends[1] - ends[0] < 0.4) ends[1] = ends[0] + 0.4; // an interval without width would be invisible
      return { name, points: ends.map((end) => [i + 1, end]), colour: holds[i] ? 0 : 1 };
    });
    lines.push({ name: "truth", points: [[0, 0], [SAMPLES + 1, 0]], dashed: true, colour: 2 });
    const text = `${held} of ${SAMPLES} intervals hold the true ${accuracy} %. They are ${width.toFixed(1)} points wide on average.`;
    draw({ lines, label: text });
    say(`${n.toLocaleString("en")} faces a sample: ${text}`);
    root.dataset.value = width.toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
