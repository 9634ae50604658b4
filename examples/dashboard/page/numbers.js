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
  const short = x => {
    const size = Math.abs(x);
    for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
      if (size >= unit) return Number((x / unit).toPrecision(4)) + letter;
    }
    return size !== 0 && size < 1e-3 ? x.toExponential(0) : String(Number(x.toPrecision(4)));
  };
  const duration = seconds => {
    const s = Math.max(0, Math.floor(seconds));
    const parts = [];
    if (s >= 86400) parts.push(Math.floor(s / 86400) + "d");
    if (s >= 3600) parts.push(Math.floor(s / 3600) % 24 + "h");
    if (s >= 60 && s < 86400) parts.push(Math.floor(s / 60) % 60 + "m");
    if (s < 3600) parts.push(seconds < 10 ? Number(seconds.toFixed(1)) + "s" : s % 60 + "s");
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
    if (step === undefined || rough < 1) return ticks(low, high, most);
    const out = [];
    for (let k = Math.ceil(low / step); k * step <= high; ++k) out.push(k * step);
    return out;
  };
  return {count, value, short, duration, bytes, ticks, timeTicks};
})();
