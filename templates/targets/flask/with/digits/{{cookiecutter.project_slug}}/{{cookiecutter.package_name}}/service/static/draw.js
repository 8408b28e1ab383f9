// The drawing page: pen strokes in, probabilities out.

const page = document.querySelector("main");
const labels = JSON.parse(page.dataset.labels);

const drawing = document.querySelector("#drawing");
const cursor = document.querySelector("#pen");
const announcement = document.querySelector("#announcement");
const answer = document.querySelector("#answer");
const bars = [...document.querySelectorAll("#bars li")];
const pen = drawing.getContext("2d", { willReadFrequently: true });

const STEP = 8; // pixels that an arrow key moves the pen
const position = { x: drawing.width / 2, y: drawing.height / 4 };
let down = false;
let running = false;
let again = false;
let drawings = 0; // how many were begun; an answer to an earlier one is not shown

clear();

drawing.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary) return; // a second finger, or the palm
  drawing.setPointerCapture(event.pointerId);
  down = true;
  moveTo(...place(event), false);
  moveTo(...place(event), true);
});
drawing.addEventListener("pointermove", (event) => {
  if (down && event.isPrimary) moveTo(...place(event), true);
});
for (const end of ["pointerup", "pointercancel"]) {
  drawing.addEventListener(end, (event) => { if (event.isPrimary) down = false; });
}
drawing.addEventListener("keydown", pressed);
document.querySelector("#clear").addEventListener("click", clear);

function clear() {
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, drawing.width, drawing.height);
  down = false;
  drawings += 1;
  show(labels.map(() => 0));
  answer.textContent = "Nothing drawn yet.";
}

function pressed(event) {
  const moves = {
    ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
  };
  if (event.key === "Delete") clear();
  else if (event.key === " ") {
    down = !down;
    announcement.textContent = `The pen is ${down ? "down" : "up"}.`;
    moveTo(position.x, position.y, down);
  } else if (moves[event.key]) {
    const [x, y] = moves[event.key];
    moveTo(clamp(position.x + x, drawing.width), clamp(position.y + y, drawing.height), down);
    announcement.textContent = `${percent(position.x)} from the left, ${percent(position.y)} from the top.`;
  } else return;
  event.preventDefault();
}

function percent(value) {
  return `${Math.round(value / drawing.width * 100)} %`;
}

function clamp(value, size) {
  return Math.min(Math.max(value, 0), size);
}

function place(event) {
  const box = drawing.getBoundingClientRect();
  const scale = drawing.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function moveTo(x, y, draw) {
  if (draw) {
    pen.strokeStyle = "#fff";
    pen.lineWidth = 28;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(position.x, position.y);
    pen.lineTo(x, y);
    pen.stroke();
    predict();
  }
  position.x = x;
  position.y = y;
  cursor.style.left = `${x / drawing.width * 100}%`;
  cursor.style.top = `${y / drawing.height * 100}%`;
}

// One request at a time; what is drawn meanwhile is sent afterwards.
async function predict() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    await send().catch(() => { answer.textContent = "The service does not answer."; });
  }
  running = false;
}

async function send() {
  const sent = drawings;
  const form = new FormData();
  form.append("image", await new Promise((done) => drawing.toBlob(done)), "drawing.png");
  const reply = await fetch("/predict/image", { method: "POST", body: form });
  const fields = await reply.json();
  if (sent !== drawings) return;
  if (!reply.ok) {
    answer.textContent = fields.error;
    return;
  }
  show(labels.map((label) => fields.probabilities[label]));
}

function show(probabilities) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  bars.forEach((bar, index) => {
    bar.querySelector("meter").value = probabilities[index];
    bar.querySelector(".percent").textContent = `${Math.round(probabilities[index] * 100)} %`;
  });
  answer.textContent = `This is ${labels[best]}, with ${Math.round(probabilities[best] * 100)} %.`;
}
