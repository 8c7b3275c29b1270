// A face, a window on it, and the numbers under the window: all that a network gets.
"use strict";

fer.register("pixels", (root, data) => {
  const [, height, width] = data.faces.shape;
  const WINDOW = 8;
  const SIDES = [48, 24, 16, 12, 8, 6]; // all divide 48
  const state = { face: 0, row: 16, column: 8, side: 48 };

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Face", options: data.names }, (face) => update({ face }));
  const place = { min: 0, max: height - WINDOW };
  fer.slider(controls, { label: "Window, row", value: state.row, ...place }, (row) => update({ row }));
  fer.slider(controls, { label: "Window, column", value: state.column, ...place }, (column) => update({ column }));
  fer.choice(controls, { label: "Pixels", options: SIDES.map((side) => `${side} x ${side}`) }, (i) => update({ side: SIDES[i] }));

  const stage = fer.stage(root);
  const draw = fer.picture(stage, { caption: "The face, and the window", width, height, scale: 6 });
  const numbers = fer.element("div");
  stage.append(numbers);
  const say = fer.status(root);

  /** The face with fewer pixels: each block of it becomes the block's mean, as a smaller camera would see it. */
  function coarse(face) {
    const block = height / state.side;
    const sums = new Float64Array(state.side * state.side);
    const index = (y, x) => Math.floor(y / block) * state.side + Math.floor(x / block);
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) sums[index(y, x)] += face[y * width + x];
    return Array.from(face, (_, i) => sums[index(Math.floor(i / width), i % width)] / block ** 2);
  }

  /** The numbers under the window, each on its own grey. */
  function table(rows) {
    const cell = (value) => {
      const grey = Math.round(value);
      const text = grey < 118 ? "#fff" : "#000"; // at 118 black and white are equally easy to read
      const style = `background: rgb(${grey},${grey},${grey}); color: ${text}; text-align: right; padding: 0.2rem 0.35rem; min-width: 2.6rem`;
      return fer.element("td", { style }, String(grey));
    };
    const caption = `The ${WINDOW} x ${WINDOW} numbers in the window`;
    const lines = rows.map((row) => fer.element("tr", {}, ...row.map(cell)));
    const body = fer.element("table", { "aria-label": caption }, fer.element("tbody", {}, ...lines));
    return fer.element("figure", { class: "fer-picture" }, body, fer.element("figcaption", {}, caption));
  }

  function update(change) {
    Object.assign(state, change);
    const { face, row, column, side } = state;
    const seen = coarse(data.faces.values.subarray(face * height * width, (face + 1) * height * width));
    const rows = Array.from({ length: WINDOW }, (_, y) => seen.slice((row + y) * width + column, (row + y) * width + column + WINDOW));
    const values = rows.flat();
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;

    draw(seen, { mark: [column, row, WINDOW, WINDOW], label: `A face labelled ${data.names[face]}, of ${side} by ${side} pixels` });
    fer.replace(numbers, table(rows));
    const range = [Math.min(...values), Math.max(...values)].map(Math.round).join(" to ");
    const amount = `${(side * side).toLocaleString("en")} numbers in all`;
    say(`Rows ${row} to ${row + WINDOW - 1}, columns ${column} to ${column + WINDOW - 1}: ${range}, mean ${mean.toFixed(1)}. ${amount}.`);
    root.dataset.value = mean.toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
