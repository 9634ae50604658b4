// Numbers and times as a person reads them.
"use strict";
window.dash = {};
dash.numbers = (() => {
  const whole = new Intl.NumberFormat("en-US", {maximumFractionDigits: 0});
  const count = x => whole.format(Math.round(x));
  // Four significant digits, without exponents where they can be spared.
  const value = x => {
    if (x === null || x === undefined || !Number.isFinite(x)) return "–";
    const size = Math.abs(x);
    if (size !== 0 && (size < 1e-4 || size >= 1e7)) return x.toExponential(2);
    if (size >= 1000) return count(x);
    return String(Number(x.toPrecision(4)));
  };
  const digits = step => Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  // step: between a tick and the next, which must not read alike
  const short = (x, step = 0) => {
    const size = Math.abs(x);
    for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
      if (size < unit) continue;
      if (step === 0) return Number((x / unit).toPrecision(4)) + letter;
      if (digits(step / unit) <= 3) return Number((x / unit).toFixed(digits(step / unit))) + letter;
      return x.toLocaleString("en-US", {maximumFractionDigits: digits(step)});
    }
    if (size !== 0 && size < 1e-3) return x.toExponential(0);
    return String(Number(step === 0 ? x.toPrecision(4) : x.toFixed(digits(step))));
  };
  // As fine as step, in seconds; without one, two units at most.
  const duration = (seconds, step = seconds < 10 ? .1 : seconds < 3600 ? 1 : seconds < 86400 ? 60 : 3600) => {
    const fine = step % 1 === 0 ? 0 : Math.min(6, digits(step)), scale = Math.pow(10, fine);
    const all = Math.max(0, fine ? Math.round(seconds * scale) / scale : Math.floor(seconds)), s = Math.floor(all);
    const parts = [];
    if (s >= 86400) parts.push(Math.floor(s / 86400) + "d");
    if (s >= 3600) parts.push(Math.floor(s / 3600) % 24 + "h");
    if (s >= 60 && (s < 86400 || step % 3600 !== 0)) parts.push(Math.floor(s / 60) % 60 + "m");
    if (s < 3600 || step % 60 !== 0) parts.push(Number((all % 60).toFixed(fine)) + "s");
    return parts.join(" ");
  };
  const bytes = n => n >= 1e6 ? (n / 1e6).toFixed(1) + " MB" : n >= 1e3 ? (n / 1e3).toFixed(1) + " kB" : n + " bytes";
  // Round places for ticks within [low, high].
  const ticks = (low, high, most) => {
    const span = high - low;
    if (!(span > 0) || !Number.isFinite(span)) return [low];
    const rough = span / Math.max(1, most), power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map(m => m * power).find(m => m >= rough);
    const out = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k) out.push(k * step);
    return out;
  };
  const timeTicks = (low, high, most) => {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
    const rough = (high - low) / Math.max(1, most);
    const step = steps.find(s => s >= rough);
    if (rough < 1) return ticks(low, high, most);
    if (step === undefined) return ticks(low / 86400, high / 86400, most).map(days => days * 86400);
    const out = [];
    for (let k = Math.ceil(low / step); k * step <= high; ++k) out.push(k * step);
    return out;
  };
  return {count, value, short, duration, bytes, ticks, timeTicks};
})();
