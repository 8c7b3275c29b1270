// Accuracy against depth for each kernel of a grid of networks, with intervals that depend on the number of test faces.
"use strict";

fer.register("depth", (root, data) => {
  const kernels = data.table[0].map((_, column) => `${column + 2}x${column + 2}`);
  const everything = kernels.length; // the last choice: intervals of all kernels
  const state = { size: data.start, kernel: everything, grid: data.table };

  const controls = fer.controls(root);
  const faces = { label: "Test faces", min: 0, max: data.sizes.length - 1, value: data.start };
  fer.slider(controls, { ...faces, format: (size) => data.sizes[size].toLocaleString("en") }, (size) => update({ size }));
  const shown = { label: "Intervals of", options: [...kernels, "all kernels"], value: everything };
  fer.choice(controls, shown, (kernel) => update({ kernel }));
  const grids = ["Salimov and Yoo", "ours, one pass, on validation"];
  fer.choice(controls, { label: "Grid", options: grids }, (i) => update({ grid: i ? data.ours : data.table }));

  const stage = fer.stage(root);
  const y = { label: "accuracy, %" };
  const draw = fer.chart(stage, {
    caption: "Accuracy by depth; the dashed line is the lower end of the best network's interval",
    x: { label: "convolution layers", low: 1.6, high: 7.4, ticks: data.table.map((_, row) => row + 2) },
    y,
  });
  const cells = fer.element("div");
  stage.append(cells);
  const say = fer.status(root);

  const interval = (percent, n) => fer.wilson(percent / 100, n).map((share) => 100 * share);

  /** Fit the axis to the grid: the two lie far apart, and intervals are short. */
  function fit() {
    const values = state.grid.flat();
    y.low = 5 * Math.floor((Math.min(...values) - 4) / 5);
    y.high = 5 * Math.ceil((Math.max(...values) + 4) / 5);
    y.ticks = Array.from({ length: (y.high - y.low) / 5 + 1 }, (_, i) => y.low + 5 * i);
  }

  /** The table under the chart: each cell says in a sign, not in colour alone, whether it is told from the best. */
  function fill(n, top, floor) {
    const sign = (value) => (value === top ? "best" : interval(value, n)[1] < floor ? "below" : "?");
    const rows = state.grid.map((line, i) => [`${i + 2} layers`, ...line.map((value) => `${value.toFixed(2)} ${sign(value)}`)]);
    fer.replace(cells, fer.table("?: its interval overlaps the best one's", ["depth", ...kernels], rows));
  }

  function update(change) {
    Object.assign(state, change);
    fit();
    const n = data.sizes[state.size];
    const top = Math.max(...state.grid.flat());
    const [floor, ceiling] = interval(top, n);

    const lines = kernels.map((name, column) => ({
      name,
      colour: column,
      points: state.grid.map((line, row) => [row + 2 + place(column), line[column]]),
    }));
    for (const [column] of kernels.entries()) {
      if (state.kernel !== everything && state.kernel !== column) continue;
      state.grid.forEach((line, row) => {
        const x = row + 2 + place(column);
        const [from, to] = interval(line[column], n);
        // Cut at the frame: on few faces the intervals are longer than the axis.
        lines.push({ colour: column, points: [[x, Math.max(from, y.low)], [x, Math.min(to, y.high)]] });
      });
    }
    const dashes = [[1.6, floor], [7.4, floor]];
    lines.push({ colour: 0, dashed: true, points: dashes.filter(([, at]) => at >= y.low) });

    const others = state.grid.flat().filter((value) => value !== top);
    const below = others.filter((value) => interval(value, n)[1] < floor).length;
    const words = `${below} of ${others.length} other networks lie below the best one's interval`;
    draw({ lines, label: `Accuracy from ${Math.min(...others).toFixed(2)} to ${top.toFixed(2)} %, ${n} faces: ${words}` });
    fill(n, top, floor);
    const half = (ceiling - floor) / 2;
    const open = others.length - below;
    say(`${n.toLocaleString("en")} faces: best ${top.toFixed(2)} \u00b1 ${half.toFixed(3)} points. ${words}; ${open} overlap it.`);
    root.dataset.value = half.toFixed(3); // held equal to the notebook by a test
  }

  /** A small step aside for each kernel, so that intervals do not hide each other. */
  function place(column) {
    return 0.1 * (column - (kernels.length - 1) / 2);
  }

  update({});
});
