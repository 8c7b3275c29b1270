// A calculator for the ConvNet family: turn the options, and see what each layer gives, learns and costs.
"use strict";

fer.register("architecture", (root, data) => {
  const MOST = 7; // convolution layers, as in the largest network of Salimov & Yoo
  const [SIZE, CLASSES] = [48, 7];
  const UNITS = [32, 64, 128, 256, 512, 1024];
  const FIRST = [8, 16, 32, 64];
  const state = { ...data.start, pool: [...data.start.pool] };
  const words = (value) => value.toLocaleString("en-GB");

  const controls = fer.controls(root);
  const count = { label: "Convolution layers", min: 1, max: MOST, value: state.layers };
  fer.slider(controls, count, (layers) => update({ layers }));
  const first = { label: "Filters of the first", options: FIRST, value: FIRST.indexOf(state.first) };
  fer.choice(controls, first, (i) => update({ first: FIRST[i] }));
  fer.slider(controls, { label: "Side of the kernels", min: 1, max: 7, value: state.kernel }, (kernel) => update({ kernel }));
  const hidden = { label: "Hidden layers", min: 0, max: 3, value: state.hidden };
  fer.slider(controls, hidden, (layers) => update({ hidden: layers }));
  const units = { label: "Units in each", options: UNITS, value: UNITS.indexOf(state.units) };
  fer.choice(controls, units, (i) => update({ units: UNITS[i] }));
  const doubles = { label: "Filters double from layer to layer", value: state.doubles };
  fer.tick(controls, doubles, (on) => update({ doubles: on }));
  fer.tick(controls, { label: "Batch norm", value: state.batch_norm }, (on) => update({ batch_norm: on }));
  // All seven boxes stay on the page, so that nothing jumps; update() marks those of layers that are not there.
  const boxes = state.pool.map((value, i) =>
    fer.tick(controls, { label: `Pool after layer ${i + 1}`, value }, (on) => {
      state.pool[i] = on;
      update({});
    }),
  );

  const stage = fer.stage(root);
  const say = fer.status(root);

  /** The layers from the image to the logits, or the reason why they cannot be built. */
  function build() {
    const rows = [];
    let [channels, side, field, jump] = [1, SIZE, 1, 1];
    for (let i = 0; i < state.layers; i += 1) {
      const filters = state.first * (state.doubles ? 2 ** i : 1);
      const weights = filters * channels * state.kernel ** 2;
      const others = state.batch_norm ? 2 * filters : filters; // scale and shift, or one bias a filter
      const products = weights * side ** 2; // each weight is used once a place of the map
      field += (state.kernel - 1) * jump;
      if (state.pool[i]) {
        if (side < 2) return { error: `a pooling window of 2x2 does not fit in a map of ${side}x${side}, at layer ${i + 1}` };
        side = Math.floor(side / 2);
        field += jump;
        jump *= 2;
      }
      channels = filters;
      const map = `${filters} x ${side} x ${side}`;
      rows.push({ layer: `convolution ${i + 1}`, map, field, parameters: weights + others, products });
    }
    let inputs = channels * side ** 2;
    for (let i = 0; i < state.hidden; i += 1) {
      const products = inputs * state.units;
      const parameters = products + (state.batch_norm ? 2 : 1) * state.units;
      rows.push({ layer: `hidden ${i + 1}`, map: state.units, field: "all", parameters, products });
      inputs = state.units;
    }
    const products = inputs * CLASSES;
    rows.push({ layer: "logits", map: CLASSES, field: "all", parameters: products + CLASSES, products });
    const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
    return { rows, parameters: total("parameters"), products: total("products") };
  }

  function update(change) {
    Object.assign(state, change);
    boxes.forEach((box, i) => {
      box.disabled = i >= state.layers;
      box.labels[0].textContent = `Pool after layer ${i + 1}${box.disabled ? " (no such layer)" : ""}`;
    });
    const made = build();
    const papers = data.networks.map((paper) => [paper.name, words(paper.parameters), words(paper.multiply_adds)]);
    const inAll = (rows) => fer.table("In all", ["network", "parameters", "multiply-adds"], rows);
    if (made.error) {
      fer.replace(stage, inAll(papers));
      root.dataset.value = "";
      say(`This network cannot be built: ${made.error}.`);
      return;
    }
    const layers = made.rows.map((row) => [row.layer, row.map, row.field, words(row.parameters), words(row.products)]);
    const yours = ["yours", words(made.parameters), words(made.products)];
    fer.replace(
      stage,
      fer.table("Your network, layer by layer", ["layer", "gives", "sees", "parameters", "multiply-adds"], layers),
      inAll([yours, ...papers]),
    );
    const most = made.rows.reduce((a, b) => (b.parameters > a.parameters ? b : a));
    const share = Math.round((100 * most.parameters) / made.parameters);
    const twin = data.networks.find((paper) => paper.parameters === made.parameters && paper.multiply_adds === made.products);
    say(
      `${words(made.parameters)} parameters, ${share} % of them in ${most.layer}; ${words(made.products)} multiply-adds a face.` +
        (twin ? ` The same as ${twin.name}.` : ""),
    );
    root.dataset.value = String(made.parameters); // held equal to the notebook by a test
  }

  update({});
});
