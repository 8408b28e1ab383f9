// The drawing page: pen strokes in, probabilities out.

const page = document.querySelector("main");
const labels = JSON.parse(page.dataset.labels);
const height = Number(page.dataset.height);
const width = Number(page.dataset.width);

const drawing = document.querySelector("#drawing");
const seen = document.querySelector("#seen");
const answer = document.querySelector("#answer");
const bars = [...document.querySelectorAll("#bars li")];
const pen = drawing.getContext("2d", { willReadFrequently: true });
const small = seen.getContext("2d", { willReadFrequently: true });

const STEP = 8; // pixels that an arrow key moves the pen
const position = { x: drawing.width / 2, y: drawing.height / 4 };
let down = false;
let running = false;
let again = false;

clear();

drawing.addEventListener("pointerdown", (event) => {
  drawing.setPointerCapture(event.pointerId);
  down = true;
  moveTo(...place(event), false);
  moveTo(...place(event), true);
});
drawing.addEventListener("pointermove", (event) => {
  if (down) moveTo(...place(event), true);
});
drawing.addEventListener("pointerup", () => { down = false; });
drawing.addEventListener("pointercancel", () => { down = false; });
drawing.addEventListener("keydown", pressed);
document.querySelector("#clear").addEventListener("click", clear);

function clear() {
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, drawing.width, drawing.height);
  small.clearRect(0, 0, width, height);
  down = false;
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
    if (down) moveTo(position.x, position.y, true);
    else answer.textContent = "The pen is up.";
  } else if (moves[event.key]) {
    const [x, y] = moves[event.key];
    moveTo(clamp(position.x + x, drawing.width), clamp(position.y + y, drawing.height), down);
  } else return;
  event.preventDefault();
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
}

// One request at a time; what is drawn meanwhile is asked for afterwards.
async function predict() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    await ask().catch(() => { answer.textContent = "The service does not answer."; });
  }
  running = false;
}

async function ask() {
  const image = shrink();
  if (image === null) return;
  const reply = await fetch(`/v1/models/${page.dataset.model}:predict`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ instances: [image] }),
  });
  const fields = await reply.json();
  if (!reply.ok) {
    answer.textContent = fields.error;
    return;
  }
  show(fields.predictions[0]);
}

function show(probabilities) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  bars.forEach((bar, index) => {
    bar.querySelector("meter").value = probabilities[index];
    bar.querySelector(".percent").textContent = `${Math.round(probabilities[index] * 100)} %`;
  });
  answer.textContent = `This is ${labels[best]}, with ${Math.round(probabilities[best] * 100)} %.`;
}

// The training images are filled by their digit, so the drawing is cropped to its ink
// first. Returns rows of numbers from 0 (paper) to 1 (ink), or null for an empty drawing.
function shrink() {
  const box = inkBox();
  if (box === null) return null;
  const side = Math.max(box.right - box.left, box.bottom - box.top);
  const left = (box.left + box.right - side) / 2;
  const top = (box.top + box.bottom - side) / 2;
  small.imageSmoothingQuality = "high";
  small.fillStyle = "#000";
  small.fillRect(0, 0, width, height);
  small.drawImage(drawing, left, top, side, side, 0, 0, width, height);
  const { data } = small.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[4 * (y * width + x)] / 255));
}

function inkBox() {
  const { data } = pen.getImageData(0, 0, drawing.width, drawing.height);
  const box = { left: Infinity, right: -1, top: Infinity, bottom: -1 };
  for (let y = 0; y < drawing.height; y++) {
    for (let x = 0; x < drawing.width; x++) {
      if (data[4 * (y * drawing.width + x)] < 64) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
    }
  }
  return box.right < 0 ? null : box;
}
