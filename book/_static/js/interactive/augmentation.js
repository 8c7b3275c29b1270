// A face under changes of your choice, and for one pixel the place it came from.
"use strict";

fer.register("augmentation", (root, data) => {
  const [, height, width] = data.faces.shape;
  const rest = { mirror: false, angle: 0, scale: 1, right: 0, down: 0, brightness: 0, contrast: 1, side: 0 };
  const state = { face: 0, row: 30, column: 24, ...rest, ...data.start };

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Face", options: data.names }, (face) => update({ face }));
  const mirror = fer.tick(controls, { label: "Mirror", value: state.mirror }, (on) => update({ mirror: on }));
  /** A slider for one number of the state. */
  const slide = (name, label, min, max, step, format) =>
    fer.slider(controls, { label, min, max, step, value: state[name], format }, (value) => update({ [name]: value }));
  const times = (value) => value.toFixed(2);
  const inputs = {
    angle: slide("angle", "Rotation, anticlockwise", -180, 180, 5, (value) => `${value}°`),
    scale: slide("scale", "Scale", 0.5, 2, 0.05, times),
    right: slide("right", "Shift to the right, pixels", -12, 12, 1),
    down: slide("down", "Shift down, pixels", -12, 12, 1),
    brightness: slide("brightness", "Brightness, added", -0.5, 0.5, 0.05, times),
    contrast: slide("contrast", "Contrast, times", 0.2, 2, 0.05, times),
    side: slide("side", "Cutout around the pixel, side", 0, 24, 2), // even, so that no edge falls between two pixels
  };
  slide("row", "Pixel, row", 0, height - 1, 1);
  slide("column", "Pixel, column", 0, width - 1, 1);

  /** Set sliders and tick to these values, as if the reader had moved them. */
  function set(values) {
    mirror.checked = values.mirror;
    for (const [name, input] of Object.entries(inputs)) {
      input.value = values[name];
      input.dispatchEvent(new Event("input"));
    }
    update({ mirror: values.mirror });
  }
  const swing = (far, step) => Math.round(((2 * Math.random() - 1) * far) / step) * step;
  fer.button(controls, "Draw mild changes", () =>
    set({ ...rest, mirror: Math.random() < 0.5, angle: swing(10, 5), scale: 1 + swing(0.1, 0.05), right: swing(4, 1), down: swing(4, 1) }),
  );
  fer.button(controls, "No change", () => set(rest));

  const stage = fer.stage(root);
  const drawFace = fer.picture(stage, { caption: "The face, and the four pixels that are asked", width, height });
  const drawChanged = fer.picture(stage, { caption: "The changed face, and the pixel that asks", width, height });
  const say = fer.status(root);

  /** Where the output pixel at (row, column) comes from: shift back, then turn and scale back, about the centre. */
  function source(row, column) {
    const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
    const [x, y] = [column - cx - state.right, row - cy - state.down];
    const turn = (state.angle * Math.PI) / 180;
    const [cos, sin] = [Math.cos(turn) / state.scale, Math.sin(turn) / state.scale];
    const [fromX, fromY] = [cos * x - sin * y + cx, sin * x + cos * y + cy];
    return [fromY, state.mirror ? width - 1 - fromX : fromX]; // the face is mirrored before it is moved
  }

  /** A pixel reaches half a pixel beyond its middle. */
  const isOutside = (y, x) => y < -0.5 || y > height - 0.5 || x < -0.5 || x > width - 0.5;

  const within = (value, size) => Math.min(size - 1, Math.max(0, value));

  /** The grey value between the four pixels around (row, column); outside the face its edge is repeated. */
  function bilinear(face, row, column) {
    const [y, x] = [within(row, height), within(column, width)];
    const [top, left] = [Math.min(Math.floor(y), height - 2), Math.min(Math.floor(x), width - 2)];
    const [down, right] = [y - top, x - left];
    const line = (r) => (1 - right) * face[r * width + left] + right * face[r * width + left + 1];
    return (1 - down) * line(top) + down * line(top + 1);
  }

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  function update(change) {
    Object.assign(state, change);
    const face = data.faces.values.subarray(state.face * height * width, (state.face + 1) * height * width);
    let changed = new Float64Array(height * width);
    let outside = 0;
    for (let row = 0; row < height; row += 1)
      for (let column = 0; column < width; column += 1) {
        const [y, x] = source(row, column);
        outside += isOutside(y, x);
        changed[row * width + column] = bilinear(face, y, x);
      }
    const grey = mean(changed);
    const light = (value) => grey + state.contrast * (value - grey) + 255 * state.brightness;
    changed = changed.map((value) => Math.min(255, Math.max(0, light(value))));
    const blot = mean(changed); // before the hole is cut, as fer_lib does
    const [top, left] = [state.row - state.side / 2, state.column - state.side / 2];
    for (let row = Math.max(0, top); row < Math.min(height, top + state.side); row += 1)
      for (let column = Math.max(0, left); column < Math.min(width, left + state.side); column += 1)
        changed[row * width + column] = blot;

    // Rounded: at 180° a whole pixel comes out a hair too small, and the frame would begin one pixel before it.
    const [y, x] = source(state.row, state.column).map((place) => Math.round(place * 1e6) / 1e6);
    const inside = !isOutside(y, x);
    const asked = [Math.min(Math.floor(within(x, width)), width - 2), Math.min(Math.floor(within(y, height)), height - 2), 2, 2];
    drawFace(face, { mark: asked, label: `The face: ${data.names[state.face]}` });
    drawChanged(changed, { mark: [state.column, state.row, 1, 1], label: `The face ${data.names[state.face]}, changed` });
    const place = `row ${y.toFixed(1)}, column ${x.toFixed(1)}`;
    const where = inside ? `${place} of the face` : `${place}: outside the face, so the edge is repeated`;
    const share = ((100 * outside) / changed.length).toFixed(0);
    root.dataset.value = mean(changed).toFixed(2); // held equal to the notebook by a test
    say(
      `The pixel at row ${state.row}, column ${state.column} comes from ${where}. ` +
        `${share} % of the pixels come from outside. Mean grey ${root.dataset.value}.`,
    );
  }

  update({});
});
