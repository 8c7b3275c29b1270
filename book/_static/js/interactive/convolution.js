// A kernel to edit, and what it makes of a face.
"use strict";

fer.register("convolution", (root, data) => {
  const [, height, width] = data.faces.shape;
  const state = { face: 0, kernel: data.kernels[0].values, stride: 1, padding: 1, row: 20, column: 20 };
  const size = Math.sqrt(state.kernel.length);

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Face", options: data.names }, (face) => update({ face }));
  const known = fer.choice(controls, { label: "Kernel", options: data.kernels.map((kernel) => kernel.name) }, (i) => {
    grid.set(data.kernels[i].values);
    known.value = i; // which setting the grid has cleared
  });
  fer.slider(controls, { label: "Stride", min: 1, max: 4, value: 1 }, (stride) => update({ stride }));
  fer.slider(controls, { label: "Padding", min: 0, max: 2, value: 1 }, (padding) => update({ padding }));
  const places = {
    row: fer.slider(controls, { label: "Window, row", min: 0, max: 47, value: state.row }, (row) => update({ row })),
    column: fer.slider(controls, { label: "Window, column", min: 0, max: 47, value: state.column }, (column) => update({ column })),
  };

  const stage = fer.stage(root);
  const padded = fer.element("div");
  stage.append(padded);
  const grid = fer.numbers(stage, { label: "Kernel", columns: size, values: state.kernel, step: 0.5 }, (kernel) => {
    known.selectedIndex = -1; // an edited kernel is none of the list, so each of them can be chosen again
    update({ kernel });
  });
  const result = fer.element("div");
  stage.append(result);
  const say = fer.status(root);

  /** The sum of products under the kernel whose top left corner is at (top, left); outside the face is 0. */
  function at(face, top, left) {
    let sum = 0;
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1) {
        const [y, x] = [top + i, left + j];
        if (y >= 0 && y < height && x >= 0 && x < width) sum += state.kernel[i * size + j] * face[y * width + x];
      }
    return sum;
  }

  /** The face with its padding, which is 0 and so black. */
  function drawPadded(face, how) {
    const { padding } = state;
    const [wide, tall] = [width + 2 * padding, height + 2 * padding];
    const pixels = new Float32Array(wide * tall);
    for (let y = 0; y < height; y += 1) pixels.set(face.subarray(y * width, (y + 1) * width), (y + padding) * wide + padding);
    padded.replaceChildren();
    const caption = "The face with its padding, and the window of the kernel";
    fer.picture(padded, { caption, width: wide, height: tall })(pixels, how);
  }

  function update(change) {
    Object.assign(state, change);
    const face = data.faces.values.subarray(state.face * height * width, (state.face + 1) * height * width);
    const { stride, padding } = state;
    const side = Math.floor((height + 2 * padding - size) / stride) + 1;
    const map = new Float32Array(side * side);
    for (let y = 0; y < side; y += 1)
      for (let x = 0; x < side; x += 1) map[y * side + x] = at(face, y * stride - padding, x * stride - padding);

    for (const [name, input] of Object.entries(places)) {
      input.max = side - 1; // the sliders end where the map does
      if (state[name] >= side) input.dispatchEvent(new Event("input"));
    }
    const { row, column } = state;
    const about = `${data.names[state.face]}, a face of ${width} by ${height} pixels, padded by ${padding}`;
    drawPadded(face, { mark: [column * stride, row * stride, size, size], label: about }); // the corner counts the padding
    const most = map.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
    result.replaceChildren();
    const drawMap = fer.picture(result, { caption: `The map it gives: ${side} x ${side}`, width: side, height: side, scale: Math.round((4 * 48) / side) });
    const label = `Feature map of ${side} by ${side}, from ${Math.min(...map).toFixed(0)} to ${Math.max(...map).toFixed(0)}`;
    drawMap(map, { low: -most, high: most, palette: fer.diverging, label, mark: [column, row, 1, 1] });
    say(`Map of ${side} x ${side}. At row ${row}, column ${column}: ${map[row * side + column].toFixed(1)}.`);
    root.dataset.value = map[row * side + column].toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
