// Masks over the feature maps of a face: what dropout leaves of them, and what becomes of their mean.
"use strict";

fer.register("dropout_masks", (root, data) => {
  const [maps, side] = data.maps.shape;
  const size = side * side;
  const values = data.maps.values;
  const across = Math.ceil(Math.sqrt(maps));
  const width = across * (side + 1) - 1; // one pixel of gap between two maps
  const most = 20; // masks that the chart has room for
  const state = { rate: 0.5, whole: false, scaled: true, count: 1 };
  const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const full = mean(values);

  const controls = fer.controls(root);
  fer.slider(
    controls,
    { label: "Rate p", min: 0, max: 0.8, step: 0.1, value: state.rate, format: (rate) => rate.toFixed(1) },
    (rate) => update({ rate }),
  );
  fer.choice(controls, { label: "Drop", options: ["single units", "whole maps"] }, (kind) => update({ whole: kind === 1 }));
  fer.tick(controls, { label: "Divide what is kept by 1 - p", value: true }, (scaled) => update({ scaled }));
  fer.button(controls, "Next mask", () => update({ count: (state.count % most) + 1 }));

  const stage = fer.stage(root);
  const draw = {
    before: fer.picture(stage, { caption: `${maps} feature maps of a face`, width, height: width, scale: 3 }),
    after: fer.picture(stage, { caption: "What the mask leaves", width, height: width, scale: 3 }),
  };
  const drawMeans = fer.chart(fer.stage(root), {
    caption: "Mean of all values, mask after mask, divided by the mean without a mask",
    x: { label: "mask", low: 0, high: most, ticks: [0, 5, 10, 15, 20] },
    y: { label: "relative mean", low: 0, high: 3, ticks: [0, 1, 2, 3] },
    height: 200,
  });
  const say = fer.status(root);

  // The notebook has the same generator in Python, so the test can compare the two. One stream serves all masks:
  // a mask depends on its number alone, and a larger rate drops what a smaller one dropped, and more.
  const seen = []; // the random numbers of each mask so far
  const next = fer.dice(data.seed);
  function draws(number) {
    while (seen.length < number) {
      seen.push(Float64Array.from(values, next));
    }
    return seen[number - 1];
  }

  /** The maps after mask `number`, and how many values it keeps. A whole map takes its one number from the stream. */
  function masked(number) {
    const random = draws(number);
    const factor = state.scaled ? 1 / (1 - state.rate) : 1;
    let kept = 0;
    const left = Array.from(values, (value, i) => {
      const keep = random[state.whole ? Math.floor(i / size) : i] >= state.rate;
      kept += keep;
      return keep ? value * factor : 0;
    });
    return { left, kept };
  }

  /** Lay the maps out in a square, with grey between them. */
  function mosaic(stack) {
    const picture = new Float64Array(width * width).fill(data.high / 2);
    stack.forEach((value, i) => {
      const [map, place] = [Math.floor(i / size), i % size];
      const top = Math.floor(map / across) * (side + 1) + Math.floor(place / side);
      picture[top * width + (map % across) * (side + 1) + (place % side)] = value;
    });
    return picture;
  }

  function update(change) {
    Object.assign(state, change);
    const { left, kept } = masked(state.count);
    const now = mean(left);
    const expected = state.scaled ? full : (1 - state.rate) * full;
    const means = Array.from({ length: state.count }, (_, i) => [i + 1, mean(masked(i + 1).left) / full]);

    draw.before(mosaic(values), { high: data.high, label: `${maps} feature maps of ${side} by ${side}` });
    const share = Math.round((100 * kept) / values.length);
    draw.after(mosaic(left), { high: data.high, label: `The same maps with ${share} % of their values kept` });
    const level = expected / full;
    drawMeans({
      lines: [
        // A line through one point is invisible, so it gets a short tail.
        { name: "this and earlier masks", points: means.length > 1 ? means : [...means, [1.3, means[0][1]]] },
        { name: "expected", points: [[0, level], [most, level]], dashed: true },
      ],
      label: `Mean after each of ${state.count} masks, expected ${level.toFixed(2)}`,
    });
    const amount = `keeps ${share} % of the values, expected ${Math.round(100 * (1 - state.rate))} %`;
    const shown = [now, expected, full].map((number) => number.toFixed(4));
    say(`Mask ${state.count} ${amount}. Mean ${shown[0]}, expected ${shown[1]}, without a mask ${shown[2]}.`);
    root.dataset.value = now.toFixed(4); // held equal to the notebook by a test
  }

  update({});
});
