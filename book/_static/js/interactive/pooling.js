// A piece of a face, pooled before and after it moves, and which pooled values that changes.
"use strict";

fer.register("pooling", (root, data) => {
  const [, height, wide] = data.maps.shape;
  const side = height; // what is looked at is square
  const margin = wide - side; // pixels to the left of it, which come into view as the face moves to the right
  const state = { map: 0, average: 0, window: 2, stride: 2, shift: 1, number: 0 };

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Map", options: data.names }, (map) => update({ map }));
  fer.choice(controls, { label: "Keep", options: ["the largest (max)", "the mean (average)"] }, (average) => update({ average }));
  fer.slider(controls, { label: "Window", min: 2, max: 4, value: state.window }, (window) => update({ window }));
  fer.slider(controls, { label: "Stride", min: 1, max: 4, value: state.stride }, (stride) => update({ stride }));
  fer.slider(controls, { label: "Shift, pixels", min: 0, max: margin, value: state.shift }, (shift) => update({ shift }));
  const chosen = fer.slider(controls, { label: "Framed window", min: 1, max: 36, value: 1 }, (number) => update({ number: number - 1 }));

  const stage = fer.stage(root);
  const say = fer.status(root);

  /** What is in view after the face moved to the right by `shift` pixels. */
  function view(shift) {
    const start = state.map * height * wide;
    const seen = new Float32Array(side * side);
    for (let y = 0; y < side; y += 1)
      for (let x = 0; x < side; x += 1) seen[y * side + x] = data.maps.values[start + y * wide + x + margin - shift];
    return seen;
  }

  /** One number of each window of a square map, `count` windows a side. */
  function pool(seen, count) {
    const { window, stride, average } = state;
    const pooled = new Float32Array(count * count);
    for (let i = 0; i < count; i += 1)
      for (let j = 0; j < count; j += 1) {
        let [largest, sum] = [-Infinity, 0];
        for (let a = 0; a < window; a += 1)
          for (let b = 0; b < window; b += 1) {
            const value = seen[(i * stride + a) * side + j * stride + b];
            largest = Math.max(largest, value);
            sum += value;
          }
        pooled[i * count + j] = average ? sum / (window * window) : largest;
      }
    return pooled;
  }

  /** Of the old pooled map, moved to the right by `places`: how many values of the new one it matches, of how many. */
  function fit([old, next], count, places) {
    let [same, compared] = [0, 0];
    for (let i = 0; i < count; i += 1)
      for (let j = places; j < count; j += 1) {
        same += next[i * count + j] === old[i * count + j - places];
        compared += 1;
      }
    return { places, same, compared };
  }

  function update(change) {
    Object.assign(state, change);
    const { window, stride, shift, average } = state;
    const count = Math.floor((side - window) / stride) + 1;
    // Other windows, another number of them: the slider must not point past the last.
    chosen.max = count * count;
    if (state.number >= count * count) {
      state.number = count * count - 1;
      chosen.value = count * count;
    }
    chosen.nextElementSibling.textContent = `${state.number + 1} of ${count * count}`;
    chosen.setAttribute("aria-valuetext", `${state.number + 1} of ${count * count}`);

    const seen = [view(0), view(shift)];
    const pooled = seen.map((each) => pool(each, count));
    const difference = pooled[1].map((value, i) => value - pooled[0][i]);
    const changed = difference.reduce((sum, value) => sum + (value !== 0), 0);
    const mean = difference.reduce((sum, value) => sum + Math.abs(value), 0) / difference.length;

    const [row, column] = [Math.floor(state.number / count), state.number % count];
    const onInput = { mark: [column * stride, row * stride, window, window] };
    const onPooled = { mark: [column, row, 1, 1] };
    stage.replaceChildren(); // the pooled maps change their size, so all pictures are made anew
    const draw = (caption, width, values, options) =>
      fer.picture(stage, { caption, width, height: width, scale: Math.floor(192 / width) })(values, { ...options, label: caption });
    const where = `moved by ${shift}`;
    draw(`Unmoved: ${side} x ${side}`, side, seen[0], onInput);
    draw(`Unmoved, pooled: ${count} x ${count}`, count, pooled[0], onPooled);
    draw(`Face ${where}`, side, seen[1], onInput);
    draw(`Face ${where}, pooled: ${count} x ${count}`, count, pooled[1], onPooled);
    const range = { low: -128, high: 128, palette: fer.diverging };
    draw(`Change of the pooled map: ${changed} of ${count * count}`, count, difference, { ...onPooled, ...range });

    const kind = average ? "Average" : "Max";
    const inside = `Framed window: ${pooled[0][state.number].toFixed(1)} before, ${pooled[1][state.number].toFixed(1)} after`;
    const sum = `a shift of ${shift} changes ${changed} of ${count * count} values, by ${mean.toFixed(1)} of 255 on average`;
    // A pooled map that only moved has changed nearly everywhere, but fits the old one again once that is moved along.
    const fits = Array.from({ length: Math.min(shift, count - 1) + 1 }, (_, places) => fit(pooled, count, places));
    const best = fits.reduce((a, b) => (b.same / b.compared > a.same / a.compared ? b : a));
    const along = `Moved along by ${best.places}, the old pooled map matches ${best.same} of ${best.compared} values`;
    say(`${kind}, ${window}x${window}, stride ${stride}: ${sum}. ${along}. ${inside}.`);
    root.dataset.value = changed; // held equal to the notebook by a test
  }

  update({});
});
