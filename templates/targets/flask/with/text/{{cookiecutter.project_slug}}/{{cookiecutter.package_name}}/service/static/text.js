// The page for texts: what is typed goes in, the most probable labels come out.

const PAUSE = 250; // milliseconds without typing
const MOST = 5; // labels shown

const text = document.querySelector("#text");
const answer = document.querySelector("#answer");
const bars = document.querySelector("#bars");
const bar = document.querySelector("#bar");

let timer;
let typed = 0; // how often the text changed; an answer to an earlier one is not shown

text.addEventListener("input", changed);
document.querySelector("#clear").addEventListener("click", () => {
  text.value = "";
  text.focus();
  changed();
});
if (text.value) changed(); // a browser can bring back what was typed before

function changed() {
  typed += 1;
  clearTimeout(timer);
  if (text.value.trim()) timer = setTimeout(predict, PAUSE);
  else show("Nothing typed yet.", []);
}

async function predict() {
  const sent = typed;
  const [message, shown] = await ask(text.value)
    .catch(() => ["The service does not answer.", []]);
  if (sent === typed) show(message, shown);
}

async function ask(value) {
  const reply = await fetch("/predict/text", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: value }),
  });
  const fields = await reply.json();
  if (!reply.ok) return [fields.error, []];
  const ordered = Object.entries(fields.probabilities).sort((a, b) => b[1] - a[1]);
  const [label, probability] = ordered[0];
  return [`This is ${label}, with ${percent(probability)}.`, ordered.slice(0, MOST)];
}

function show(message, probabilities) {
  answer.textContent = message;
  bars.replaceChildren(...probabilities.map(([label, probability]) => {
    const item = bar.content.cloneNode(true);
    const meter = item.querySelector("meter");
    item.querySelector(".label").textContent = label;
    item.querySelector(".percent").textContent = percent(probability);
    meter.value = probability;
    meter.setAttribute("aria-label", label);
    return item;
  }));
}

function percent(probability) {
  return `${Math.round(probability * 100)} %`;
}
