// The form: one example in, what the model answers out.

import { show } from "./outputs.js";
import { addPicker } from "./picture.js";

const LONGEST_TEXT = 20_000; // characters; more makes a text field slow
const LONGEST_COMMAND = 500;

const { model, count, outputs } = document.querySelector("main").dataset;
const form = document.querySelector("form");
const fields = [...form.querySelectorAll("fieldset")];
const answer = document.querySelector("#answer");
const request = document.querySelector("#request");
const url = `${location.origin}/v1/models/${model}:predict`;
const held = new Map(); // values too long to be edited, by field

form.addEventListener("submit", (event) => {
  event.preventDefault();
  predict().catch(explain);
});
form.addEventListener("reset", (event) => {
  event.preventDefault();
  fillAll().catch(explain);
});
request.querySelector("button").addEventListener("click", copy);
for (const field of fields) addPicker(field, fill, explain);
fillAll().catch(explain);

async function fillAll() {
  const reply = await fetch("/example");
  const { instances, inputs = instances[0] } = await reply.json();
  for (const field of fields) fill(field, inputs[field.dataset.name], "the example");
}

// `origin` names the source of a value that is too long to be shown.
function fill(field, value, origin) {
  const text = field.querySelector("textarea");
  if (text) {
    fillText(field, text, value, origin);
    return;
  }
  const values = [value].flat();
  field.querySelectorAll(".boxes input").forEach((box, index) => {
    if (box.type === "checkbox") box.checked = values[index];
    else box.value = values[index];
  });
}

function fillText(field, text, value, origin) {
  const json = JSON.stringify(value).replaceAll("],[", "],\n[");
  const isLong = json.length > LONGEST_TEXT;
  held.set(field, isLong ? value : undefined);
  text.value = isLong ? "" : json;
  const hint = text.nextElementSibling;
  hint.textContent = isLong ? `As long as this is empty, ${origin} is sent.` : "";
}

function read(field) {
  const text = field.querySelector("textarea");
  if (text) return readText(field, text.value.trim());
  const boxes = [...field.querySelectorAll(".boxes input")];
  const values = boxes.map((box) => (box.type === "checkbox" ? box.checked : box.valueAsNumber));
  return field.dataset.shape === "[]" ? values[0] : values;
}

function readText(field, text) {
  if (text === "" && held.get(field) !== undefined) return held.get(field);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${field.dataset.name} is not JSON, such as [1, 2] or [[0.5], [1]].`);
  }
}

async function predict() {
  const example = Object.fromEntries(fields.map((field) => [field.dataset.name, read(field)]));
  const rows = Number(count);
  const body = JSON.stringify(rows ? { instances: Array(rows).fill(example) } : { inputs: example });
  describe(body);
  const reply = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  const { error, predictions, outputs: columns = predictions?.[0] } = await reply.json();
  if (!reply.ok) throw new Error(error);
  show(byName(columns));
  answer.classList.remove("error");
  answer.textContent = `The model has answered: ${JSON.parse(outputs).join(", ")}.`;
}

// A single output comes without its name.
function byName(value) {
  const names = JSON.parse(outputs);
  return names.map((name) => [name, names.length === 1 ? value : value[name]]);
}

function describe(body) {
  const isLong = body.length > LONGEST_COMMAND;
  const data = isLong ? "@request.json" : `'${body.replaceAll("'", "'\\''")}'`;
  request.querySelector("pre").textContent =
    `curl ${url} -H 'Content-Type: application/json' -d ${data}`;
  const link = request.querySelector("a");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([body], { type: "application/json" }));
  link.hidden = !isLong;
  request.hidden = false;
}

async function copy() {
  const command = request.querySelector("pre");
  getSelection().selectAllChildren(command);
  // Browsers have no clipboard for pages over plain HTTP from elsewhere.
  await navigator.clipboard?.writeText(command.textContent);
}

function explain(error) {
  show([]);
  answer.classList.add("error");
  answer.textContent = error instanceof TypeError ? "The service does not answer." : error.message;
}
