// What each layer of a trained network makes of a face, and which patch of the face one value of it depends on.
"use strict";

fer.register("activations", (root, data) => {
  const [, height, width] = data.faces.shape;
  const state = { face: 0, layer: 1, map: 0, row: 4, column: 6 };
  const count = data.layers[0].maps.shape[1]; // maps that are shown of each layer
  const columns = 4; // of the little maps, side by side
  const sideOf = (layer) => data.layers[layer].maps.shape[3];
  const last = sideOf(state.layer) - 1;

  const controls = fer.controls(root);
  fer.choice(controls, { label: "Face", options: data.names }, (face) => update({ face }));
  fer.choice(
    controls,
    { label: "Layer", options: data.layers.map((_, i) => `layer ${i + 1}`), value: state.layer },
    (layer) => moveTo(layer),
  );
  fer.slider(controls, { label: "Map", min: 1, max: count, value: 1, format: (map) => `${map} of ${count}` }, (map) => update({ map: map - 1 }));
  const row = fer.slider(controls, { label: "Unit, row", min: 0, max: last, value: state.row }, (value) => update({ row: value }));
  const column = fer.slider(controls, { label: "Unit, column", min: 0, max: last, value: state.column }, (value) =>
    update({ column: value }),
  );

  const stage = fer.stage(root);
  const drawFace = fer.picture(stage, { caption: "The face, and what the unit sees of it", width, height });
  const chosen = fer.element("div");
  const others = fer.element("div");
  stage.append(chosen, others);
  const say = fer.status(root);

  /** Go to a layer whose maps have another side, and keep the unit at about the same place of the face. */
  function moveTo(layer) {
    const [before, after] = [sideOf(state.layer), sideOf(layer)];
    const place = (value) => Math.min(after - 1, Math.floor(((value + 0.5) * after) / before));
    const next = { layer, row: place(state.row), column: place(state.column) };
    Object.assign(state, next);
    for (const [slider, value] of [[row, next.row], [column, next.column]]) {
      slider.max = after - 1;
      slider.value = value;
      slider.dispatchEvent(new Event("input")); // so that the number beside the slider follows
    }
  }

  /** The pixels of the face that a unit can see in one direction: from, how many. What lies outside is cut off. */
  function seen(place) {
    const { start, step, field } = data.layers[state.layer];
    const from = Math.max(0, start + place * step);
    return [from, Math.min(height, start + place * step + field) - from];
  }

  /** The maps of a layer in one picture, with a line of white between them. */
  function tiles(maps, side) {
    const wide = columns * (side + 1) - 1;
    const values = new Uint8Array(wide * ((count / columns) * (side + 1) - 1)).fill(255);
    for (let k = 0; k < count; k += 1)
      for (let y = 0; y < side; y += 1)
        for (let x = 0; x < side; x += 1) {
          const top = Math.floor(k / columns) * (side + 1);
          const left = (k % columns) * (side + 1);
          values[(top + y) * wide + left + x] = maps[k * side * side + y * side + x];
        }
    return { values, wide, high: values.length / wide };
  }

  function update(change) {
    Object.assign(state, change);
    const layer = data.layers[state.layer];
    const side = sideOf(state.layer);
    const size = side * side;
    const maps = layer.maps.values.subarray(state.face * count * size, (state.face + 1) * count * size);
    const map = maps.subarray(state.map * size, (state.map + 1) * size);

    const [top, tall] = seen(state.row);
    const [left, broad] = seen(state.column);
    const face = data.faces.values.subarray(state.face * height * width, (state.face + 1) * height * width);
    const where = `rows ${top} to ${top + tall - 1}, columns ${left} to ${left + broad - 1}`;
    drawFace(face, { mark: [left, top, broad, tall], label: `${data.names[state.face]}; framed are ${where}` });

    // Zeros were kept apart from all other values when the maps were turned into bytes, so that they can be counted.
    const zeros = map.reduce((sum, value) => sum + (value === 0), 0) / size;
    const number = layer.numbers[state.map];
    chosen.replaceChildren();
    const caption = `Layer ${state.layer + 1}: map ${state.map + 1} of those shown, number ${number} in the layer, ${side} x ${side}`;
    const drawMap = fer.picture(chosen, { caption, width: side, height: side, scale: (4 * 48) / side });
    drawMap(map, { mark: [state.column, state.row, 1, 1], label: `${caption}, ${Math.round(100 * zeros)} % zeros` });

    others.replaceChildren();
    const all = tiles(maps, side);
    const few = `${count} maps of layer ${state.layer + 1}`;
    const scale = Math.max(1, Math.round(240 / all.wide));
    const drawAll = fer.picture(others, { caption: few, width: all.wide, height: all.high, scale });
    const at = [(state.map % columns) * (side + 1), Math.floor(state.map / columns) * (side + 1), side, side];
    drawAll(all.values, { mark: at, label: `${few}; map ${state.map + 1} is framed` });

    const value = (map[state.row * side + state.column] / 255) * layer.largest[state.face][state.map];
    say(
      `${(100 * zeros).toFixed(1)} % of this map is zero. The unit at row ${state.row}, column ${state.column} is ` +
        `${value.toFixed(2)}. It sees ${layer.field} x ${layer.field} pixels: ${where} of the face` +
        `${tall < layer.field || broad < layer.field ? ", and zeros around it." : "."}`,
    );
    root.dataset.value = zeros.toFixed(4); // held equal to the notebook by a test
  }

  update({});
});
