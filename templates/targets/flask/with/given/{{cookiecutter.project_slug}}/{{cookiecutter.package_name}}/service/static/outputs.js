// What the model answers: bars, tables and summaries.

const MOST_BARS = 10;
const MOST_CELLS = 100;
const LONGEST_TEXT = 100_000; // characters

// Show pairs of a name and a value.
export function show(outputs) {
  const parts = outputs.flatMap(([name, value]) => [element("h3", name), ...view(value)]);
  document.querySelector("#outputs").replaceChildren(...parts);
}

function view(value) {
  const values = [value].flat(Infinity);
  const shape = shapeOf(value);
  if (shape.length === 0) return [element("p", value)];
  if (shape.length === 1 && isDistribution(values)) return bars(values);
  if (shape.length <= 2 && values.length <= MOST_CELLS) {
    return [table(shape.length === 1 ? [value] : value)];
  }
  const least = values.reduce((one, other) => (other < one ? other : one));
  const largest = values.reduce((one, other) => (other > one ? other : one));
  const words = `${shape.join(" by ")} values, from ${least} to ${largest}.`;
  return [element("p", words), everything(value)];
}

function shapeOf(value) {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function isDistribution(values) {
  if (values.length < 2 || !values.every((value) => typeof value === "number")) return false;
  const sum = values.reduce((one, other) => one + other, 0);
  return Math.abs(sum - 1) < 0.001 && values.every((value) => value >= 0 && value <= 1);
}

// The largest shares, in their order if there is room for all of them.
function bars(shares) {
  const all = shares.map((share, index) => ({ share, index }));
  if (shares.length <= MOST_BARS) return [barList(all)];
  all.sort((one, other) => other.share - one.share);
  const words = `The ${MOST_BARS} largest of ${shares.length}:`;
  return [element("p", words), barList(all.slice(0, MOST_BARS)), everything(shares)];
}

function barList(entries) {
  const list = element("ol");
  list.className = "bars";
  for (const { share, index } of entries) {
    const bar = element("meter");
    bar.value = share;
    bar.ariaLabel = index;
    const percent = element("span", `${(share * 100).toFixed(1)} %`);
    percent.className = "percent";
    percent.title = share;
    const label = element("span", index);
    label.className = "label";
    const entry = element("li");
    entry.append(label, bar, percent);
    list.append(entry);
  }
  return list;
}

function table(rows) {
  const body = rows.map((row) => {
    const line = element("tr");
    line.append(...row.map((value) => element("td", value)));
    return line;
  });
  const whole = element("table");
  whole.append(...body);
  return whole;
}

function everything(value) {
  const details = element("details");
  const text = element("pre");
  text.tabIndex = 0;
  details.append(element("summary", "All values"), text);
  details.addEventListener("toggle", () => {
    const json = JSON.stringify(value);
    text.textContent = json.length > LONGEST_TEXT ? `${json.slice(0, LONGEST_TEXT)}…` : json;
  }, { once: true });
  return details;
}

function element(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
