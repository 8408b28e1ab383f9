// The upload page: a picture file in, the most probable labels out.

const MOST = 5; // labels that are shown
const FORM = 1000; // bytes that a form takes beside its file, at most

const limit = Number(document.querySelector("main").dataset.limit);
const preview = document.querySelector("#preview canvas");
const hint = document.querySelector("#preview .hint");
const answer = document.querySelector("#answer");
const bars = document.querySelector("#bars");
const bar = document.querySelector("template").content.firstElementChild;
let pictures = 0; // how many were chosen; an answer to an earlier one is not shown

for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    choose(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
}
addEventListener("paste", (event) => choose(event.clipboardData.files));
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  choose(event.dataTransfer.files);
});

async function choose([file]) {
  if (!file) return;
  const number = ++pictures;
  const current = () => number === pictures;
  bars.replaceChildren();
  preview.hidden = true;
  hint.hidden = false;
  answer.textContent = "Waiting for the answer …";
  show(file, current);
  try {
    const fields = await predict(file);
    if (current()) list(fields);
  } catch (error) {
    if (current()) answer.textContent = error.message;
  }
}

async function predict(file) {
  if (file.size + FORM > limit) {
    throw new Error(`The file is too large: choose one of at most ${Math.floor(limit / 1e5) / 10} MB.`);
  }
  const form = new FormData();
  form.append("image", file);
  const reply = await fetch("/predict/image", { method: "POST", body: form })
    .catch(() => { throw new Error("The service does not answer."); });
  const fields = await reply.json();
  if (!reply.ok) throw new Error(fields.error);
  return fields;
}

// Drawn, not linked to: the page's policy allows no pictures from elsewhere.
async function show(file, current) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture || !current()) return;
  const scale = Math.min(1, 800 / Math.max(picture.width, picture.height));
  preview.width = Math.max(1, Math.round(picture.width * scale));
  preview.height = Math.max(1, Math.round(picture.height * scale));
  preview.getContext("2d").drawImage(picture, 0, 0, preview.width, preview.height);
  preview.hidden = false;
  hint.hidden = true;
}

function list({ label, probabilities }) {
  const best = Object.entries(probabilities).sort((one, other) => other[1] - one[1]).slice(0, MOST);
  bars.replaceChildren(...best.map(([name, probability]) => {
    const item = bar.cloneNode(true);
    item.querySelector(".label").textContent = name;
    item.querySelector("meter").value = probability;
    item.querySelector("meter").ariaLabel = name;
    item.querySelector(".percent").textContent = percent(probability);
    return item;
  }));
  answer.textContent = `This is ${label}, with ${percent(probabilities[label])}.`;
}

function percent(probability) {
  return `${Math.round(probability * 100)} %`;
}
