// Say what matters, and see which network comes first, and which ones no other beats.
"use strict";

fer.register("networks", (root, data) => {
  const MOST = 10; // the largest weight of a wish
  // What speed may mean. Less of the one is better, more of the other.
  const SPEEDS = [
    { name: "multiply-adds", of: (network) => network.multiply_adds, sign: -1 },
    { name: "faces a second, timed", of: (network) => network.faces_per_second, sign: 1 },
  ];
  const state = { accuracy: 5, speed: 3, size: 2, measure: 0, only: false };

  const controls = fer.controls(root);
  for (const name of ["accuracy", "speed", "size"]) {
    const label = `Weight of ${name === "size" ? "small size" : name}`;
    fer.slider(controls, { label, min: 0, max: MOST, value: state[name] }, (value) => update({ [name]: value }));
  }
  const meanings = SPEEDS.map((speed) => speed.name);
  fer.choice(controls, { label: "Speed is", options: meanings }, (measure) => update({ measure }));
  fer.tick(controls, { label: "Only those that no other beats", value: state.only }, (only) => update({ only }));

  const stage = fer.stage(root);
  const say = fer.status(root);

  /** What counts of a network, each so that more is better. */
  function goods(network) {
    const speed = SPEEDS[state.measure];
    return [network.accuracy, speed.sign * speed.of(network), -network.megabytes];
  }

  /** Whether a is as good as b in everything, and better in something. */
  const beats = (a, b) => a.every((value, i) => value >= b[i]) && a.some((value, i) => value > b[i]);

  /** Each value's place between the worst, 0, and the best, 1; all are best where all are equal. */
  function share(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => (high > low ? (value - low) / (high - low) : 1));
  }

  function ranked() {
    const speed = SPEEDS[state.measure];
    const all = data.networks.map(goods);
    // Cost and size span powers of ten, so it is ratios that count there: hence the logarithm.
    const parts = [
      share(data.networks.map((network) => network.accuracy)),
      share(data.networks.map((network) => speed.sign * Math.log(speed.of(network)))),
      share(data.networks.map((network) => -Math.log(network.megabytes))),
    ];
    const weights = [state.accuracy, state.speed, state.size];
    const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
    const rows = data.networks.map((network, i) => ({
      ...network,
      front: !all.some((other) => beats(other, all[i])),
      score: weights.reduce((sum, weight, k) => sum + weight * parts[k][i], 0) / total,
    }));
    return rows.sort((a, b) => b.score - a.score || b.accuracy - a.accuracy);
  }

  function update(change) {
    Object.assign(state, change);
    const rows = ranked();
    const front = rows.filter((row) => row.front).length;
    const shown = state.only ? rows.filter((row) => row.front) : rows;
    const head = ["run", "no other beats it", "score", "accuracy", "million multiply-adds", "faces a second", "MB"];
    const cells = shown.map((row) => [
      row.name,
      row.front ? "yes" : "no",
      row.score.toFixed(2),
      `${(100 * row.accuracy).toFixed(1)} %`,
      (row.multiply_adds / 1e6).toFixed(row.multiply_adds < 1e6 ? 2 : 0),
      Math.round(row.faces_per_second).toLocaleString("en"),
      row.megabytes.toFixed(2),
    ]);
    fer.replace(stage, fer.table("Networks, the one that fits your wishes best on top", head, cells));
    const wishes = state.accuracy + state.speed + state.size;
    const first = wishes ? `First by your weights: ${shown[0].name}.` : "Nothing counts, so accuracy decides the order.";
    say(`${first} ${front} of ${rows.length} are on the front: no other beats them.`);
    root.dataset.value = String(front); // held equal to the notebook by a test
  }

  update({});
});
