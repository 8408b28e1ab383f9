// The form: a row in, the prediction for it out.

const form = document.querySelector("#row");
const answer = document.querySelector("#answer");
let requests = 0; // an answer to an earlier one is not shown

form.addEventListener("submit", (event) => {
  event.preventDefault();
  predict().catch(() => { answer.textContent = "The service does not answer."; });
});
form.addEventListener("reset", () => {
  requests += 1;
  clear();
});

async function predict() {
  requests += 1;
  const sent = requests;
  const reply = await fetch("/predict/row", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(row()),
  });
  const fields = await reply.json();
  if (sent !== requests) return;
  if (reply.ok) show(fields);
  else answer.textContent = fields.error;
}

// The values by column; what is empty is left out.
function row() {
  const filled = [...form.elements].filter((field) => field.name && field.value !== "");
  return Object.fromEntries(filled.map((field) => [
    field.name, field.type === "number" ? field.valueAsNumber : field.value,
  ]));
}

{% include "partials/table/show.js" %}
