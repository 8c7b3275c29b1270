// Two confusion matrices side by side, what lies between them, and one cell of them in words.
"use strict";

fer.register("confusion", (root, data) => {
  // data: { names, runs: [{ name, counts: [[faces, ...], ...] }], start: { left, right, row, column } }.
  // Rows of `counts` are labels, columns are what the network said.
  const { names, runs } = data;
  const state = { left: 0, right: Math.min(1, runs.length - 1), row: 0, column: 0, shares: true, ...data.start };
  const sizes = runs.map(({ counts }) => counts.map((row) => row.reduce((sum, faces) => sum + faces, 0)));
  const MOST = 30; // percent of colour in the darkest cell: more, and its number is hard to read in one of the themes

  const controls = fer.controls(root);
  const options = runs.map((run) => run.name);
  fer.choice(controls, { label: "Matrix A", options, value: state.left }, (left) => update({ left }));
  fer.choice(controls, { label: "Matrix B", options, value: state.right }, (right) => update({ right }));
  const place = { min: 0, max: names.length - 1, format: (i) => names[i] };
  const sliders = {
    row: fer.slider(controls, { label: "Row (label)", value: state.row, ...place }, (row) => update({ row })),
    column: fer.slider(controls, { label: "Column (said)", value: state.column, ...place }, (column) => update({ column })),
  };
  const asShares = { label: "Percent of each row, not counts", value: state.shares };
  fer.tick(controls, asShares, (shares) => update({ shares }));
  const stage = fer.stage(root);
  const say = fer.status(root);

  const share = (run, row, column) => runs[run].counts[row][column] / Math.max(1, sizes[run][row]);
  /** What stands in a cell: percent, or faces. */
  const value = (run, row, column) => (state.shares ? 100 * share(run, row, column) : runs[run].counts[row][column]);
  const digits = (number) => number.toFixed(state.shares ? 1 : 0);
  // A real minus sign, and no sign in front of what rounds to nothing.
  const signed = (number) => {
    const text = digits(Math.abs(number));
    return Number(text) === 0 ? text : `${number > 0 ? "+" : "\u2212"}${text}`;
  };

  /** Move to a cell, and its sliders with it. */
  function go(row, column) {
    for (const [name, position] of Object.entries({ row, column })) {
      sliders[name].value = position;
      sliders[name].dispatchEvent(new Event("input"));
    }
  }

  /** One matrix as a table; `at(row, column)` is the number, `strength` its colour from -1 to 1, `format` its text. */
  function table(caption, at, strength, format) {
    // Names stand upright, so that three matrices fit side by side.
    const upright = "writing-mode: vertical-rl; transform: rotate(180deg); padding: 0.3rem 0.1rem; font-weight: normal";
    const beside = "text-align: right; padding: 0.15rem 0.4rem; font-weight: normal";
    const heads = names.map((name) => fer.element("th", { scope: "col", style: upright }, name));
    const top = fer.element("tr", {}, fer.element("td"), ...heads);
    const rows = names.map((name, row) => {
      const cells = names.map((_, column) => {
        const number = at(row, column);
        const percent = (MOST * Math.min(1, Math.abs(strength(number, row)))).toFixed(1);
        const colour = number < 0 ? "var(--course-line-2)" : "var(--course-line-1)";
        const here = row === state.row && column === state.column;
        const frame = here ? "outline: 2px solid var(--course-accent); outline-offset: -2px; font-weight: bold;" : "";
        const style = `background: color-mix(in srgb, ${colour} ${percent}%, transparent); text-align: right; padding: 0.15rem 0.3rem; min-width: 2.5rem; cursor: pointer; ${frame}`;
        const cell = fer.element("td", { style, "aria-current": here ? "true" : undefined }, format(number));
        cell.addEventListener("click", () => go(row, column)); // for a finger; the sliders do the same by keyboard
        return cell;
      });
      return fer.element("tr", {}, fer.element("th", { scope: "row", style: beside }, name), ...cells);
    });
    const body = fer.element("table", { "aria-label": caption }, fer.element("thead", {}, top), fer.element("tbody", {}, ...rows));
    return fer.element("figure", { class: "fer-picture" }, body, fer.element("figcaption", {}, caption));
  }

  function update(change) {
    Object.assign(state, change);
    const { left, right, row, column } = state;
    const unit = state.shares ? "percent of each row" : "faces";
    const of = (run) => [
      (i, j) => value(run, i, j),
      (number, i) => (state.shares ? number / 100 : number / Math.max(1, sizes[run][i])),
      digits,
    ];
    const between = (i, j) => value(right, i, j) - value(left, i, j);
    // Differences are small beside shares: colour them by the largest of them.
    const largest = Math.max(...names.flatMap((_, i) => names.map((__, j) => Math.abs(between(i, j)))), 1e-9);
    fer.replace(
      stage,
      table(`A: ${runs[left].name}, ${unit}`, ...of(left)),
      table(`B: ${runs[right].name}, ${unit}`, ...of(right)),
      table(`B minus A, ${state.shares ? "points" : "faces"}`, between, (number) => number / largest, signed),
    );

    const words = (letter, run) =>
      `${letter}, ${runs[run].name}: ${(100 * share(run, row, column)).toFixed(1)} % (${runs[run].counts[row][column]} of ${sizes[run][row]})`;
    const difference = 100 * (share(right, row, column) - share(left, row, column));
    const cell = `Faces labelled ${names[row]}, called ${names[column]}`;
    const size = Math.abs(difference).toFixed(1);
    const points = Number(size) === 0 ? size : `${difference > 0 ? "+" : "\u2212"}${size}`;
    say(`${cell}. ${words("A", left)}. ${words("B", right)}. B minus A: ${points} points.`);
    root.dataset.value = difference.toFixed(3); // held equal to the notebook by a test
  }

  update({});
});
