// Two settings of a stored study side by side: what the schedule and the learning rate do to loss and accuracy.
"use strict";

fer.register("learning_rates", (root, data) => {
  // data.families: [{ name, runs: [{ rate, interval, epochs: [[train loss, validation loss,
  // train accuracy, validation accuracy], ...] }] }]. `epochs` ends early, or is empty, where the loss broke.
  const { families } = data;
  const longest = Math.max(2, ...families.flatMap((family) => family.runs.map((run) => run.epochs.length)));
  const HIGHEST_LOSS = 3; // a loss above it is drawn at the edge, so that one bad epoch does not flatten all others
  const state = data.start.map(([family, run]) => ({ family, run }));
  const parts = { both: true };

  const controls = fer.controls(root);
  const rates = state.map((setting, i) => {
    const letter = "AB"[i];
    const names = families.map((family) => family.name);
    fer.choice(controls, { label: `Setting ${letter}`, options: names, value: setting.family }, (family) => {
      // Studies differ in their rates: stay with the rate that is nearest to the one chosen before.
      const before = families[setting.family].runs[setting.run].rate;
      const away = families[family].runs.map((run) => Math.abs(Math.log(run.rate / before)));
      Object.assign(setting, { family, run: away.indexOf(Math.min(...away)) });
      offer(i);
      update();
    });
    return fer.choice(controls, { label: `Rate of ${letter}`, options: [] }, (run) => {
      setting.run = run;
      update();
    });
  });
  fer.tick(controls, { label: "Show training curves too", value: true }, (both) => {
    parts.both = both;
    update();
  });

  const stage = fer.stage(root);
  const x = { label: "epoch", low: 1, high: longest, ticks: Array.from({ length: longest }, (_, i) => i + 1) };
  const lossAxis = { label: "loss", low: 0, high: HIGHEST_LOSS, ticks: [0, 1, 2, 3] };
  const drawLoss = fer.chart(stage, { caption: "Loss (above 3 it is drawn at the edge)", x, y: lossAxis });
  const shareAxis = { label: "accuracy, %", low: 0, high: 100, ticks: [0, 25, 50, 75, 100] };
  const drawAccuracy = fer.chart(stage, { caption: "Accuracy", x, y: shareAxis });
  const say = fer.status(root);

  /** Fill the list of rates of a setting with those of its family. */
  function offer(i) {
    const { family, run } = state[i];
    const options = families[family].runs.map((each, value) => fer.element("option", { value }, String(each.rate)));
    rates[i].replaceChildren(...options);
    rates[i].value = run;
  }

  /** The lines of one quantity; `column` is where train stands in an epoch's row, validation is the next. */
  function lines(column, scale, high) {
    const drawn = [];
    for (const [i, { family, run }] of state.entries())
      for (const part of parts.both ? [0, 1] : [1]) {
        const points = families[family].runs[run].epochs.map((row, epoch) => [
          epoch + 1,
          Math.min(high, scale * row[column + part]),
        ]);
        // A line through one point is invisible, so it gets a short tail.
        if (points.length === 1) points.push([points[0][0] + 0.1, points[0][1]]);
        drawn.push({ name: `${"AB"[i]}, ${["train", "validation"][part]}`, points, colour: i, dashed: part === 0, end: "AB"[i] });
      }
    return drawn;
  }

  /** Best validation accuracy of a setting, its epoch, and its interval. */
  function best({ family, run }) {
    const { epochs, interval } = families[family].runs[run];
    const values = epochs.map((row) => row[3]);
    const value = values.length ? Math.max(...values) : 0;
    return { value, epoch: values.indexOf(value) + 1, interval };
  }

  function update() {
    const found = state.map(best);
    const percent = (share) => (100 * share).toFixed(1);
    const words = found.map(({ value, epoch }, i) => {
      const family = families[state[i].family];
      const length = family.runs[state[i].run].epochs.length;
      const result = epoch ? `best validation ${percent(value)} % at epoch ${epoch} of ${length}` : "broke in its first epoch";
      return `${"AB"[i]}, ${family.name}, rate ${family.runs[state[i].run].rate}: ${result}.`;
    });
    const [a, b] = found.map(({ interval }) => interval);
    const apart = a[0] > b[1] || b[0] > a[1];
    // A run that broke has no accuracy, so no interval either.
    const sentence = found.every(({ epoch }) => epoch) ? [`The 95 % intervals ${apart ? "do not overlap" : "overlap"}.`] : [];
    const text = [...words, ...sentence].join(" ");
    drawLoss({ lines: lines(0, 1, HIGHEST_LOSS), label: `Loss by epoch. ${text}` });
    drawAccuracy({ lines: lines(2, 100, 100), label: `Accuracy by epoch. ${text}` });
    say(text);
    root.dataset.value = found[0].value.toFixed(4); // held equal to the notebook by a test
  }

  state.forEach((_, i) => offer(i));
  update();
});
