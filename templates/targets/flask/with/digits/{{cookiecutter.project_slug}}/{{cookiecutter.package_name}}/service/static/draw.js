// The drawing page: pen strokes in, probabilities out.

const page = document.querySelector("main");
const labels = JSON.parse(page.dataset.labels);
const height = Number(page.dataset.height);
const width = Number(page.dataset.width);

const drawing = document.querySelector("#drawing");
const seen = document.querySelector("#seen");
const cursor = document.querySelector("#pen");
const announcement = document.querySelector("#announcement");
const answer = document.querySelector("#answer");
const bars = [...document.querySelectorAll("#bars li")];
const pen = drawing.getContext("2d", { willReadFrequently: true });
const small = seen.getContext("2d", { willReadFrequently: true });

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
  small.clearRect(0, 0, width, height);
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
  const image = shrink();
  if (image === null) return;
  const sent = drawings;
  const reply = await fetch(`/v1/models/${page.dataset.model}:predict`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ instances: [image] }),
  });
  const fields = await reply.json();
  if (sent !== drawings) return;
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
