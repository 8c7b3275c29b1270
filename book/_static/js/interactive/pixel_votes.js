// A fully connected network at work on a face that can be moved: the votes of its pixels, and what it says.
"use strict";

fer.register("pixel_votes", (root, data) => {
  const { faces, weights, bias, mean, spread, labels, names } = data;
  const [, height, width] = faces.shape;
  const size = height * width;
  const state = { face: 0, label: data.start, right: 0, down: 0, mirror: false };

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Face", options: names }, (face) => update({ face }));
  fer.choice(controls, { label: "Votes for", options: labels, value: state.label }, (label) => update({ label }));
  const pixels = { min: -8, max: 8, value: 0, format: (by) => `${by} px` };
  fer.slider(controls, { label: "Move right", ...pixels }, (right) => update({ right }));
  fer.slider(controls, { label: "Move down", ...pixels }, (down) => update({ down }));
  fer.tick(controls, { label: "Mirror" }, (mirror) => update({ mirror }));

  const stage = fer.stage(root);
  const drawFace = fer.picture(stage, { caption: "What the network gets", width, height });
  const drawVotes = fer.picture(stage, { caption: "Votes: blue against the label, orange for it", width, height });
  const drawShares = fer.chart(fer.stage(root), {
    caption: "What the network says, in percent; orange is the label chosen above",
    x: { label: "emotion label", low: -0.5, high: labels.length - 0.5, ticks: labels.map((_, i) => i), format: (i) => labels[i] },
    y: { label: "percent", low: 0, high: 100, ticks: [0, 25, 50, 75, 100] },
    height: 220,
  });
  const say = fer.status(root);

  /** The face moved and mirrored; what comes in from outside repeats the edge. */
  function moved() {
    const face = faces.values.subarray(state.face * size, (state.face + 1) * size);
    const within = (place, length) => Math.min(length - 1, Math.max(0, place));
    return Array.from({ length: size }, (_, i) => {
      const [y, x] = [Math.floor(i / width) - state.down, (i % width) - state.right];
      const column = within(x, width);
      return face[within(y, height) * width + (state.mirror ? width - 1 - column : column)];
    });
  }

  /** Each pixel's weight times its standardised value. */
  const votes = (pixels, label) => pixels.map((value, i) => (weights.values[label * size + i] * (value / 255 - mean.values[i])) / spread);

  function update(change) {
    Object.assign(state, change);
    const pixels = moved();
    const scores = labels.map((_, label) => votes(pixels, label).reduce((sum, vote) => sum + vote, bias[label]));
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const shares = powers.map((power) => (100 * power) / total);

    drawFace(pixels, { label: `A face labelled ${names[state.face]}, as the network gets it` });
    const own = votes(pixels, state.label);
    const most = own.reduce((high, vote) => Math.max(high, Math.abs(vote)), 1e-9);
    drawVotes(own, { low: -most, high: most, palette: fer.diverging, label: `Votes of the pixels for ${labels[state.label]}` });
    const bars = shares.map((share, i) => ({ x: i, y: share, width: 30, colour: i === state.label ? 1 : 0 }));
    const best = shares.indexOf(Math.max(...shares));
    const text = `The network says ${labels[best]}, ${shares[best].toFixed(1)} %.`;
    const all = labels.map((label, i) => `${label} ${shares[i].toFixed(0)} %`).join(", ");
    drawShares({ bars, label: `${text} ${all}.` });
    say(`${text} Score for ${labels[state.label]}: ${scores[state.label].toFixed(2)}, ${shares[state.label].toFixed(1)} %.`);
    root.dataset.value = scores[state.label].toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
