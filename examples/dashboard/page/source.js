// Where the data comes from: the server that sent this page, or, in a report, the page itself.
"use strict";
dash.source = (() => {
  const inside = document.getElementById("data");
  const ask = async path => {
    const answer = await fetch(path, {cache: "no-store"});
    if (!answer.ok) throw new Error(answer.status + " " + path);
    return answer.json();
  };

  const live = {
    live: true,
    runs: () => ask("/api/runs"),
    whole: id => ask("/api/run/" + id),
    series: (id, axis, from, to, groups) => ask(`/api/run/${id}/series?axis=${axis}&groups=${groups}` +
      (from === null ? "" : "&from=" + from.toFixed(3)) + (to === null ? "" : "&to=" + to.toFixed(3))),
    // on: {run(whole), runs(list), link(is up)}; returns what ends it
    listen: (id, on) => {
      const stream = new EventSource(`/api/run/${id}/events`);
      stream.onopen = () => on.link(true);
      stream.onerror = () => on.link(false);
      stream.addEventListener("run", e => on.run(JSON.parse(e.data)));
      stream.addEventListener("runs", e => on.runs(JSON.parse(e.data)));
      return () => stream.close();
    },
  };
  if (!inside) return live;

  const data = JSON.parse(inside.textContent);
  const slice = (s, from, to) => {
    let a = 0, b = s.first.length;
    while (a < b && from !== null && s.last[a] < from) ++a;
    while (b > a && to !== null && s.first[b - 1] > to) --b;
    a = Math.max(0, a - 1);
    b = Math.min(s.first.length, b + 1);
    const out = {whole: s.whole, rows: s.rows, first: s.first.slice(a, b), last: s.last.slice(a, b), columns: {}};
    for (const [name, c] of Object.entries(s.columns)) {
      out.columns[name] = Object.fromEntries(Object.entries(c).map(([k, v]) => [k, v.slice(a, b)]));
    }
    return out;
  };
  return {
    live: false,
    runs: async () => data.runs,
    whole: async id => data.whole[id],
    series: async (id, axis, from, to) => slice(data.series[id][axis], from, to),
    listen: () => () => {},
  };
})();
